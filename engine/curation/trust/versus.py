"""Policy A against policy B on the same labels: the difference of their precisions, paired on the rows they share.

Taking them for two samples would ask for about three times the labels. Square-and-add (Newcombe 1998; Zou and Donner
2008) over the parts that only A keeps, only B keeps, and both keep.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.estimated import NotShown
from engine.curation.trust.intervals import Flags, Floats, Ints, finite_base, normal_quantile, wilson_of
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.strata import neyman, pilot_rates

PARTS = ("only A", "only B", "both")
SAME = "exact: both keep the same rows"


@dataclass(frozen=True, slots=True, eq=False)
class PolicyParts:
    """The rows that only A, only B, and both keep, and what the labels say of each."""

    rows: Ints
    labels: Ints
    """Random labels."""
    good: Floats
    """Good ones among them."""
    shares: Floats
    """Share of good rows, by weight; nan without labels."""

    @staticmethod
    def of(a: Flags, b: Flags, countable: LabelSet) -> PolicyParts:
        """Count the parts of two kept sets (N); `countable` are decided labels that may count."""
        parts = (a & ~b, b & ~a, a & b)
        inside = [part[countable.row] for part in parts]
        random = [countable.random & part for part in inside]
        return PolicyParts(
            np.array([np.count_nonzero(part) for part in parts], np.int64),
            np.array([np.count_nonzero(part) for part in random], np.int64),
            np.array([float(countable.good[part].sum()) for part in random]),
            np.array([_share(countable, part) for part in inside]),
        )

    def added(self) -> tuple[int, float, float]:
        """Return what B adds to A: rows, good ones and bad ones by the labels (nan without any)."""
        rows, share = int(self.rows[1]), float(self.shares[1])
        return rows, rows * share, rows * (1 - share)

    def next_labels(self) -> Floats:
        """Return the shares of the next labels that tell A and B apart soonest; rows outside both tell nothing."""
        return neyman(np.abs(coefficients(self.rows)), pilot_rates(self.labels, self.good))


@dataclass(frozen=True, slots=True, eq=False)
class PairedDifference:
    """A number of A less that of B; value and ends are None where too few labels tell them apart."""

    value: float | None
    low: float | None
    high: float | None
    estimator: str
    parts: PolicyParts
    refusal: NotShown | None = None


def coefficients(rows: ArrayLike) -> Floats:
    """Return by what the shares of the parts (only A, only B, both) make the difference of precisions."""
    a, b, c = (float(one) for one in np.asarray(rows, float))
    first, second = max(a + c, 1.0), max(b + c, 1.0)
    return np.array([a / first, -b / second, c * (1 / first - 1 / second)])


def square_and_add(
    factors: ArrayLike, good: ArrayLike, labels: ArrayLike, rows: ArrayLike | None = None, z: float | None = None
) -> tuple[float, float, float]:
    """Return sum of c p over independent parts and its interval by Wilson's limits of each.

    `rows` are the rows of each part, for finite sets. Parts with a factor of 0 need no labels.
    """
    at = normal_quantile(0.95) if z is None else z
    c, k, n = (np.asarray(one, float) for one in (factors, good, labels))
    sizes = np.full(len(c), inf) if rows is None else np.asarray(rows, float)
    down = up = value = 0.0
    for factor, hits, of, size in zip(c, k, n, sizes, strict=True):
        if factor == 0:
            continue
        p = hits / of
        low, high = wilson_of(p, of if size == inf else finite_base(of, size), at)
        below, above = (p - low, high - p) if factor > 0 else (high - p, p - low)
        value += factor * p
        down += (factor * below) ** 2
        up += (factor * above) ** 2
    return float(value), float(value - sqrt(down)), float(value + sqrt(up))


def difference(a: Flags, b: Flags, labels: LabelSet, settings: TrustSettings | None = None) -> PairedDifference:
    """Return the precision of keeping `a` less that of keeping `b` (N), from labels of rows of either."""
    known = settings or TrustSettings()
    countable = labels.where(labels.countable & labels.decided)
    parts = PolicyParts.of(a, b, countable)
    if not a.any() or not b.any():
        return _untold(NotShown("empty", "One of the policies keeps no row.", 0), parts)
    factors = coefficients(parts.rows)
    if not factors.any():
        return PairedDifference(0.0, 0.0, 0.0, SAME, parts)
    least = np.where(factors != 0, np.minimum(known.compare_labels, parts.rows), 0)
    lacking = np.flatnonzero(parts.labels < least)
    if len(lacking):
        names = ", ".join(f"{PARTS[at]} ({parts.labels[at]})" for at in lacking)
        why = f"Too few random labels among the rows of: {names}; {known.compare_labels} each are needed."
        return _untold(NotShown("few_in_part", why, int((least - parts.labels)[lacking].sum())), parts)
    z = normal_quantile(known.confidence)
    if countable.simple:
        found = square_and_add(factors, parts.good, parts.labels, parts.rows, z)
        return PairedDifference(*found, "paired, square-and-add with Wilson limits", parts)
    inside = [part[countable.row] for part in (a & ~b, b & ~a, a & b)]
    return PairedDifference(*_weighted(countable, inside, factors, z), "paired, weighted residuals", parts)


def _untold(why: NotShown, parts: PolicyParts) -> PairedDifference:
    return PairedDifference(None, None, None, "none", parts, why)


def _share(countable: LabelSet, part: Flags) -> float:
    total = float(countable.weight[part].sum())
    return float((countable.weight * countable.good)[part].sum()) / total if total > 0 else float("nan")


def _weighted(countable: LabelSet, inside: list[Flags], factors: Floats, z: float) -> tuple[float, float, float]:
    """Return the difference from weighted labels with a normal interval, t's quantile by Kish's size.

    A part with one kind of verdict has the variance of (k + 1) / (n + 2): none seen is no proof of none.
    """
    value, variance, freedom = 0.0, 0.0, inf
    for factor, part in zip(factors, inside, strict=True):
        if factor == 0:
            continue
        mine = countable.where(part)
        total = float(mine.weight.sum())
        share, n, size = float(mine.weight @ mine.good) / total, int(mine.random.sum()), mine.kish()
        rate = (share * n + 1) / (n + 2)
        raw = float(((mine.spread * (mine.good - share)) ** 2).sum()) / total**2
        value += factor * share
        variance += factor**2 * (raw if 0 < share < 1 else rate * (1 - rate) / size)
        freedom = min(freedom, size - 1)
    half = _t_quantile(freedom, z) * sqrt(variance)
    return value, max(value - half, -1.0), min(value + half, 1.0)


def _t_quantile(freedom: float, z: float) -> float:
    return z if freedom == inf else float(special.stdtrit(max(freedom, 1.0), special.ndtr(z)))


def recall_difference(a: Flags, b: Flags, labels: LabelSet, settings: TrustSettings | None = None) -> PairedDifference:
    """Return the recall of A less that of B: (T_a - T_b) / T over all labels of the frame, by weighted residuals."""
    known = settings or TrustSettings()
    countable = labels.where(labels.countable & labels.decided)
    parts = PolicyParts.of(a, b, countable)
    if not parts.rows[:2].any():
        return PairedDifference(0.0, 0.0, 0.0, SAME, parts)
    good = int(countable.good[countable.random].sum())
    if good < known.recall_good:
        why = f"{good} good rows among the random labels; recall needs {known.recall_good}."
        return _untold(NotShown("few_good", why, known.recall_good - good), parts)
    mass = countable.weight * countable.good
    total = float(mass.sum())
    sign = a[countable.row].astype(float) - b[countable.row]
    value = float(mass @ sign) / total
    error = countable.spread * countable.good * (sign - value)
    size = countable.where(countable.good > 0).kish()
    half = _t_quantile(size - 1, normal_quantile(known.confidence)) * sqrt(float(error @ error)) / total
    return PairedDifference(value, max(value - half, -1.0), min(value + half, 1.0), "weighted residuals", parts)
