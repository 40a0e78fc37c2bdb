"""An estimate from labels as a report says it: a number with its interval, or counts and why there is no number."""

from __future__ import annotations

from engine.curation.trust.estimated import Estimated
from engine.reporting.shapes import Cell

DRAW = "`lemma labels draw`"
"""What makes labels that count, as a note shows it."""


def ends(found: Estimated) -> tuple[Cell, Cell, Cell]:
    """Return value, low and high; all of them None where nothing can be said."""
    return found.value, found.low, found.high


def said(found: Estimated) -> str:
    """Return `0.93 (0.88 – 0.96, 64 random labels worth 71)`, or the reason why there is no number."""
    if found.value is None or found.low is None or found.high is None:
        return found.refusal.why if found.refusal else "It cannot be said."
    worth = "" if found.effective is None else f" worth {found.effective:,.0f}"
    rough = ", rough" if found.rough else ""
    return f"{found.value:.2f} ({found.low:.2f} – {found.high:.2f}, {random_labels(found)}{worth}{rough})"


def random_labels(found: Estimated) -> str:
    """Return how many labels of the rows it is about were drawn at random."""
    count = found.labels.get("random", 0)
    return f"{count:,} random label{'' if count == 1 else 's'}"


def price(found: Estimated) -> str:
    """Return what would give a number, '' where labels do not help or there is one."""
    needed = found.refusal.labels if found.refusal else 0
    return f"{needed:,} random labels would change that: {DRAW}." if needed else ""
