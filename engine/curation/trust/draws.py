"""Which rows to label next: a random draw with a known chance for every row.

A draw is Poisson sampling with permanent random numbers: each row is drawn when its number lies below its chance,
whatever happens to other rows. The chances are a mixture (Zrnic & Candès 2024, active inference): a uniform control
that keeps every row reachable and every weight bounded, rows of which the judges are unsure, and concepts that were
looked at least. The size of a draw is random; it is about what was planned.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pydantic import model_validator

from engine.core.settings import Settings, chosen
from engine.curation.trust.permanent_numbers import numbers

Floats = NDArray[np.float64]
FLOOR = 0.20
"""Least share of uniform control: it bounds every weight by 1/FLOOR of the draw's average one."""
FIRST = 50
"""Rows that are drawn uniformly before anything else decides, as far as the frame has so many."""
NEXT = 40
OUTSIDE, LEAST_DOUBT = 0.25, 0.01
NEAR = 0.10
"""Share of the rows nearest to the limits that count as uncertain though they are outside the kept set."""


class DrawMixture(Settings):
    """What a draw is mixed of: shares of its planned rows that add up to 1."""

    control: float = chosen(0.30, ge=FLOOR, le=1)
    """Share drawn uniformly from all rows."""
    uncertainty: float = chosen(0.50, ge=0, le=1 - FLOOR)
    """Share drawn where the judges are unsure, in the kept set and near its limits first."""
    coverage: float = chosen(0.20, ge=0, le=1 - FLOOR)
    """Share drawn evenly over concepts, those with few random labels first."""
    second_readers: float = chosen(0.10, ge=0, le=1)
    """Share of the drawn rows that a second person reads, too, chosen with the draw."""

    @model_validator(mode="after")
    def _whole(self) -> DrawMixture:
        if abs(self.control + self.uncertainty + self.coverage - 1) > 1e-9:
            raise ValueError("control, uncertainty and coverage must add up to 1")
        return self

    @property
    def uniform(self) -> bool:
        """Whether every row has the same chance."""
        return self.uncertainty == 0 == self.coverage

    def with_control(self, control: float) -> DrawMixture:
        """Return the mixture with another uniform share; the other shares keep their proportion.

        ValidationError below the floor: a smaller share would leave weights without a bound.
        """
        rest = (1 - control) / (1 - self.control) if self.control < 1 else 0.0
        return DrawMixture(
            control=control,
            uncertainty=self.uncertainty * rest,
            coverage=self.coverage * rest,
            second_readers=self.second_readers,
        )


UNIFORM = DrawMixture(control=1.0, uncertainty=0.0, coverage=0.0)


@dataclass(frozen=True, slots=True, eq=False)
class RowScores:
    """What the mixture knows of N eligible rows."""

    chance: Floats
    """Probability that a row is good, by the judges (N,), from 0 to 1."""
    inside: NDArray[np.bool_]
    """Whether the policy keeps the row (N,)."""
    near: NDArray[np.bool_]
    """Whether the row lies near a limit (N,)."""
    votes: Floats
    """Variance of the judges' votes on the row (N,), at most 1/4."""
    concepts: NDArray[np.int64]
    """Number of the row's concept (N,)."""
    labelled: Floats
    """Random labels so far in the row's concept (N,)."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawDesign:
    """The chance of each of N eligible rows, and the sums that turn scores into it."""

    chances: Floats
    """Probability to be drawn (N,)."""
    uncertainty_sum: float = 0.0
    coverage_sum: float = 0.0
    clipped: int = 0
    """Rows whose chance would exceed 1; what they leave over went to the others, once."""

    def constants(self) -> dict[str, Any]:
        """Return the normalising sums and counts."""
        told = asdict(self)
        del told["chances"]
        return told | {"planned": float(self.chances.sum())}


def design(mixture: DrawMixture, size: int, rows: int, scores: RowScores | None = None) -> DrawDesign:
    """Return the chances of `rows` eligible rows for a draw of about `size`.

    A mixture that is not uniform needs `scores`. Each part is a distribution over the rows; a part that has nothing to
    go by (no row is uncertain) is spread evenly.
    """
    if not rows:
        return DrawDesign(np.zeros(0))
    even = np.full(rows, 1 / rows)
    if mixture.uniform or scores is None:
        chances, clipped = _clipped(even, size)
        return DrawDesign(chances, clipped=clipped)
    doubt, cover = _doubt(scores), _cover(scores)
    share = mixture.control * even + mixture.uncertainty * _parts(doubt) + mixture.coverage * _parts(cover)
    chances, clipped = _clipped(share, size)
    return DrawDesign(chances, float(doubt.sum()), float(cover.sum()), clipped)


def _doubt(scores: RowScores) -> Floats:
    """Return how uncertain each row is: its own spread, weighted by where it lies and how far judges disagree."""
    place = np.where(scores.inside | scores.near, 1.0, OUTSIDE)
    spread = np.sqrt(np.maximum(scores.chance * (1 - scores.chance), LEAST_DOUBT))
    made: Floats = place * spread * (1 + 4 * scores.votes)
    return made


def _cover(scores: RowScores) -> Floats:
    """Return how much each row adds to what is known of its concept."""
    sizes = np.bincount(scores.concepts)[scores.concepts]
    made: Floats = 1 / sizes / np.sqrt(1 + scores.labelled)
    return made


def _parts(weights: Floats) -> Floats:
    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1 / len(weights))


def _clipped(share: Floats, size: int) -> tuple[Floats, int]:
    """Return min(1, size * share) with the mass above 1 given once to the rows below it, by their shares."""
    wanted = size * share
    full = wanted >= 1
    chances = np.minimum(wanted, 1.0)
    left, rest = float((wanted - chances).sum()), float(share[~full].sum())
    if left > 0 and rest > 0:
        chances[~full] = np.minimum(1.0, wanted[~full] + left * share[~full] / rest)
    return chances, int(np.count_nonzero(full & (wanted > 1)))


@dataclass(frozen=True, slots=True, eq=False)
class PoissonSample:
    """The rows that were drawn, in the order in which they are read."""

    rows: NDArray[np.int64]
    """Numbers of the drawn rows (n,) among those that were given."""
    chances: Floats
    """Probability with which each was drawn (n,)."""
    second: NDArray[np.bool_]
    """Whether a second person reads it, too (n,)."""


def sample(salt: str, ids: pa.Array, chances: Floats, second_readers: float = 0.0) -> PoissonSample:
    """Draw each row when its permanent random number lies below its chance; any part of the rows may be asked for.

    The order of reading hangs on other numbers of the same salt, so that it says nothing of a row's chance: an
    unfinished draw is no biased one.
    """
    rows = np.flatnonzero(numbers(salt, ids) < chances)
    drawn = ids.take(pa.array(rows))
    order = np.argsort(numbers(f"{salt}/order", drawn), kind="stable")
    second = numbers(f"{salt}/second", drawn) < second_readers
    return PoissonSample(rows[order], chances[rows][order], second[order])


def next_size(planned_uniformly: int) -> int:
    """Return how many rows to draw next: a first draw of 50, then 40 at a time."""
    return FIRST if planned_uniformly < FIRST else NEXT


def allowed(mixture: DrawMixture, planned_uniformly: int) -> DrawMixture:
    """Return the mixture that may be used: the first 50 rows of a project are drawn uniformly, whatever is asked."""
    if planned_uniformly >= FIRST or mixture.uniform:
        return mixture
    return UNIFORM.model_copy(update={"second_readers": mixture.second_readers})
