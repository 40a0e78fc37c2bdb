"""Policy A against policy B: the difference of their precision, of their recall, and what would tell them apart.

Both keep mostly the same rows, so the difference is taken over three cells (kept by A alone, by B alone, by both),
whose shares of good rows are independent; that is worth about three times the labels of two separate samples. The
interval is square-and-add (Newcombe 1998; Zou and Donner 2008) over Wilson limits of each cell, which holds near 0 and
1, where a normal interval of a cell without one bad label has no width.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.intervals import Z95
from engine.curation.trust.limit_arrays import Floats, shares, wilson_limits
from engine.curation.trust.panel_labels import PanelLabels, joined

CELLS = ("A only", "B only", "both")
FEWEST_IN_CELL = 5
"""Drawn labels that every cell with rows needs."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with its interval; no interval where `reason` says why."""

    value: float | None
    low: float | None
    high: float | None
    reason: str = ""

    @property
    def told_apart(self) -> bool | None:
        """Whether 0 lies outside the interval; None is "can't tell"."""
        return None if self.low is None or self.high is None else not self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """The rows that one policy alone keeps, or both."""

    rows: int
    labels: int
    good: int
    coefficient: float
    """How much a good row more among all of the cell would move the difference."""
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """A minus B."""

    precision: Difference
    recall: Difference
    cells: tuple[ComparedCell, ComparedCell, ComparedCell]
    """A only, B only, both."""
    needed: int | None
    """Labels, laid out as by `to_label`, that would set the present difference clear of 0; None: no such number."""

    @property
    def good_rows(self) -> tuple[float, float, float] | None:
        """Good rows that B keeps and A does not, with both ends; the rest of these rows are the bad ones gained."""
        added = self.cells[1]
        if added.share is None or added.low is None or added.high is None:
            return None
        return added.rows * added.share, added.rows * added.low, added.rows * added.high


def coefficients(sizes: Floats) -> Floats:
    """Return what each cell counts in P_A - P_B; `sizes` (..., 3) are the rows of A only, B only and both.

    Where a policy keeps nothing it has no precision, and the coefficients are NaN.
    """
    only_a, only_b, both = (sizes[..., cell] for cell in range(3))
    with np.errstate(divide="ignore", invalid="ignore"):
        by_a, by_b = 1 / (only_a + both), 1 / (only_b + both)
        found = np.stack([only_a * by_a, -only_b * by_b, both * (by_a - by_b)], axis=-1)
    found[(only_a + both == 0) | (only_b + both == 0)] = np.nan
    return np.asarray(found)


def square_and_add(coefficient: Floats, share: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the sum of coefficient x share over the last axis, and both ends of its interval.

    A cell whose coefficient is 0 counts nothing, whatever its share.
    """
    used = coefficient != 0
    centre = np.where(used, share, 0.0)
    down = np.where(coefficient > 0, share - low, high - share)
    up = np.where(coefficient > 0, high - share, share - low)
    total = (coefficient * centre).sum(axis=-1)
    reach = [np.sqrt((np.where(used, coefficient * part, 0.0) ** 2).sum(axis=-1)) for part in (down, up)]
    return total, np.asarray(total - reach[0]), np.asarray(total + reach[1])


def paired_shares(first: float, second: float, of: float) -> tuple[float, float, float]:
    """Return first/of - second/of with its interval, for two classes that exclude each other within `of` rows.

    Square-and-add over both Wilson intervals with the correlation of two shares of one multinomial (Newcombe 1998).
    """
    if of <= 0:
        return 0.0, -1.0, 1.0
    one, two = first / of, second / of
    low, high = wilson_limits(np.array([one, two]), np.array([of, of], float))
    spread = ((1 - one) * (1 - two)) ** 0.5
    tie = -((one * two) ** 0.5) / spread if spread > 0 else -1.0 if one and two else 0.0

    def reach(first_gap: float, second_gap: float) -> float:
        return float(max(first_gap**2 + second_gap**2 - 2 * tie * first_gap * second_gap, 0.0) ** 0.5)

    difference = one - two
    bottom, top = difference - reach(one - low[0], high[1] - two), difference + reach(high[0] - one, two - low[1])
    return difference, max(bottom, -1.0), min(top, 1.0)


def compare(kept_a: NDArray[np.bool_], kept_b: NDArray[np.bool_], labels: PanelLabels) -> PolicyDifference:
    """Compare two policies over all rows by the labels there are.

    Args:
        kept_a: (rows,) what A keeps.
        kept_b: (rows,) what B keeps.
        labels: of one uniform draw, or with the ledger's weights.
    """
    cell = _cell_of(kept_a, kept_b)
    sizes = np.bincount(cell, minlength=4)[:3].astype(float)
    at = cell[labels.rows] * 2 + labels.good
    sums, three = labels.sums(at, 8), np.eye(4, dtype=bool)[:3]
    good = joined(sums, np.kron(three, np.array([False, True])))
    base = joined(sums, np.kron(three, np.array([True, True])))
    found = shares(good, base, sizes, labels.uniform, FEWEST_IN_CELL)
    coefficient = coefficients(sizes)
    cells = tuple(
        ComparedCell(
            int(sizes[n]), int(base.count[n]), int(good.count[n]), float(coefficient[n]),
            *(_number(part[n]) for part in (found.value, found.low, found.high)),
        )
        for n in range(3)
    )  # fmt: skip
    precision = _precision(sizes, coefficient, cells)
    needed = _needed(coefficient, good.count, base.count, precision.value, sizes)
    return PolicyDifference(precision, _recall(cell, labels), cells, needed)  # type: ignore[arg-type]


def to_label(difference: PolicyDifference, labels: int) -> tuple[int, int, int]:
    """Return how many of `labels` new labels to draw in each cell, so that the difference becomes surest (Neyman 1934).

    Rows that neither policy keeps say nothing about it. No cell is asked for more rows than it has left.
    """
    weight = np.array([abs(c.coefficient) * _deviation(c.good, c.labels) if c.rows else 0.0 for c in difference.cells])
    left = np.array([cell.rows - cell.labels for cell in difference.cells])
    given = np.zeros(3, int)
    if not np.nan_to_num(weight).any():
        return 0, 0, 0
    for _ in range(min(labels, int(left[weight > 0].sum()))):
        # The next label goes where it takes most from the sum of c^2 p (1 - p) / n.
        have = np.array([cell.labels for cell in difference.cells]) + given
        gain = np.where(given < left, weight**2 / (np.maximum(have, 0.1) * (have + 1)), -1.0)
        given[int(np.argmax(gain))] += 1
    return int(given[0]), int(given[1]), int(given[2])


def _cell_of(kept_a: NDArray[np.bool_], kept_b: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return 0 for A only, 1 for B only, 2 for both, 3 for neither."""
    if kept_a.shape != kept_b.shape:
        raise ValueError(f"A speaks of {len(kept_a)} rows, B of {len(kept_b)}")
    return np.array([3, 0, 1, 2], np.intp).take(kept_a.astype(np.intp) + 2 * kept_b)


def _precision(sizes: Floats, coefficient: Floats, cells: tuple[ComparedCell, ...]) -> Difference:
    if np.isnan(coefficient).any():
        return Difference(None, None, None, "empty")
    if not coefficient.any():
        return Difference(0.0, 0.0, 0.0, "")
    used = [cell for cell in cells if cell.coefficient]
    if any(cell.share is None for cell in used):
        return Difference(None, None, None, "too_few")
    parts = [[getattr(cell, end) for cell in cells] for end in ("share", "low", "high")]
    value, low, high = square_and_add(coefficient, *(np.array(part, float) for part in parts))
    if any(cell.low is None for cell in used):
        return Difference(float(value), None, None, "too_few")
    return Difference(float(value), max(-1.0, float(low)), min(1.0, float(high)))


def _recall(cell: NDArray[np.intp], labels: PanelLabels) -> Difference:
    """Return (good of A only - good of B only) / good, over the labelled rows of the whole frame."""
    if not np.isin(cell, (0, 1)).any():
        return Difference(0.0, 0.0, 0.0)
    at = cell[labels.rows][labels.good]
    weight = labels.weight[labels.good]
    total = float(weight.sum())
    if total <= 0:
        return Difference(None, None, None, "no_labels")
    first, second = float(weight[at == 0].sum()) / total, float(weight[at == 1].sum()) / total
    if len(labels.rows) >= len(cell):
        return Difference(first - second, first - second, first - second)
    size = _size_of_good(labels, at, first - second, total)
    if size < 20:
        return Difference(first - second, None, None, "few_good")
    return Difference(*paired_shares(first * size, second * size, size))


def _size_of_good(labels: PanelLabels, at: NDArray[np.intp], difference: float, total: float) -> float:
    """Return how many uniform good labels the weighted ones are worth for this difference."""
    if labels.spreads is None:
        return total
    spread = np.asarray(labels.spreads, float)[labels.good]
    if not spread.any():
        return 0.0
    sized = float(np.sqrt(spread).sum() ** 2 / spread.sum())
    said = np.where(at == 0, 1.0, np.where(at == 1, -1.0, 0.0))
    weight = labels.weight[labels.good]
    of_one = float((weight * said**2).sum()) / total - difference**2
    variance = float((spread * (said - difference) ** 2).sum()) / total**2
    return min(of_one / variance, sized) if variance > 0 and of_one > 0 else sized


def _deviation(good: float, labels: float) -> float:
    share = (good + 1) / (labels + 2)
    return float((share * (1 - share)) ** 0.5)


def _needed(coefficient: Floats, good: Floats, labels: Floats, value: float | None, sizes: Floats) -> int | None:
    """Return labels, laid out over the cells at their best, whose half-width is the present difference."""
    if value is None or value == 0 or np.isnan(coefficient).any():
        return None
    spread = sum(abs(c) * _deviation(k, n) for c, k, n in zip(coefficient, good, labels, strict=True))
    needed = ceil((Z95 * spread / abs(value)) ** 2)
    return needed if needed < sizes.sum() else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
