"""What everybody speaks.

records/           the nouns of the sentence, frozen, their id the hash of their content
protocol           questions and replies: what plug-ins yield and backends answer
prompts            prompt files, filled strictly, each with its hash
reply_parsing      tolerant readers of what models say
forms/  echo       the form of a reply, declared once; replies that hand back their prompt
settings/          settings as frozen classes, with bounds and sources
project  resources what a project is, and what ships with the product
files  toml        files that are read and written whole, with errors that name file, line and what to do
decimals           32-bit numbers as a person wrote them
errors  moved      every way things go wrong; old import paths of public modules
"""
