"""From the store to a folder that trains a model: gathers the rows, writes them, and remembers what was delivered.

cargo.py     the problems of an export as they stand at one moment, and what keeps some of them out
mixture.py   a data set of seeds and the best synthesised problems
sieve.py     copies of test problems, repeats and families among any number of texts
families.py  which families hold the same problem with other numbers
facts.py     what a card says of the project
deliver.py   `deliver`, and `draft`, which writes to a folder that vanishes
recreate.py  the same files again, from a manifest
hub.py       a finished folder to the Hugging Face hub
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
