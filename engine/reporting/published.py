"""Figures that the papers of the four methods report: for comparison, never ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from engine.core import toml
from engine.core.errors import BadInput
from engine.reporting.shapes import Cell

LABEL = "published, not ours"
_FILE = Path(__file__).with_name("published.toml")


@dataclass(frozen=True, slots=True)
class ReferenceTable:
    """A table of a paper: its key, a title, the method it belongs to, where it stands, columns and rows.

    None stands where the paper, or what is known of it, gives no figure. `note` says what a reader has to know of it.
    """

    name: str
    title: str
    method: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""

    def column(self, name: str) -> tuple[Cell, ...]:
        """Return the values of one column; ValueError for a name that is none."""
        return tuple(row[self.columns.index(name)] for row in self.rows)

    def row(self, first: Cell) -> Mapping[str, Cell]:
        """Return the row that begins with `first`, by column; KeyError where there is none."""
        found = {row[0]: dict(zip(self.columns, row, strict=True)) for row in self.rows}
        return found[first]


@cache
def tables(path: Path = _FILE) -> tuple[ReferenceTable, ...]:
    """Return every reference table in the order of the file.

    Raises BadInput where the file is no TOML, a field is missing, or a row does not fit its columns.
    """
    return tuple(_table(name, fields, path) for name, fields in toml.read(path).items())


def table(name: str) -> ReferenceTable:
    """Return the table called `name`; KeyError where there is none."""
    return {each.name: each for each in tables()}[name]


def _table(name: str, fields: Any, path: Path) -> ReferenceTable:
    where = f"{path.name}, [{name}]"
    try:
        columns = tuple(str(column) for column in fields["columns"])
        rows = tuple(tuple(None if cell == "" else cell for cell in row) for row in fields["rows"])
        title, method, source = (str(fields[word]) for word in ("title", "method", "source"))
        found = ReferenceTable(name, title, method, source, columns, rows, str(fields.get("note", "")))
    except (KeyError, TypeError) as error:
        raise BadInput(f"lacks {error}", where=where, do="A table has title, method, source, columns, rows.") from error
    for number, row in enumerate(rows, 1):
        if len(row) != len(columns):
            raise BadInput(f"row {number} has {len(row)} values for {len(columns)} columns.", where=where)
    return found
