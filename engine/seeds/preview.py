"""What the import card shows before anything is stored: the columns that were found and a verdict for each row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from engine.core import lenient_json
from engine.core.records import Seed
from engine.seeds.columns import Guess
from engine.seeds.reader import NO_MAPPING, openings, taken
from engine.seeds.rows import RefusedRow, TakenRow

Verdict = Literal["ready", "no answer", "needs a picture", "repeats another", "refused"]

_PICTURE = re.compile(
    r"\[asy\]|\\includegraphics|<img\b|!\[[^\]]*\]\(|\b(?:figure|diagram|picture)s?\b"
    r"|\bgraph (?:shown|above|below)\b|\b(?:shown|as) (?:above|below)\b|如图|下图|上图|右图|左图|图中|图所示|图示",
    re.IGNORECASE,
)
_PICTURE_SIGNS = (
    "figure",
    "diagram",
    "picture",
    "above",
    "below",
    "shown",
    "[asy]",
    "includegraphics",
    "<img",
    "![",
    "图",
)
"""One of these stands in every match of the pattern; looking for them first makes imports three times as fast."""

_MARKUP = re.compile(r"</[a-z]|<!|<[a-z][a-z0-9]*(?:\s*/?>|\s[^<>]*=)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row as it would be imported. `note` is a sentence for a person, '' where nothing is to be said."""

    line: int
    verdict: Verdict
    note: str
    seed: Seed | None
    """None for refused rows."""
    said: tuple[str, ...] = ()
    """What is to be known of how the row is read, in words that many rows share."""


@dataclass(frozen=True, slots=True)
class FilePreview:
    """The first rows of a file and how it is read."""

    file: str
    kind: str
    shape: str
    source: str
    columns: tuple[str, ...]
    guesses: tuple[Guess, ...]
    """The column of each field; empty for known data sets, which need no mapping."""
    rows: tuple[PreviewRow, ...]
    unused: tuple[str, ...] = ()
    """Columns that hold something in these rows and would go into no seed."""
    encoding: str = ""
    """What the text is written in where that is not UTF-8."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Rows before the last of these that stand in another split, by split."""


@dataclass(frozen=True, slots=True)
class Survey:
    """How many rows of a whole file would get each verdict, and why rows would be refused."""

    verdicts: dict[str, int]
    reasons: dict[str, int]
    importable: int
    """Rows that would be stored: all but refused rows and repeats."""
    unused: tuple[str, ...] = ()
    """Columns that hold something and would go into no seed."""
    notes: Mapping[str, int] = field(default_factory=dict)
    """How often each thing was noted of how a row is read."""
    left_out: Mapping[str, int] = field(default_factory=dict)
    """Rows of another split, by split: they would not be taken."""


def preview(
    path: str | Path, n: int = 20, format: str = "auto", mapping: Mapping[str, str] = NO_MAPPING, *,
    encoding: str = "", split: str = "train",
) -> FilePreview:  # fmt: skip
    """Return the first `n` rows with their verdicts; raises like `read`."""
    opened = next(openings(path, format, mapping, split=split, encoding=encoding))
    judged = _judged(taken([opened]))
    rows = tuple(row for _, row in zip(range(n), judged, strict=False))
    shape, unused = opened.shape, tuple(opened.unused)
    return FilePreview(
        opened.path.name,
        opened.kind,
        shape.name,
        shape.source,
        shape.columns,
        shape.guesses,
        rows,
        unused,
        opened.encoding,
        dict(opened.left_out),
    )


def survey(
    path: str | Path, format: str = "auto", mapping: Mapping[str, str] = NO_MAPPING, *,
    encoding: str = "", split: str = "train",
) -> Survey:  # fmt: skip
    """Count the verdicts over the whole file, or data set, in bounded memory; raises like `read`."""
    verdicts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    files = list(openings(path, format, mapping, split=split, encoding=encoding))
    for row in _judged(taken(files)):
        verdicts[row.verdict] += 1
        notes.update(row.said)
        if row.verdict == "refused":
            reasons[row.note.partition(":")[0]] += 1
    kept = verdicts.total() - verdicts["refused"] - verdicts["repeats another"]
    unused = tuple(dict.fromkeys(column for opened in files for column in opened.unused))
    left_out: Counter[str] = Counter()
    for opened in files:
        left_out.update(opened.left_out)
    return Survey(dict(verdicts), dict(reasons), kept, unused, dict(notes), dict(left_out))


def flags(seed: Seed) -> tuple[str, ...]:
    """Return what a curator should know of a statement: it needs a picture, or holds HTML (kept as text)."""
    text = seed.statement
    small = text.lower()
    picture = any(sign in small for sign in _PICTURE_SIGNS) and _PICTURE.search(text)
    markup = "<" in text and _MARKUP.search(text)
    torn = lenient_json.control_character(text)
    found = [(picture, "needs a picture"), (markup, "holds HTML"), (torn, "holds a control character")]
    return tuple(flag for there, flag in found if there)


def fold(statement: str) -> bytes:
    """Return 8 bytes by which statements that differ in white space alone are the same."""
    return blake2b(" ".join(statement.split()).encode(), digest_size=8).digest()


def _judged(found: Iterable[TakenRow | RefusedRow]) -> Iterator[PreviewRow]:
    seen: dict[bytes, int] = {}
    for outcome in found:
        if isinstance(outcome, RefusedRow):
            yield PreviewRow(outcome.line, "refused", f"{outcome.reason}: {outcome.detail}", None)
            continue
        seed = outcome.seed
        line = int(seed.origin.rpartition(":")[2])
        key = fold(seed.statement)
        first = seen.get(key)
        seen.setdefault(key, line)
        verdict, note = _verdict(seed, first)
        said = (*outcome.notes, *(flag for flag in flags(seed) if flag == "holds a control character"))
        yield PreviewRow(
            line, verdict, note if first is not None or not outcome.notes else _sentence(outcome.notes), seed, said
        )


def _sentence(notes: tuple[str, ...]) -> str:
    text = "; ".join(notes)
    return f"{text[:1].upper()}{text[1:]}."


def _verdict(seed: Seed, first: int | None) -> tuple[Verdict, str]:
    marks = flags(seed)
    note = "Holds HTML, kept as text." if "holds HTML" in marks else ""
    if first is not None:
        return "repeats another", f"Same statement as line {first}."
    if "holds a control character" in marks:
        note = "Holds a control character: a backslash of a formula may be lost."
    if "needs a picture" in marks:
        return "needs a picture", "The statement speaks of a figure."
    return ("ready", note) if seed.answer else ("no answer", note or "A solver will have to find the answer.")
