"""Ratings on their way to a decision: classes, counts by threshold, and how review changes them round by round."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

HIGHEST = 5
CLOSE = 1e-9
"""Means of decimals that miss a limit by less than this reach it."""


def rating_class(value: float) -> int:
    """Return the whole class 0..5 of a rating; halves go up: 4.33 is 4, 4.5 is 5 (AM-03)."""
    if not 0 <= value <= HIGHEST:
        raise ValueError(f"{value:g} is no rating from 0 to {HIGHEST}")
    return min(HIGHEST, math.floor(value + 0.5))


def uncurable(count: int, fewest: int, reliable: float = 1.0) -> str:
    """Return why ratings cannot be corrected by their neighbours, in words; '' where they can (DS2).

    `reliable` is the share of the ratings whose class the estimate can be relied on for.
    """
    if count < fewest:
        return f"{count:,} ratings are too few to tell how raters err; {fewest:,} are needed"
    return "" if reliable > 0.5 else f"{count:,} ratings agree too little to tell how raters err"


def deciding(value: float, curated: int, rounding: str = "exact") -> float:
    """Return the rating that a limit is held against (AM-05).

    A class that neighbours overwrote is what it is; else the rating itself, 2.67 and not 3, unless `rounded` is asked.
    """
    return float(curated) if rounding == "rounded" or curated != rating_class(value) else value


def limits(step: float = 1.0) -> tuple[float, ...]:
    """Return the limits of a threshold study, from 0 to the highest rating; ValueError for a step that is none."""
    if not 0 < step <= HIGHEST:
        raise ValueError(f"{step:g} is no step between ratings from 0 to {HIGHEST}")
    return tuple(round(place * step, 6) for place in range(math.floor(HIGHEST / step + CLOSE) + 1))


def sweep(ratings: Iterable[float], limits: Sequence[float]) -> dict[float, int]:
    """Return how many ratings reach each limit, the limit included; never more for a higher one (AM-05, AM-22)."""
    known = list(ratings)
    return {limit: sum(rating >= limit - CLOSE for rating in known) for limit in limits}


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One review of one version: its round (0 for the first version), the criteria, and the score they gave."""

    round: int
    criteria: Mapping[str, float]
    score: float


@dataclass(frozen=True, slots=True)
class ReviewRound:
    """Figures of one round of review (AM-14)."""

    number: int
    reviews: int
    means: Mapping[str, float]
    """Mean of each criterion."""
    passed: int

    @property
    def pass_rate(self) -> float:
        """Share of the reviewed versions that passed."""
        return self.passed / self.reviews if self.reviews else 0.0


def rounds(reviews: Iterable[Reviewed], limit: float = 4.5) -> tuple[ReviewRound, ...]:
    """Return the figures of each round, in order; a review passes from `limit` on."""
    by_round: dict[int, list[Reviewed]] = {}
    for review in reviews:
        by_round.setdefault(review.round, []).append(review)
    return tuple(_figures(number, by_round[number], limit) for number in sorted(by_round))


def _figures(number: int, reviews: list[Reviewed], limit: float) -> ReviewRound:
    names = sorted({name for review in reviews for name in review.criteria})
    means = {
        name: sum(r.criteria[name] for r in reviews if name in r.criteria) / sum(name in r.criteria for r in reviews)
        for name in names
    }
    return ReviewRound(number, len(reviews), means, sum(review.score >= limit - CLOSE for review in reviews))
