"""Which rows of a file are for training and which for testing: seeds come from the one, test problems from the other.

A file may hold its splits as lists under their names (`{"train": [...], "test": [...]}`) or name the split of each row
in a column. Of a file with several only one is taken, and how many rows of the others are left out is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.seeds.names import key
from engine.seeds.rows import FileRow

_FORMS = (
    ("train", re.compile(r"train(?:ing)?")),
    ("validation", re.compile(r"(?:cross)?val(?:id(?:ation)?)?|dev(?:el(?:opment)?)?")),
    ("test", re.compile(r"test(?:ing|mini|public)?|eval(?:uation)?|heldout|held")),
)
_OF_ROWS = re.compile(r"(?:set|split|data|dataset|rows?|examples?|problems?|questions?|items?|samples?)\Z")
_WORDS = re.compile(r"[\W_]+")
_ORDER = {"train": ("train", "validation", "test"), "test": ("test", "validation", "train")}
_COLUMNS = frozenset(("split", "datasplit", "datasetsplit", "partition", "subset", "fold"))


def split_of(name: Any) -> str:
    """Return train, validation or test for the name of a split as people write it; '' for any other word."""
    if not isinstance(name, str):
        return ""
    bare = key(name)
    for word in (bare, _OF_ROWS.sub("", bare), _WORDS.split(name.strip().casefold())[0]):
        if found := next((split for split, form in _FORMS if form.fullmatch(word)), ""):
            return found
    return ""


def split_of_row(fields: Mapping[str, Any]) -> str:
    """Return the split that a column of a row names; '' where none does."""
    return next((found for name in fields if key(str(name)) in _COLUMNS and (found := split_of(fields[name]))), "")


def split_in(row: FileRow) -> str:
    """Return the split that a row stands in, or that a column of it names; '' for none."""
    return row.split or split_of_row(row.fields)


def taken_of(there: Iterable[str], wanted: str) -> str:
    """Return the split to take of those that a file has, the wanted one first; '' where it has at most one."""
    found = set(there) - {""}
    return next((split for split in _ORDER.get(wanted, ()) if split in found), "") if len(found) > 1 else ""


def told(left_out: Mapping[str, int]) -> list[str]:
    """Say how many rows of other splits are left out, such as `12 rows of test left out`."""
    return [f"{count:,} row{'s' if count != 1 else ''} of {split} left out" for split, count in left_out.items()]
