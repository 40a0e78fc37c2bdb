"""Sorts samples by two examinations: fine-tuning data, preference pairs, waste (continual learning 2.3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from engine.core.settings.training import Study

Group = Literal["fine-tuning", "preference", "discarded"]
GROUPS: tuple[Group, ...] = ("fine-tuning", "preference", "discarded")


NO_BOX = "no boxed answer"
"""Why a sample is left out whose solution ends in none (app. D)."""

EXAMINATIONS: Mapping[Study, tuple[bool, bool]] = {
    "both": (True, True),
    "self-play": (True, False),
    "agents": (False, True),
    "sft": (False, False),
}
"""Whether self-play and whether experts examine, in each of the studies of section 4.2 (CL-36)."""


def group(consistent: bool | None, sound: bool | None) -> Group:
    """Return the group of a sample by C and L (CL-13); None is an examination that was left out or could not be had.

    With one of them missing the other decides alone; with both missing nothing speaks for the sample and it is
    discarded.
    """
    said = {value for value in (consistent, sound) if value is not None}
    if said == {True}:
        return "fine-tuning"
    return "preference" if said == {False} else "discarded"


def assigned(consistent: bool | None, sound: bool | None, *, self_play: bool = True, experts: bool = True) -> Group:
    """Return the group of a sample where only these examinations are wanted (CL-36).

    With none of them every sample is imitated. One that was wanted and could not be had speaks against any use.
    """
    if not (self_play or experts):
        return "fine-tuning"
    if (self_play and consistent is None) or (experts and sound is None):
        return "discarded"
    return group(consistent if self_play else None, sound if experts else None)


def fault(difficulty: float, answer: str | None, min_difficulty: float = 0.3) -> str:
    """Return why a sample is left out of fine-tuning, '' where it stays (CL-14)."""
    if difficulty < min_difficulty - 1e-9:
        return f"too easy: {difficulty:g} is below {min_difficulty:g}"
    return "" if answer else NO_BOX


def shares(groups: Iterable[str]) -> dict[str, float]:
    """Return the share of each group; the shares add up to 1, all are 0 where there is no sample."""
    known = list(groups)
    return {name: known.count(name) / len(known) if known else 0.0 for name in GROUPS}
