"""Sorts samples by two examinations: fine-tuning data, preference pairs, waste (continual learning 2.3.2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Group = Literal["fine-tuning", "preference", "discarded"]
GROUPS: tuple[Group, ...] = ("fine-tuning", "preference", "discarded")
PUBLISHED = {"fine-tuning": 0.547, "preference": 0.266, "discarded": 0.187}
"""Shares of 50,000 samples in round 1 (app. B.3)."""
PUBLISHED_KEPT = {"fine-tuning": 0.878, "preference": 0.934}
"""Shares that the filters behind sorting leave (app. D)."""
CALLS_PER_SAMPLE = 4
"""One self-play and three agents; where the consistency judge has to be asked it is one more (CL-34)."""


def group(consistent: bool | None, sound: bool | None) -> Group:
    """Return the group of a sample by C and L (CL-13); None is an examination that was left out or could not be had.

    With one of them missing by choice, the other decides alone (the ablations of 4.2, CL-36); with both missing
    nothing speaks for the sample and it is discarded.
    """
    said = {value for value in (consistent, sound) if value is not None}
    if said == {True}:
        return "fine-tuning"
    return "preference" if said == {False} else "discarded"


def fault(difficulty: float, answer: str | None, min_difficulty: float = 0.3) -> str:
    """Return why a sample is left out of fine-tuning, '' where it stays (CL-14)."""
    if difficulty < min_difficulty - 1e-9:
        return f"too easy: {difficulty:g} is below {min_difficulty:g}"
    return "" if answer else "no boxed answer"


@dataclass(frozen=True, slots=True)
class Sorted:
    """A sample's id with its C and L."""

    id: str
    consistent: bool | None
    sound: bool | None


@dataclass(frozen=True, slots=True)
class Ablation:
    """Which samples train which stage, for one of the studies of section 4.2 (CL-36)."""

    tuned: tuple[str, ...]
    paired: tuple[str, ...]


def ablation(samples: Iterable[Sorted], switch: Literal["sft", "self-play", "agents", "both"]) -> Ablation:
    """Return the data of a study (CL-36).

    `sft` tunes on everything and pairs nothing; `self-play` and `agents` pair what that one examination rejects;
    `both` sorts by the two of them.
    """
    known = list(samples)
    if switch == "sft":
        return Ablation(tuple(sample.id for sample in known), ())
    groups = {
        sample.id: group(
            sample.consistent if switch != "agents" else None, sample.sound if switch != "self-play" else None
        )
        for sample in known
    }
    tuned = tuple(ident for ident, name in groups.items() if name == "fine-tuning")
    return Ablation(tuned, tuple(ident for ident, name in groups.items() if name == "preference"))


def shares(groups: Iterable[str]) -> dict[str, float]:
    """Return the share of each group; the shares add up to 1, all are 0 where there is no sample."""
    known = list(groups)
    return {name: known.count(name) / len(known) if known else 0.0 for name in GROUPS}
