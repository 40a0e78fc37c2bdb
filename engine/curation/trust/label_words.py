"""What people write for a verdict, a flag and a time, read without guessing: what can be two things is none."""

from __future__ import annotations

import re
import time
import unicodedata
from datetime import UTC, datetime, timedelta
from math import isfinite, isnan
from typing import Any, Final

from engine.core.records import LabelVerdict

_SAID: dict[LabelVerdict, str] = {
    "good": (
        "good approve approved accept accepted yes y true t 1 ok okay keep kept pass passed correct right valid "
        "对 正确 好 是 合格 通过 真 ✓ ✔ √ ☑ 👍"
    ),
    "bad": (
        "bad reject rejected no n false f 0 drop dropped fail failed incorrect wrong invalid "
        "错 错误 不对 坏 否 不是 不合格 不通过 假 ✗ ✘ × ☒ 👎"
    ),
    "unsure": "unsure maybe unclear unknown undecided 不确定 不清楚",
    "skipped": "skipped skip ignore ignored discard discarded cancelled canceled 跳过",
}
WORDS: Final[dict[str, LabelVerdict]] = {
    **{word: verdict for verdict, words in _SAID.items() for word in words.split()},
    "not sure": "unsure", "don't know": "unsure", "can't tell": "unsure", "not good": "bad", "not ok": "bad",
}  # fmt: skip
"""Verdicts by the words of English, Chinese and common tools, folded."""
_LONGEST = 100_000
"""Characters of a cell that are read."""
_AROUND = " \t\"'`.!,;:()[]。“”"
TRUE, FALSE = ("1", "true", "yes", "y", "t"), ("0", "false", "no", "n", "f")
_AHEAD_S = 86_400.0
"""Clocks differ; a time further ahead than a day is a mistake."""
_FIRST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()
"""Nobody labelled rows earlier: a smaller number of seconds is something else."""
_SHEET_DAYS, _SHEET_ZERO = (20_000.0, 100_000.0), datetime(1899, 12, 30, tzinfo=UTC)
"""Days since the end of 1899, as spreadsheets write a date that lost its format."""
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_YEAR_FIRST = re.compile(r"(\d{4})[/.年](\d{1,2})[/.月](\d{1,2})日?(.*)", re.S)
_YEAR_LAST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})[ ,T]*(.*)", re.S)
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?")


def text(value: Any) -> str:
    """Return a cell as text; whole numbers without a point, nothing for none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and isfinite(value) and value.is_integer():
        value = int(value)
    return "" if value is None or (isinstance(value, float) and isnan(value)) else str(value)[:_LONGEST].strip()


def verdict(said: str) -> LabelVerdict | None:
    """Return the verdict that a word is, None where it is none; case, width and marks around it say nothing."""
    folded = unicodedata.normalize("NFKC", said).replace("\N{VARIATION SELECTOR-16}", "").casefold()
    folded = " ".join(folded.replace("’", "'").strip(_AROUND).replace("_", " ").split())
    folded = re.sub(r"^([01])\.0+$", r"\1", folded)
    return WORDS.get(folded)


def flag(value: Any, name: str) -> bool | None:
    """Return a yes or no; None for nothing, ValueError for what is neither."""
    said = text(value).lower()
    if said and said not in TRUE + FALSE:
        raise ValueError(f"{name} {said!r} is neither true nor false")
    return said in TRUE if said else None


def moment(value: Any) -> float | None:
    """Return a Unix time, None for nothing; a time without a zone is UTC. ValueError for what is none, or may be two.

    ISO 8601, Unix seconds or milliseconds, what spreadsheets make of a date. 03/04/2026 is March to some and April to
    others, so that it is refused; 30/04/2026 can only be April.
    """
    if isinstance(value, datetime):
        return _checked(_unix(value), str(value))
    said = text(value)
    return _checked(_read(said), said) if said else None


def _read(said: str) -> float | None:
    if _NUMBER.fullmatch(said):
        return _of_number(float(said))
    found = next((when for reader in (_iso, _year_first, _year_last) if (when := reader(said))), None)
    return None if found is None else _unix(found)


def _checked(at: float | None, said: str) -> float:
    if at is None or not at >= _FIRST:
        raise ValueError(f"{said!r} is no time: ISO 8601, such as 2026-03-01T10:00:00Z, or Unix seconds")
    if at > time.time() + _AHEAD_S:
        raise ValueError(f"{said!r} lies in the future")
    return at


def _of_number(number: float) -> float | None:
    if number >= _FIRST:
        return number / 1000 if number >= 1000 * _FIRST else number
    low, high = _SHEET_DAYS
    return _unix(_SHEET_ZERO + timedelta(days=number)) if low <= number < high else None


def _iso(said: str) -> datetime | None:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return None


def _year_first(said: str) -> datetime | None:
    found = _YEAR_FIRST.fullmatch(said)
    return _made(int(found[1]), int(found[2]), int(found[3]), found[4].strip()) if found else None


def _year_last(said: str) -> datetime | None:
    found = _YEAR_LAST.fullmatch(said)
    if not found:
        return None
    one, two, year = int(found[1]), int(found[3]), int(found[4])
    # With points the day comes first everywhere.
    if found[2] == "." or one > 12:
        return _made(year, two, one, found[5])
    if two > 12 or one == two:
        return _made(year, one, two, found[5])
    raise ValueError(f"{said!r} may be of two months: write the year first, such as 2026-03-01")


def _made(year: int, month: int, day: int, clock: str) -> datetime | None:
    found = _CLOCK.fullmatch(clock.strip()) if clock.strip() else None
    if clock.strip() and not found:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3]) if found else (0, 0, 0)
    half = (found[4] or "").lower() if found else ""
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _unix(when: datetime) -> float:
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
