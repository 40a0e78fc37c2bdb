"""How often a reward model prefers the chosen answer of a pair to the rejected one (CL-30)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from engine.core.errors import BadInput
from engine.learning.evaluation.figures import wilson
from engine.models.reward_model import Scorer, reward_model

__all__ = ["RewardPair", "Scorer", "WinShare", "reward_model", "win_share"]
BATCH = 16


@dataclass(frozen=True, slots=True)
class RewardPair:
    """A request with its chosen and its rejected answer."""

    prompt: str
    chosen: str
    rejected: str


@dataclass(frozen=True, slots=True)
class WinShare:
    """Share of pairs whose chosen answer is rewarded more, with its 95 % interval; equal rewards are no win."""

    pairs: int
    wins: int
    ties: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Wins by pairs."""
        return self.wins / self.pairs


def win_share(pairs: Iterable[RewardPair], score: Scorer) -> WinShare:
    """Return how often `score` prefers the chosen answer; BadInput without a pair."""
    source = iter(pairs)
    count = wins = ties = 0
    while batch := list(islice(source, BATCH)):
        chosen = score([(pair.prompt, pair.chosen) for pair in batch])
        rejected = score([(pair.prompt, pair.rejected) for pair in batch])
        for better, worse in zip(chosen, rejected, strict=True):
            count, wins, ties = count + 1, wins + (better > worse), ties + (better == worse)
    if not count:
        raise BadInput("there is no pair to score.", do="Export preference pairs first.")
    return WinShare(count, wins, ties, *wilson(wins / count, count))
