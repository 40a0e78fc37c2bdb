"""Numbers as servers write them, within what they can mean; anything else is nothing."""

from __future__ import annotations

import math
from typing import Any

MOST = 10**9
"""No reply, prompt or context has a billion tokens, and no server a billion places."""
_DIGITS = len(str(MOST))


def count(value: Any, most: int = MOST) -> int | None:
    """Return a count of 0 to `most`; None for what is none: negative, huge, broken, NaN, true, a list.

    A whole number may be written as a float or in quotes, as some relays do.
    """
    if isinstance(value, str):
        value = int(value) if len(value) <= _DIGITS and value.isascii() and value.isdigit() else None
    if isinstance(value, float):
        value = int(value) if math.isfinite(value) and value == int(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most else None
