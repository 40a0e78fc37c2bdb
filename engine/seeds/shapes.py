"""Which shape the rows of a file have, seen in the first of them, and how such rows become seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType
from typing import Any

from engine.core.errors import BadInput, BadSetting
from engine.core.records import Seed
from engine.seeds import answers_read, gsm8k, math_rows, table_rows, tal
from engine.seeds import columns as tables
from engine.seeds.rows import FileRow, TakenRow, marked, thought, unreal
from engine.seeds.talks import flattened
from engine.verification.answers import extract_answer
from engine.verification.answers.sentinels import says_no_answer

KNOWN: dict[str, ModuleType] = {"gsm8k": gsm8k, "math": math_rows, "tal": tal}
"""Data sets with a shape of their own.

Each module has SOURCE, USES (its columns), `matches(fields)` and `seed(fields, source, origin)`.
"""

_REPLIES = frozenset(("answer", "solution"))
LOOKED_AT = 200
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
    seeds: Callable[[Mapping[str, Any], str], Iterator[TakenRow]]
    """Fields and origin to the seeds of a row; raises RowProblem."""
    used: Callable[[Mapping[str, Any]], frozenset[str]]
    """The columns of a row that its seeds are made of."""


def shape_of(sample: list[FileRow], wanted: str, mapping: Mapping[str, str], source: str, where: str) -> SeedShape:
    """Return the shape of the sampled rows.

    `wanted` is a known shape, `auto` or `columns`; `source` '' takes the known shape's name, else the file's stem.
    Raises BadInput where needed columns are missing and BadSetting where a mapping cannot be used.
    """
    name = _name(sample, wanted, mapping)
    if name == "columns":
        rows = [flattened(row.fields) for row in sample]
        found = tuple(dict.fromkeys(str(column) for row in rows for column in row))
        guesses = tables.guess(found, mapping, where)
        chosen = {guess.field: guess.column for guess in guesses if guess.column}
        read = table_rows.reader(rows, chosen, source or _stem(where), found, frozenset(mapping))
        return SeedShape(name, read.source, found, guesses, partial(_noted, read.seeds), read.used)
    if mapping:
        raise BadSetting("columns can be mapped in tables only.", where=name, do="Leave --format or --map out.")
    found = tuple(dict.fromkeys(str(column) for row in sample for column in row.fields))
    module = KNOWN[name]
    if not any(module.matches(row.fields) for row in sample):
        do = f"Columns found: {', '.join(found) or 'none'}. Try --format auto."
        raise BadInput(f"does not look like {name}.", where=where, do=do)
    tag = source or module.SOURCE
    seeds = partial(_noted, partial(_known, module, tag))
    return SeedShape(name, tag, found, (), seeds, lambda fields: module.USES)


def _name(sample: list[FileRow], wanted: str, mapping: Mapping[str, str]) -> str:
    if wanted != "auto":
        return wanted
    if mapping:
        return "columns"
    fits = (name for name, module in KNOWN.items() if any(_fits(name, module, row.fields) for row in sample))
    return next(fits, "columns")


def _fits(name: str, module: ModuleType, fields: Mapping[str, Any]) -> bool:
    """Whether a row has this shape and nothing more of a problem than the shape reads, such as options or a context."""
    return module.matches(fields) and (name == "tal" or not table_rows.holds_more(fields, module.USES))


def _noted(
    seeds: Callable[[Mapping[str, Any], str], Iterator[TakenRow]], fields: Mapping[str, Any], origin: str
) -> Iterator[TakenRow]:
    """Yield the seeds of a row, the first with a note for each mark of a turn that was cut."""
    notes = marked(fields)
    for taken in seeds(fields, origin):
        yield replace(taken, notes=(*taken.notes, *notes)) if notes else taken
        notes = ()


def _known(module: ModuleType, source: str, fields: Mapping[str, Any], origin: str) -> Iterator[TakenRow]:
    made: Seed = module.seed(fields, source, origin)
    notes = thought(fields.get(column) for column in _REPLIES & module.USES)
    no_number = unreal(fields.get("answer"))
    if made.answer and says_no_answer(made.answer):
        answer = extract_answer(made.solution or "")
        no_number = "" if answer else repr(made.answer)
        made, read = replace(made, answer=answer), answers_read.how(answer, None, made.solution)
    else:
        texts = [fields[name] for name in ("answer", "solution") if isinstance(fields.get(name), str)]
        read = answers_read.how(made.answer, texts[0] if texts else None, *texts)
    said = (f"the answer column says {no_number}: no answer",) if no_number and not made.answer else ()
    yield TakenRow(made, (*notes, *said), read)


def _stem(where: str) -> str:
    name = where.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return name.partition(".")[0] or name
