"""From approved problems to files that train a model.

rows.py      what the caller hands over, and what an export reports
sft.py  preference.py  pretrain.py  rl.py  raw.py      one form of a training row each
split.py     which rows are held out: never two variants of one family on both sides
files.py     JSON lines, Parquet and CSV, written as a stream
card.py  manifest.py      README.md for people and hubs, manifest.json for checking
export.py    `export`, which does it all or nothing
"""

from engine.exporters.export import CONTAINERS, FORMATS, export
from engine.exporters.rows import CardFacts, Exported, ExportRow

__all__ = ["CONTAINERS", "FORMATS", "CardFacts", "ExportRow", "Exported", "export"]
