"""How an engine has answered lately, from the end of a run's replies: latency percentiles and tokens a second."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from engine.core.files import ending
from engine.runs.journal import FILES

WINDOW_S = 120.0
"""Replies older than this before the last one are not recent."""
_TAIL = 1 << 20


@dataclass(frozen=True, slots=True)
class Recent:
    """Over the replies of the last two minutes: seconds within which half, nine in ten and 99 of 100 came."""

    replies: int
    p50: float
    p90: float
    p99: float
    tokens_per_second: float
    """Tokens out, over the time in which the replies came."""
    reread: float
    """Share of replies that were asked for because the one before did not have the form that was asked for."""


@dataclass(frozen=True, slots=True)
class _Reply:
    at: float
    seconds: float
    tokens: int
    role: str
    again: bool


def recent(directory: Path, roles: Collection[str] | None = None) -> Recent | None:
    """Return how a run's engines answered lately, all of them or those that speak for `roles`.

    None before the first whole reply. Reads a megabyte at most.
    """
    rows = [row for row in _tail(directory / "journal" / FILES[0]) if roles is None or row.role in roles]
    if not rows:
        return None
    last = max(row.at for row in rows)
    fresh = [row for row in rows if row.at >= last - WINDOW_S]
    seconds = np.array([row.seconds for row in fresh])
    began = min(row.at - row.seconds for row in fresh)
    p50, p90, p99 = (float(value) for value in np.percentile(seconds, (50, 90, 99)))
    speed = sum(row.tokens for row in fresh) / max(last - began, 1e-3)
    return Recent(len(fresh), p50, p90, p99, speed, sum(row.again for row in fresh) / len(fresh))


def _tail(path: Path) -> list[_Reply]:
    """Return the last whole replies."""
    try:
        body = ending(path, _TAIL)
    except OSError:
        return []
    found = []
    # The first line may have lost its beginning, the last one its end.
    for line in body.split(b"\n")[1 if len(body) == _TAIL else 0 : -1]:
        try:
            row = orjson.loads(line)
            role, again = str(row.get("role", "")), int(row.get("attempt", 0)) > 0
            found.append(_Reply(float(row["at"]), float(row["seconds"]), int(row["tokens_out"]), role, again))
        except (ValueError, KeyError, TypeError):
            continue
    return found
