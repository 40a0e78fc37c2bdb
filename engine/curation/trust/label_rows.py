"""Reads files of labels: one verdict of one person on one row, with the line it stands on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from engine.core.errors import BadInput
from engine.core.records import LABEL_VERDICTS, READER_ROLES, LabelVerdict, ReaderRole
from engine.seeds.files import kind_of, rows
from engine.seeds.rows import BrokenRow

COLUMNS: Final = ("id", "verdict", "curator", "time", "reason", "draw", "role", "blind", "gold", "hash")
"""What a file may say of a label; id and verdict it must."""
_IDS = ("id", "row_id", "problem_id")
_WORDS: dict[str, LabelVerdict] = {
    **{word: word for word in LABEL_VERDICTS},
    **dict.fromkeys(("approve", "approved", "yes", "true", "1"), "good"),
    **dict.fromkeys(("reject", "rejected", "no", "false", "0"), "bad"),
    "skip": "skipped",
}
_TRUE, _FALSE = ("1", "true", "yes"), ("0", "false", "no")
_LONGEST = 100_000
_LONGEST_ID = 200
_SHOWN = 60
_AHEAD_S = 86_400.0
"""Clocks differ; a time further ahead than a day is a mistake."""


@dataclass(frozen=True, slots=True)
class LabelRow:
    """A label as a file gives it."""

    line: int
    row_id: str
    verdict: LabelVerdict
    curator: str
    at: float | None
    """Unix time; None where the file does not say."""
    reason: str = ""
    draw_id: str = ""
    """The random draw that the file claims it comes from."""
    role: ReaderRole | None = None
    blind: bool | None = None
    gold: bool = False
    row_hash: str = ""
    """Hash of the text that was read, as `lemma labels list` gives it; '' where the file does not say."""


@dataclass(frozen=True, slots=True)
class UnusableLabel:
    """A line that cannot become a label, and why, in a sentence."""

    line: int
    row_id: str
    why: str


def read(path: Path, curator: str = "") -> Iterator[LabelRow | UnusableLabel]:
    """Yield what each row of a file says; `curator` is who labelled where the file does not say.

    Any of JSON lines, JSON, CSV, TSV, Parquet and Arrow. Raises BadInput where the file holds no labels at all.
    """
    first = True
    for row in rows(path, kind_of(path)):
        if isinstance(row, BrokenRow) and row.ends:
            do = "Mend or fetch the file again; nothing was added."
            raise BadInput(f"{row.reason}: {row.detail}.", where=f"{path}, line {row.line}", do=do)
        if isinstance(row, BrokenRow):
            yield UnusableLabel(row.line, "", f"cannot be read: {row.detail}")
            continue
        fields = {str(name).strip().lower(): value for name, value in row.fields.items()}
        if first:
            _must_have(fields, f"{path}, line {row.line}")
            first = False
        yield _row(row.line, fields, curator)


def _must_have(fields: Mapping[str, Any], where: str) -> None:
    lacking = [name for name, others in (("id", _IDS), ("verdict", ("verdict",))) if not fields.keys() & set(others)]
    if lacking:
        raise BadInput(
            f"has no column {' and no column '.join(lacking)}.",
            where=where,
            do=f"Give one row per label; columns: {', '.join(COLUMNS)}.",
        )


def _row(line: int, fields: Mapping[str, Any], curator: str) -> LabelRow | UnusableLabel:
    ident = next((text for name in _IDS if (text := _text(fields.get(name)))), "")
    if not ident:
        return UnusableLabel(line, "", "names no row")
    if len(ident) > _LONGEST_ID:
        return UnusableLabel(line, ident[:_LONGEST_ID], f"names a row by {len(ident):,} characters")
    said = _text(fields.get("verdict")).lower()
    if said not in _WORDS:
        return UnusableLabel(
            line, ident, f"{said[:_SHOWN]!r} is no verdict: good, bad, unsure or skipped" if said else "no verdict"
        )
    who = _text(fields.get("curator")) or curator
    if not who:
        return UnusableLabel(line, ident, "does not say who labelled it; give a column curator, or --curator")
    try:
        return LabelRow(
            line, ident, _WORDS[said], who, _time(fields.get("time")), _text(fields.get("reason")),
            _text(fields.get("draw")), _role(fields.get("role")), _flag(fields.get("blind"), "blind"),
            bool(_flag(fields.get("gold"), "gold")), _text(fields.get("hash")).lower(),
        )  # fmt: skip
    except ValueError as error:
        return UnusableLabel(line, ident, str(error))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return str(value)[:_LONGEST].strip()


def _role(value: Any) -> ReaderRole | None:
    said = _text(value).lower()
    if said and said not in READER_ROLES:
        raise ValueError(f"{said[:_SHOWN]!r} is no role: {', '.join(READER_ROLES)}")
    return next((role for role in READER_ROLES if role == said), None)


def _flag(value: Any, name: str) -> bool | None:
    said = _text(value).lower()
    if said and said not in _TRUE + _FALSE:
        raise ValueError(f"{name} {said[:_SHOWN]!r} is neither true nor false")
    return said in _TRUE if said else None


def _time(value: Any) -> float | None:
    """Return a Unix time; a time without a zone is UTC. ValueError for what is none."""
    if isinstance(value, datetime):
        return _moment(value)
    said = _text(value)
    if not said:
        return None
    at = next((found for reader in _READERS if (found := _tried(reader, said)) is not None), None)
    if at is None or not at > 0:
        raise ValueError(f"{said[:_SHOWN]!r} is no time: ISO 8601, such as 2026-03-01T10:00:00Z, or Unix seconds")
    if at > time.time() + _AHEAD_S:
        raise ValueError(f"{said[:_SHOWN]!r} lies in the future")
    return at


def _tried(reader: Callable[[str], float], said: str) -> float | None:
    try:
        return reader(said)
    except (ValueError, OverflowError):
        return None


def _moment(when: datetime) -> float:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


_READERS: tuple[Callable[[str], float], ...] = (float, lambda said: _moment(datetime.fromisoformat(said)))
