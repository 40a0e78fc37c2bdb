"""Read a file of seeds as a stream of seeds and refused rows (AM-01, GSDP-01, CL-06)."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from engine.core import lost_backslashes
from engine.core.errors import BadInput, BadSetting
from engine.core.records import Seed
from engine.seeds import local_hub, splits
from engine.seeds.columns import JOINED
from engine.seeds.files import Kind, encoding_name, kind_of, rows
from engine.seeds.rows import SHOWN_CHARS, BrokenRow, FileRow, RefusedRow, RowProblem, TakenRow, texts_of
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
    encoding: str = ""
    """What a person calls the encoding of its text where that is not UTF-8."""
    split: str = ""
    """Which of its splits is taken; '' where it has no two."""
    wanted: str = ""
    """Which split is wanted of a file that has several."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Rows of other splits among those walked so far, by split."""

    @property
    def joined(self) -> str:
        """The columns that make a statement together, such as `context + question`; '' where it is one."""
        column = next((guess.column for guess in self.shape.guesses if guess.field == "statement"), None) or ""
        return column if JOINED in column and column not in self.shape.columns else ""


def read(
    path: str | Path,
    format: str = "auto",
    mapping: Mapping[str, str] = NO_MAPPING,
    limit: int | None = None,
    *,
    source: str = "",
    split: str = "train",
    encoding: str = "",
) -> Iterator[Seed | RefusedRow]:
    """Yield the seeds of a file, and the rows that cannot be seeds, in file order and bounded memory.

    `path` is a file, packed with gzip or not, or with format `hf` a folder or an id of the local Hugging Face cache.
    `mapping` maps fields of a seed to columns; an empty column name switches a guessed field off. `limit` counts
    seeds. `source` tags the seeds; by default the data set's name, else the file's stem. Of a file with several splits
    `split` is taken. `encoding` is what a text is written in; '' has its bytes tell. Whatever makes a whole file
    useless raises BadInput (or BadSetting for the mapping) when iteration starts, before its first row.
    """
    for outcome in taken(openings(path, format, mapping, source, split, encoding), limit):
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
    path: str | Path,
    format: str,
    mapping: Mapping[str, str],
    source: str = "",
    split: str = "train",
    encoding: str = "",
) -> Iterator[Opened]:
    """Open the one file of `path`, or with format hf each file of the data set in turn."""
    if format not in FORMATS:
        raise BadSetting(f"{format} is no format.", where="--format", do=f"Formats: {', '.join(FORMATS)}.")
    if format != "hf":
        yield _open(Path(path).expanduser(), format, mapping, source, split, encoding)
        return
    for file in local_hub.files(str(path), split):
        yield _open(file, "auto", mapping, source or Path(str(path)).name, split, encoding)


def _open(path: Path, format: str, mapping: Mapping[str, str], source: str, split: str, encoding: str) -> Opened:
    kind = kind_of(path, encoding)
    if format in get_args(Kind) and format not in (kind, "jsonl" if kind == "json" else kind):
        raise BadInput(f"is {kind}, not {format}.", where=str(path), do="Try --format auto.")
    stream = rows(path, kind, encoding)
    head = list(itertools.islice(stream, LOOKED_AT))
    sample = [row for row in head if isinstance(row, FileRow)]
    if not sample:
        broken = [row for row in head if isinstance(row, BrokenRow)]
        first = f" Line {broken[0].line}: {broken[0].detail}." if broken else ""
        raise BadInput(f"holds no readable row.{first}", where=str(path), do="JSON lines, CSV or Parquet is needed.")
    there = {splits.split_in(row) for row in sample}
    if there - {""} and split not in there:
        # A file may begin with hundreds of rows of another split.
        there.update(splits.split_in(row) for row in rows(path, kind, encoding) if isinstance(row, FileRow))
    taken_split = splits.taken_of(there, split)
    looked_at = [row for row in sample if not taken_split or splits.split_in(row) in ("", taken_split)] or sample
    wanted = format if format in KNOWN else "columns" if format in get_args(Kind) else "auto"
    shape = shape_of(looked_at, wanted, mapping, source, str(path))
    name = encoding_name(path, kind, encoding)
    return Opened(path, kind, shape, itertools.chain(head, stream), encoding=name, split=taken_split, wanted=split)


def outcomes(opened: Opened) -> Iterator[TakenRow | RefusedRow]:
    """Yield the seeds or a refusal for each row; columns that go into no seed are noted down."""
    file, shape = opened.path.name, opened.shape
    for row in opened.stream:
        if isinstance(row, BrokenRow):
            yield RefusedRow(file, row.line, row.reason, row.detail, text=row.text, ends=row.ends)
            continue
        split = splits.split_in(row)
        if opened.split and split not in ("", opened.split):
            opened.left_out[split] += 1
            continue
        fields = row.fields if shape.name in KNOWN else flattened(row.fields)
        try:
            yield from _noted(shape.seeds(fields, f"{file}:{row.line}"), _notes(opened, row, split))
        except RowProblem as problem:
            shown = str(dict(row.fields))[:SHOWN_CHARS]
            yield RefusedRow(file, row.line, problem.reason, problem.detail, problem.field, shown)
        else:
            _note_unused(opened, fields)


def _noted(seeds: Iterator[TakenRow], notes: tuple[str, ...]) -> Iterator[TakenRow]:
    """Yield the seeds of a row, the first with these notes."""
    for taken_row in seeds:
        yield replace(taken_row, notes=(*taken_row.notes, *notes)) if notes else taken_row
        notes = ()


def _notes(opened: Opened, row: FileRow, split: str) -> tuple[str, ...]:
    """Return what is to be told of a row beside how it is read: a split that was not wanted, escapes in doubt."""
    other = split and not opened.split and split != opened.wanted
    said = [f"of the split {split}: the file has no {opened.wanted}"] if other else []
    if row.in_doubt and any(lost_backslashes.may_lack_one(text) for text in texts_of(list(row.fields.values()))):
        said.append(
            r"a line end or tab that may be the lost backslash of a command (\nu, \ne, \tan ...) is left as it is"
        )
    return tuple(said)


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
