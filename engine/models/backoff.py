"""How long to wait before another try: what the endpoint asks for, else exponential backoff with full jitter."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT = 0.5
QUICK_WAIT = 0.1
"""The same behind an answer that came and is none: pages, halves of JSON, no choices."""
LONGEST_WAIT = 60.0
LONGEST_OBEYED = 900.0
"""An endpoint that asks for a longer pause than this, in seconds, pauses the run."""


def backoff(tries: int, dice: random.Random, first: float = FIRST_WAIT) -> float:
    """Return seconds to wait after failed try number `tries` (from 1): uniform from 0 to a doubling bound."""
    return dice.uniform(0, min(LONGEST_WAIT, first * 2.0 ** min(tries, 30)))


def retry_after(header: str | None, now: datetime | None = None) -> float | None:
    """Return the seconds that a Retry-After header asks for, None where there is none or it cannot be read.

    Both forms of RFC 9110 are understood: a number of seconds (fractions too, some endpoints send them) and an
    HTTP date. A date that has passed, or a negative number, asks for no wait.
    """
    text = (header or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
    except ValueError:
        return _until(text, now or datetime.now(UTC))
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _until(text: str, now: datetime) -> float | None:
    try:
        when = parsedate_to_datetime(text)
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return max(0.0, (when - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
