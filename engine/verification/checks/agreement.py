"""How many of several solutions end with the same answer, in whatever notation (FL-20, FL-26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.verification.answers import Sorted, sorted_out


@dataclass(frozen=True, slots=True)
class Agreed:
    """The most common answer, the share of all solutions that end with it, and a sentence."""

    answer: str | None
    share: float
    reason: str


def of(answers: Sequence[str | None], rounded_from: int = 0) -> Agreed:
    """Return the agreement of `answers`; None is a solution without an answer, which agrees with nobody."""
    found = sorted_out(answers, rounded_from)
    groups = found.groups
    if not groups:
        return Agreed(None, 0.0, f"none of {len(answers)} solutions has an answer")
    best = max(groups, key=len)
    text = answers[best[0]]
    return Agreed(
        text, len(best) / len(answers), f"{len(best)} of {len(answers)} solutions end with {text}{doubts(found)}"
    )


def doubts(found: Sorted) -> str:
    """Return what has to be said of a vote: how many answers could not be compared, how many are roundings."""
    unsure = f"; for {found.unsure} it can't be told whether they are equal" if found.unsure else ""
    return unsure + (f"; {found.rounded} counted as a rounding" if found.rounded else "")
