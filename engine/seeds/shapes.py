"""Which shape the rows of a file have, seen in the first of them, and how such rows become seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import Any

from engine.core.errors import BadInput, BadSetting
from engine.core.records import Seed
from engine.seeds import columns as tables
from engine.seeds import gsm8k, math_rows, tal
from engine.seeds.rows import FileRow

KNOWN: dict[str, ModuleType] = {"gsm8k": gsm8k, "math": math_rows, "tal": tal}
"""Data sets with a shape of their own; each module has SOURCE, `matches(fields)` and `seed(fields, source, origin)`."""

LOOKED_AT = 20
"""Rows that are looked at to find the shape and the columns."""


@dataclass(frozen=True, slots=True)
class SeedShape:
    """How to read the rows of one file."""

    name: str
    """gsm8k, math, tal or columns."""
    source: str
    columns: tuple[str, ...]
    guesses: tuple[tables.Guess, ...]
    """Empty where the shape is a known one."""
    seed: Callable[[Mapping[str, Any], str], Seed]
    """Fields and origin to seed; raises RowProblem."""


def shape_of(sample: list[FileRow], wanted: str, mapping: Mapping[str, str], source: str, where: str) -> SeedShape:
    """Return the shape of the sampled rows.

    `wanted` is a known shape, `auto` or `columns`; `source` '' takes the known shape's name, else the file's stem.
    Raises BadInput where needed columns are missing and BadSetting where a mapping cannot be used.
    """
    found = tuple(dict.fromkeys(str(name) for row in sample for name in row.fields))
    name = _name(sample, wanted, mapping)
    if name == "columns":
        guesses = tables.guess(found, mapping, where)
        chosen = {guess.field: guess.column for guess in guesses if guess.column}
        tag = source or _stem(where)
        return SeedShape(name, tag, found, guesses, partial(_mapped, chosen, tag))
    if mapping:
        raise BadSetting("columns can be mapped in tables only.", where=name, do="Leave --format or --map out.")
    module = KNOWN[name]
    if not any(module.matches(row.fields) for row in sample):
        do = f"Columns found: {', '.join(found) or 'none'}. Try --format auto."
        raise BadInput(f"does not look like {name}.", where=where, do=do)
    tag = source or module.SOURCE
    return SeedShape(name, tag, found, (), partial(_known, module, tag))


def _name(sample: list[FileRow], wanted: str, mapping: Mapping[str, str]) -> str:
    if wanted != "auto":
        return wanted
    if mapping:
        return "columns"
    fits = (name for name, module in KNOWN.items() if any(module.matches(row.fields) for row in sample))
    return next(fits, "columns")


def _mapped(chosen: Mapping[str, str], source: str, fields: Mapping[str, Any], origin: str) -> Seed:
    return tables.seed(fields, chosen, source, origin)


def _known(module: ModuleType, source: str, fields: Mapping[str, Any], origin: str) -> Seed:
    made: Seed = module.seed(fields, source, origin)
    return made


def _stem(where: str) -> str:
    name = where.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return name.partition(".")[0] or name
