"""The scores a policy can limit: what they are called, how they run and which limit their method published (X-07).

A new score is one more entry; the strips of the studio, the policy table and the what-if counts read this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Op = Literal["at least", "at most"]

BINS = 40
"""Bars of a score's histogram."""


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """One score: a float column of the scoreboard, in `low`..`high`, limited on a grid of `step`."""

    key: str
    label: str
    about: str
    """A sentence for the curator."""
    low: float
    high: float
    op: Op
    """The direction a limit usually has."""
    limit: float
    """Where the limit stands before anybody moved it."""
    used: bool = False
    """Whether the default policy limits it."""
    if_missing: Literal["drop", "keep", "review"] = "keep"
    step: float = 0.01
    source: str = ""
    """What the method did, in words; '' where the default is our own choice."""
    method: str = ""
    yes_no: bool = False
    """Whether it has two values only, so that no row is close to its limit."""
    grade: str = "I"
    """How well the default is founded: S stated, R repository, P paper, N note, I our own."""

    @property
    def steps(self) -> int:
        """Number of grid steps from `low` to `high`; the grid has one point more."""
        return round((self.high - self.low) / self.step)

    def value(self, index: int) -> float:
        """Return grid point `index`, rounded so that it prints as a person would type it."""
        return round(self.low + index * self.step, 6)


@cache
def grid(key: str) -> NDArray[np.float32]:
    """Return the grid points of a score (steps + 1, float32): limits are compared with scores in 32 bits."""
    spec = SCORES[key]
    points = np.array([spec.value(index) for index in range(spec.steps + 1)], np.float32)
    points.setflags(write=False)
    return points


_SPECS = (
    ScoreSpec(
        "judge_score",
        "Judge score",
        "What judges hold of the problem: their weighted mean, its review, or their yes or no, by the method.",
        0.0,
        1.0,
        "at least",
        0.85,
        used=True,
        if_missing="drop",
        source="The method used 0.85.",
        method="GSDP 2.5",
        grade="S",
    ),
    ScoreSpec(
        "solution_pass",
        "Solution verdict",
        "1 where the method accepts the solution: no veto, the keep strategy's choice, both examinations passed.",
        0.0,
        1.0,
        "at least",
        1.0,
        used=True,
        yes_no=True,
        if_missing="drop",
        source="The method drops a problem when one judge says False.",
        method="GSDP 2.5",
        grade="S",
    ),
    ScoreSpec(
        "agreement",
        "Answer agreement",
        "Share of the solutions that end with the most common answer.",
        0.0,
        1.0,
        "at least",
        0.0,
    ),
    ScoreSpec(
        "difficulty",
        "Difficulty",
        "Rated difficulty from 0 (trivial) to 1.",
        0.0,
        1.0,
        "at least",
        0.0,
        source="Leaving out samples below 0.3 is the continual-learning method's rule, off here.",
        method="Continual learning, app. D",
        grade="S",
    ),
    ScoreSpec(
        "rarity",
        "Rarity",
        "Mean distance to the nearest other problems: high is unlike the rest.",
        0.0,
        1.0,
        "at least",
        0.0,
    ),
    ScoreSpec(
        "seed_similarity",
        "Seed similarity",
        "Cosine to the nearest seed: near 1 is close to a copy of it.",
        0.0,
        1.0,
        "at most",
        1.0,
    ),
    ScoreSpec(
        "nearest_twin",
        "Nearest twin",
        "Cosine to the nearest other generated problem.",
        0.0,
        1.0,
        "at most",
        1.0,
    ),
    ScoreSpec(
        "contamination",
        "Contamination",
        "Largest share of a test problem's 8-word sequences that the statement holds.",
        0.0,
        1.0,
        "at most",
        0.94,
        used=True,
        source="The method drops from 0.95 on.",
        method="FLAMES, filters",
        grade="N",
    ),
)

SCORES: dict[str, ScoreSpec] = {spec.key: spec for spec in _SPECS}
"""Every score by its key, in the order in which they are shown."""
