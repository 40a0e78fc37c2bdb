"""How far raters agree beyond chance: Cohen's kappa and its kin, always beside the base rates.

Kappa is low where nearly all rows are of one kind, however often two raters agree (Feinstein and Cicchetti 1990), so
no function here gives it alone: a pair comes with its counts, both base rates, the observed agreement and the agreement
on each side. A measure that has no value, because nothing varies, is None.

    two raters      kappa (Cohen 1960), weighted for ratings (Cohen 1968), PABAK (Byrt et al. 1993), AC1 (Gwet 2008)
    any number      kappa for as many raters on every row (Fleiss 1971), alpha with gaps (Krippendorff 2011)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import isfinite, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from engine.curation.trust.bootstrap import DRAWS, Floats, Statistic, percentile, row_weights

Weighting = Literal["none", "linear", "quadratic"]
Level = Literal["nominal", "ordinal", "interval"]
NO_VARIATION = "no variation"
"""What is said in place of a measure that is None."""
LABEL = "label"
"""What people said, among the raters of a table."""
_HEADS = ("po", "kappa", "pabak", "ac1", "positive", "negative")


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two raters who said yes or no of the same rows. Counts are sums of weights; without weights they are whole."""

    first: str
    second: str
    rows: int
    """Rows that both spoke of."""
    left_out: int
    """Rows of which one of them could not be read: in no count, and to be said aloud."""
    both: float
    first_only: float
    second_only: float
    neither: float
    values: Mapping[str, float | None]
    """po, kappa, pabak, ac1, positive (2a / (2a + b + c)) and negative agreement (2d / (2d + b + c))."""
    intervals: Mapping[str, tuple[float, float] | None]
    """95 % of the same, by drawing rows anew."""

    @property
    def first_rate(self) -> float | None:
        """Share of rows of which the first said yes."""
        return _over(self.both + self.first_only, self._total)

    @property
    def second_rate(self) -> float | None:
        """Share of rows of which the second said yes."""
        return _over(self.both + self.second_only, self._total)

    @property
    def _total(self) -> float:
        return self.both + self.first_only + self.second_only + self.neither


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """One number for several raters."""

    measure: str
    value: float | None
    interval: tuple[float, float] | None
    rows: int
    """Rows that count: at least two raters spoke of each."""


def pair(
    first: ArrayLike, second: ArrayLike, names: tuple[str, str], weights: ArrayLike | None = None, seed: int = 0
) -> PairAgreement:
    """Return how far two raters agree who said yes (1) or no (0) of N rows, nan where one could not be read.

    Args:
        first: (N) what the first said.
        second: (N) what the second said, of the same rows.
        names: of the two.
        weights: (N) how many rows each stands for, where rows were drawn unequally.
        seed: of the intervals.

    Raises:
        ValueError: for different lengths, and for anything but 0, 1 and nan.
    """
    said = np.stack([_votes(first), _votes(second)])
    read = ~np.isnan(said).any(axis=0)
    left_out, a, b = int(np.count_nonzero(~read)), *said[:, read]
    kept = row_weights(None if weights is None else np.asarray(weights, dtype=float)[read], len(a))
    rows = np.stack([a * b, a * (1 - b), (1 - a) * b, (1 - a) * (1 - b)], axis=1) * kept[:, None]
    total = rows.sum(axis=0)
    values = {name: _plain(_head(name, total)) for name in _HEADS}
    bounds = {
        name: None if values[name] is None else percentile(rows, lambda sums, name=name: _head(name, sums), seed)  # type: ignore[misc]
        for name in _HEADS
    }
    both, first_only, second_only, neither = (float(count) for count in total)
    return PairAgreement(*names, len(a), left_out, both, first_only, second_only, neither, values, bounds)


def table(
    votes: Mapping[str, ArrayLike], labels: ArrayLike, weights: ArrayLike | None = None, seed: int = 0
) -> tuple[PairAgreement, ...]:
    """Return each judge against the label, then each pair of judges; arguments as of `pair`."""
    return tuple(
        pair(votes[one], labels if other == LABEL else votes[other], (one, other), weights, seed)
        for one, other in _pairs(tuple(votes))
    )


def kappa(counts: ArrayLike, weighting: Weighting = "none") -> float | None:
    """Return Cohen's kappa of a table (K, K) of two raters; None where both only ever used one and the same category.

    Weighted, a disagreement counts by its distance (linear) or the square of it (quadratic, for ratings 0 to 5).
    """
    return _plain(_weighted(np.asarray(counts, dtype=float), weighting))


def ratings(
    first: ArrayLike, second: ArrayLike, categories: int, weighting: Weighting = "quadratic", seed: int = 0
) -> RaterAgreement:
    """Return weighted kappa of two raters of N rows, each a whole number from 0 below `categories`, with its interval.

    Rows that one of them did not rate (nan) are left out.
    """
    said = np.stack([np.asarray(first, dtype=float), np.asarray(second, dtype=float)])
    said = said[:, ~np.isnan(said).any(axis=0)].astype(int)
    if said.size and not (said.min() >= 0 and said.max() < categories):
        raise ValueError(f"ratings run from 0 to {categories - 1}")
    rows = np.zeros((said.shape[1], categories * categories))
    rows[np.arange(len(rows)), said[0] * categories + said[1]] = 1

    def measure(sums: Floats) -> Floats:
        return _weighted(sums.reshape(*sums.shape[:-1], categories, categories), weighting)

    value = _plain(measure(rows.sum(axis=0))) if len(rows) else None
    bounds = None if value is None else percentile(rows, measure, seed)
    return RaterAgreement(f"kappa, {weighting} weights", value, bounds, len(rows))


def kappa_error(counts: ArrayLike) -> float | None:
    """Return the standard error of unweighted kappa for large samples (Fleiss, Cohen and Everitt 1969)."""
    given = np.asarray(counts, dtype=float)
    value = kappa(given)
    if value is None:
        return None
    n = given.sum()
    p = given / n
    row, column = p.sum(axis=1), p.sum(axis=0)
    chance, same = float(row @ column), np.diag(p)
    on = float((same * (1 - (row + column) * (1 - value)) ** 2).sum())
    mixed = (column[:, None] + row[None, :]) ** 2 * p
    off = (1 - value) ** 2 * float(mixed.sum() - np.diag(mixed).sum())
    spread = on + off - (value - chance * (1 - value)) ** 2
    return sqrt(max(0.0, spread) / n) / (1 - chance)


def fleiss(counts: ArrayLike, weights: ArrayLike | None = None, seed: int = 0) -> RaterAgreement:
    """Return Fleiss' kappa of a table (N, K): how many raters put each row into each category.

    ValueError where rows have different numbers of raters, or fewer than two: alpha takes those.
    """
    given = np.asarray(counts, dtype=float)
    raters = given.sum(axis=1)
    if len(given) and (raters.min() != raters.max() or raters[0] < 2):
        raise ValueError("Fleiss' kappa needs the same number of raters, at least two, on every row")
    each = raters[0] if len(given) else 2.0
    agreed = ((given**2).sum(axis=1) - each) / (each * (each - 1))
    kept = row_weights(weights, len(given))
    rows = np.column_stack([np.ones(len(given)), agreed, given / each]) * kept[:, None]

    def measure(sums: Floats) -> Floats:
        shares = sums[..., 1:] / sums[..., :1]
        chance = (shares[..., 1:] ** 2).sum(axis=-1)
        return _beyond(shares[..., 0], chance)

    return _several("Fleiss' kappa", rows, measure, seed)


def alpha(said: ArrayLike, level: Level = "nominal", weights: ArrayLike | None = None, seed: int = 0) -> RaterAgreement:
    """Return Krippendorff's alpha of ratings (raters, N), nan where a rater did not speak of a row.

    Verdicts are nominal; ratings are ordinal, or interval where the steps are of one size.
    """
    given = np.asarray(said, dtype=float)
    levels = np.unique(given[~np.isnan(given)])
    size = len(levels)
    counts = np.stack([(given == value).sum(axis=0) for value in levels], axis=1) if size else np.zeros((0, 0))
    spoken = counts.sum(axis=1)
    kept = row_weights(weights, given.shape[1])[spoken >= 2] if size else np.ones(0)
    counts, spoken = counts[spoken >= 2].astype(float), spoken[spoken >= 2]
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(size)
    rows = (pairs / np.maximum(spoken - 1, 1)[:, None, None]).reshape(len(counts), size * size) * kept[:, None]

    def measure(sums: Floats) -> Floats:
        return _alpha(sums.reshape(*sums.shape[:-1], size, size), levels, level)

    return _several(f"Krippendorff's alpha, {level}", rows, measure, seed)


def _alpha(coincidences: Floats, levels: Floats, level: Level) -> Floats:
    """Return one less observed over expected disagreement, of coincidences (..., K, K)."""
    n = coincidences.sum(axis=-1)
    total = n.sum(axis=-1)
    if level == "nominal":
        apart = np.broadcast_to(1 - np.eye(len(levels)), coincidences.shape)
    else:
        # The ordinal distance of two values is that of their middle ranks.
        place = np.broadcast_to(levels, n.shape) if level == "interval" else n.cumsum(axis=-1) - n / 2
        apart = (place[..., :, None] - place[..., None, :]) ** 2
    observed = (coincidences * apart).sum(axis=(-2, -1))
    expected = (n[..., :, None] * n[..., None, :] * apart).sum(axis=(-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (total - 1) * observed / expected, np.nan)


def _several(name: str, rows: Floats, measure: Statistic, seed: int, draws: int = DRAWS) -> RaterAgreement:
    value = _plain(measure(rows.sum(axis=0))) if len(rows) else None
    bounds = None if value is None else percentile(rows, measure, seed, draws)
    return RaterAgreement(name, value, bounds, len(rows))


def _weighted(counts: Floats, weighting: Weighting) -> Floats:
    """Return kappa of tables (..., K, K) by what chance would make of their margins."""
    size = counts.shape[-1]
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(float)
    costs = {"none": (apart > 0).astype(float), "linear": apart, "quadratic": apart**2}[weighting]
    total = counts.sum(axis=(-2, -1))
    by_chance = counts.sum(axis=-1)[..., :, None] * counts.sum(axis=-2)[..., None, :]
    observed, expected = ((each * costs).sum(axis=(-2, -1)) for each in (counts, by_chance))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - total * observed / expected, np.nan)


def _head(name: str, sums: Floats) -> Floats:
    """Return one measure of counts (..., 4): both, first only, second only, neither."""
    a, b, c, d = np.moveaxis(np.asarray(sums, dtype=float), -1, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        if name == "positive":
            return np.asarray(2 * a / (2 * a + b + c))
        if name == "negative":
            return np.asarray(2 * d / (2 * d + b + c))
        n = a + b + c + d
        same = (a + d) / n
        if name == "po":
            return np.asarray(same)
        if name == "pabak":
            return np.asarray(2 * same - 1)
        if name == "ac1":
            yes = (2 * a + b + c) / (2 * n)
            return _beyond(same, 2 * yes * (1 - yes))
        return _beyond(same, ((a + b) * (a + c) + (c + d) * (b + d)) / n**2)


def _beyond(observed: Floats, chance: Floats) -> Floats:
    """Return (observed - chance) / (1 - chance), nan where chance alone agrees always."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(chance < 1 - 1e-12, (observed - chance) / (1 - chance), np.nan)


def _votes(said: ArrayLike) -> Floats:
    votes: Floats = np.asarray(said, dtype=float)
    if votes.ndim != 1 or not np.all(np.isin(votes, (0, 1)) | np.isnan(votes)):
        raise ValueError("votes are 1, 0 or nan, one a row")
    return votes


def _plain(value: Floats | float) -> float | None:
    number = float(value)
    return number if isfinite(number) else None


def _over(hits: float, of: float) -> float | None:
    return hits / of if of else None


def _pairs(judges: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    yield from ((judge, LABEL) for judge in judges)
    yield from combinations(judges, 2)
