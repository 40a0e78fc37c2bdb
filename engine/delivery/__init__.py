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

from engine.delivery.cargo import Cargo, gather
from engine.delivery.deliver import Delivered, Draft, deliver, draft
from engine.delivery.facts import Licenses
from engine.delivery.hub import push
from engine.delivery.recreate import Recreated, recreate
from engine.store.outgoing import Only

__all__ = [
    "Cargo",
    "Delivered",
    "Draft",
    "Licenses",
    "Only",
    "Recreated",
    "deliver",
    "draft",
    "gather",
    "push",
    "recreate",
]
