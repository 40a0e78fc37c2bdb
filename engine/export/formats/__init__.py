"""From approved problems to files that train a model.

rows.py      what the caller hands over, and what an export reports
shape.py     what a person chooses: form, container, shards, held-out share, balance
sft.py  preference.py  pretrain.py  rl.py  raw.py      one form of a training row each
split.py     which rows are held out: never two variants of one family on both sides
balance.py   which rows a class keeps, where no class shall outweigh the others
files.py  shards.py      JSON lines, Parquet and CSV, written as a stream, in files of limited size
lineage.py   where every row came from; with it a set is made again
statistics.py  pictures.py  card.py      README.md for people and hubs
manifest.py  manifest.json, for checking and for making the set again
export.py    `export`, which does it all or nothing
"""

from engine.export.balance import BALANCES
from engine.export.formats.preference import WAYS as PAIR_WAYS
from engine.export.rows import CardFacts, Exported, ExportRow
from engine.export.shape import FileShape
from engine.export.shards import CONTAINERS
from engine.export.writer import FORMATS, export

__all__ = [
    "BALANCES",
    "CONTAINERS",
    "FORMATS",
    "PAIR_WAYS",
    "CardFacts",
    "ExportRow",
    "Exported",
    "FileShape",
    "export",
]
