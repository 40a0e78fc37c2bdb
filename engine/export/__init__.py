"""From the store to a folder that trains a model: gathers the rows, writes them, and remembers what went out.

rows_to_export.py  the problems of an export as they stand at one moment, and what keeps some of them out
mixture.py  dataset.py   a data set of seeds and the best synthesised problems
graph_parts.py     the data sets of graph-based data and their unions
strategy_sets.py   a split for each keep strategy, with all that it keeps or at equal size
dedup.py           test problems, repeats and families among any number of texts
overlaps.py        the test problems of a project, ready to be looked for, and what was found, pair by pair
split_groups.py  split.py  balance.py    families that stay together, what is held out, how many rows a class keeps
formats/           the forms of a training row
shape.py  rows.py  what a person chooses, what the caller hands over
turn_marks.py      marks of chat templates are cut from every text
writer.py          `export`: data files, card, lineage and manifest, all or nothing
files.py  shards.py  lineage.py  statistics.py  card.py  card_overlap.py  card_facts.py  card_pictures.py
manifest.py        its parts
preflight.py       the list that is read before a set leaves
write_export.py    `deliver`, and `draft`, which writes to a folder that vanishes
recreate.py        the same files again, from a manifest
hub.py             a finished folder to the Hugging Face hub
"""

from engine.export.card_facts import Licenses
from engine.export.hub import push
from engine.export.recreate import Recreated, recreate
from engine.export.rows_to_export import RowsToExport, gather
from engine.export.write_export import Delivered, ExportDraft, deliver, draft
from engine.store.export_cursor import Only

__all__ = [
    "Delivered",
    "ExportDraft",
    "Licenses",
    "Only",
    "Recreated",
    "RowsToExport",
    "deliver",
    "draft",
    "gather",
    "push",
    "recreate",
]
