"""Read a file of seeds as a stream of seeds and refused rows (AM-01, GSDP-01, CL-06)."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from engine.core.errors import BadInput, BadSetting
from engine.core.records import Seed
from engine.seeds import local_hub
from engine.seeds.files import Kind, kind_of, rows
from engine.seeds.rows import SHOWN_CHARS, BrokenRow, FileRow, RefusedRow, RowProblem, TakenRow
from engine.seeds.shapes import KNOWN, LOOKED_AT, SeedShape, shape_of
from engine.seeds.talks import flattened

FORMATS = ("auto", "gsm8k", "math", "tal", "jsonl", "csv", "parquet", "hf")

NO_MAPPING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose kind and shape are known; `stream` may be walked once."""

    path: Path
    kind: Kind
    shape: SeedShape
    stream: Iterator[FileRow | BrokenRow]
    unused: dict[str, None] = field(default_factory=dict)
    """Columns that hold something in the rows walked so far and go into no seed."""


def read(
    path: str | Path,
    format: str = "auto",
    mapping: Mapping[str, str] = NO_MAPPING,
    limit: int | None = None,
    *,
    source: str = "",
    split: str = "train",
) -> Iterator[Seed | RefusedRow]:
    """Yield the seeds of a file, and the rows that cannot be seeds, in file order and bounded memory.

    `path` is a file, packed with gzip or not, or with format `hf` a folder or an id of the local Hugging Face cache.
    `mapping` maps fields of a seed to columns; an empty column name switches a guessed field off. `limit` counts
    seeds. `source` tags the seeds; by default the data set's name, else the file's stem. Whatever makes a whole file
    useless raises BadInput (or BadSetting for the mapping) when iteration starts, before its first row.
    """
    for outcome in taken(openings(path, format, mapping, source, split), limit):
        yield outcome.seed if isinstance(outcome, TakenRow) else outcome


def taken(opened: Iterable[Opened], limit: int | None = None) -> Iterator[TakenRow | RefusedRow]:
    """Yield what became of the rows of files, the first `limit` seeds."""
    seeds = 0
    for outcome in itertools.chain.from_iterable(map(outcomes, opened)):
        if limit is not None and seeds >= limit:
            return
        seeds += isinstance(outcome, TakenRow)
        yield outcome


def openings(
    path: str | Path, format: str, mapping: Mapping[str, str], source: str = "", split: str = "train"
) -> Iterator[Opened]:
    """Open the one file of `path`, or with format hf each file of the data set in turn."""
    if format not in FORMATS:
        raise BadSetting(f"{format} is no format.", where="--format", do=f"Formats: {', '.join(FORMATS)}.")
    if format != "hf":
        yield _open(Path(path).expanduser(), format, mapping, source)
        return
    for file in local_hub.files(str(path), split):
        yield _open(file, "auto", mapping, source or Path(str(path)).name)


def _open(path: Path, format: str, mapping: Mapping[str, str], source: str) -> Opened:
    kind = kind_of(path)
    if format in get_args(Kind) and format not in (kind, "jsonl" if kind == "json" else kind):
        raise BadInput(f"is {kind}, not {format}.", where=str(path), do="Try --format auto.")
    stream = rows(path, kind)
    head = list(itertools.islice(stream, LOOKED_AT))
    sample = [row for row in head if isinstance(row, FileRow)]
    if not sample:
        broken = [row for row in head if isinstance(row, BrokenRow)]
        first = f" Line {broken[0].line}: {broken[0].detail}." if broken else ""
        raise BadInput(f"holds no readable row.{first}", where=str(path), do="JSON lines, CSV or Parquet is needed.")
    wanted = format if format in KNOWN else "columns" if format in get_args(Kind) else "auto"
    return Opened(path, kind, shape_of(sample, wanted, mapping, source, str(path)), itertools.chain(head, stream))


def outcomes(opened: Opened) -> Iterator[TakenRow | RefusedRow]:
    """Yield the seeds or a refusal for each row; columns that go into no seed are noted down."""
    file, shape = opened.path.name, opened.shape
    for row in opened.stream:
        if isinstance(row, BrokenRow):
            yield RefusedRow(file, row.line, row.reason, row.detail, text=row.text)
            continue
        fields = row.fields if shape.name in KNOWN else flattened(row.fields)
        try:
            yield from shape.seeds(fields, f"{file}:{row.line}")
        except RowProblem as problem:
            shown = str(dict(row.fields))[:SHOWN_CHARS]
            yield RefusedRow(file, row.line, problem.reason, problem.detail, problem.field, shown)
        else:
            _note_unused(opened, fields)


def _note_unused(opened: Opened, fields: Mapping[str, Any]) -> None:
    rest = [column for column in fields if column not in opened.unused and _holds(fields[column])]
    if rest:
        used = opened.shape.used(fields)
        said = {fields[column] for column in used if isinstance(fields.get(column), str)}
        opened.unused.update(
            (str(column), None)
            for column in rest
            if column not in used and not (isinstance(fields[column], str) and fields[column] in said)
        )


def _holds(value: Any) -> bool:
    return value not in (None, "", [], {}) and value == value
