"""Seeds: trusted problems read from the files people have.

files.py     bytes on disk to rows: JSON lines, CSV, Parquet and Arrow, packed or not
columnar.py  the same of Parquet and Arrow, in bounded memory whatever a cell holds
texts.py  encodings.py   bytes to text: what is packed, and which text the bytes are
wrapped.py  splits.py    rows that stand in a list or a mapping of their own; which of them are for testing
local_hub.py which of those files the local Hugging Face cache holds
shapes.py    rows to seeds: which known data set a row looks like, or which columns to take
gsm8k.py  math_rows.py  tal.py   one known data set each
columns.py  table_rows.py        any other table: which columns, and how a row of them becomes seeds
talks.py  statement_parts.py  follow_ups.py  topic_paths.py  names.py   what such rows hold inside
options.py  option_texts.py  distractors.py   the options of a question, wherever they stand
reader.py    `read`, `preview` and `survey`: what the studio and the command line call
aside.py     where refused rows go
importing.py     batches into a store, with the report
spool.py     seeds that wait until their whole file is read
import_files.py  a file into a project: seeds with their human points, or test problems
"""

from engine.seeds.encodings import ENCODINGS
from engine.seeds.importing import Imported, load, lost
from engine.seeds.preview import FilePreview, PreviewRow, Survey, preview, survey
from engine.seeds.reader import FORMATS, read
from engine.seeds.rows import RefusedRow
from engine.seeds.tal import human_points, is_ability
from engine.seeds.texts import encoding_doubt

__all__ = [
    "ENCODINGS",
    "FORMATS",
    "FilePreview",
    "Imported",
    "PreviewRow",
    "RefusedRow",
    "Survey",
    "encoding_doubt",
    "human_points",
    "is_ability",
    "load",
    "lost",
    "preview",
    "read",
    "survey",
]
