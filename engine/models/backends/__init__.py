"""Ways to reach a model: the OpenAI chat protocol over HTTP. `engine.models.registry` chooses between them.

openai.py       the protocol, with the dialects of its servers
http.py         one request, one whole answer, connections that are kept
http_errors.py  what an answer means: a completion, or the failure that fits it
"""
