"""Marks on the scale that a task asks for: 0 to 5, or 1 to 10 as in DS2."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.abacus.tasks import Brief

_TEN = re.compile(r"^\w+: 1 to 10$", re.MULTILINE)


def on_scale(marks: Iterable[int], brief: Brief) -> list[int]:
    """Return marks from 0 to 5 as the task wants them; of 1 to 10, the least that compresses to each (SC-16)."""
    return [mark + 4 for mark in marks] if _TEN.search(brief.text) else list(marks)
