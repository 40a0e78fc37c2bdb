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

from engine.core.settings.trust import TrustSettings
from engine.curation.trust import refusals
from engine.curation.trust.estimated import NotShown
from engine.curation.trust.intervals import Flags, Floats, normal_quantile, wilson_limits
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.label_sums import LabelSums
from engine.curation.trust.share_arrays import shares
from engine.curation.trust.strata import pilot_rates

CELLS = ("only A", "only B", "both")
SAME = "exact: both keep the same rows"
KNOWN = "exact: every row is labelled"
PAIRED = "paired, square-and-add with Wilson limits"


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference with its interval, or why there is none."""

    value: float | None
    low: float | None
    high: float | None
    estimator: str = "none"
    refusal: NotShown | None = None

    @property
    def told_apart(self) -> bool | None:
        """Whether 0 lies outside the interval; None is "can't tell"."""
        return None if self.low is None or self.high is None else not self.low <= 0 <= self.high


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """The rows that one policy alone keeps, or both."""

    rows: int
    labels: int
    """Random labels."""
    good: int
    """Good ones among them."""
    read: int
    """Rows with a verdict, however they came to it."""
    coefficient: float
    """How much a good row more among all of the cell would move the difference."""
    share: float | None
    low: float | None
    high: float | None

    @property
    def rate(self) -> float:
        """Share of good rows to plan with, which is never 0 or 1."""
        return float(pilot_rates(self.labels, self.good))


@dataclass(frozen=True, slots=True)
class PolicyDifference:
    """A minus B."""

    precision: Difference
    recall: Difference
    cells: tuple[ComparedCell, ...]
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


def paired_shares(first: float, second: float, of: float, z: float | None = None) -> tuple[float, float, float]:
    """Return first/of - second/of with its interval, for two classes that exclude each other within `of` rows.

    Square-and-add over both Wilson intervals with the correlation of two shares of one multinomial (Newcombe 1998).
    """
    if of <= 0:
        return 0.0, -1.0, 1.0
    one, two = first / of, second / of
    low, high = wilson_limits([one, two], of, normal_quantile(0.95) if z is None else z)
    spread = ((1 - one) * (1 - two)) ** 0.5
    tie = -((one * two) ** 0.5) / spread if spread > 0 else -1.0 if one and two else 0.0

    def reach(first_gap: float, second_gap: float) -> float:
        return float(max(first_gap**2 + second_gap**2 - 2 * tie * first_gap * second_gap, 0.0) ** 0.5)

    difference = one - two
    bottom, top = difference - reach(one - low[0], high[1] - two), difference + reach(high[0] - one, two - low[1])
    return difference, max(bottom, -1.0), min(top, 1.0)


def compare(
    kept_a: Flags,
    kept_b: Flags,
    labels: LabelSet,
    *,
    reachable: Flags | None = None,
    settings: TrustSettings | None = None,
) -> PolicyDifference:
    """Compare two policies over all rows by the labels there are.

    Args:
        kept_a: (rows,) what A keeps.
        kept_b: (rows,) what B keeps.
        labels: one label a row; hand-picked ones count only as far as a later draw gave them a weight.
        reachable: (rows,) which of them some draw could have taken; all where it is not given.
        settings: fewest labels of a cell, and of recall.
    """
    known = settings or TrustSettings()
    cell = _cell_of(kept_a, kept_b)
    read = labels.where(labels.answered)
    cells = _cells(cell, read, known)
    doubt = refusals.ledger(labels, known)
    late = _late([cell == one for one in range(3)], reachable, labels, known)
    precision = _precision(cells, read.simple, doubt or _lacking(cells, known) or late)
    recall = _recall(cell, read, doubt or _late([np.ones(len(cell), np.bool_)], reachable, labels, known), known)
    return PolicyDifference(precision, recall, cells, _needed(cells, precision.value, known))


def to_label(difference: PolicyDifference, labels: int) -> tuple[int, int, int]:
    """Return how many of `labels` new labels to draw in each cell, so that the difference becomes surest (Neyman 1934).

    Rows that neither policy keeps say nothing about it. No cell is asked for more rows than it has left.
    """
    weight = np.array([_spread(cell) if cell.rows else 0.0 for cell in difference.cells])
    left = np.array([cell.rows - cell.read for cell in difference.cells])
    given = np.zeros(3, int)
    if not np.nan_to_num(weight).any():
        return 0, 0, 0
    for _ in range(min(labels, int(left[weight > 0].sum()))):
        # The next label goes where it takes most from the sum of c^2 p (1 - p) / n.
        have = np.array([cell.labels for cell in difference.cells]) + given
        gain = np.where(given < left, weight**2 / (np.maximum(have, 0.1) * (have + 1)), -1.0)
        given[int(np.argmax(gain))] += 1
    return int(given[0]), int(given[1]), int(given[2])


def _cell_of(kept_a: Flags, kept_b: Flags) -> NDArray[np.intp]:
    """Return 0 for A only, 1 for B only, 2 for both, 3 for neither."""
    if kept_a.shape != kept_b.shape:
        raise ValueError(f"A speaks of {len(kept_a)} rows, B of {len(kept_b)}")
    return np.array([3, 0, 1, 2], np.intp).take(kept_a.astype(np.intp) + 2 * kept_b)


def _cells(cell: NDArray[np.intp], read: LabelSet, settings: TrustSettings) -> tuple[ComparedCell, ...]:
    sizes = np.bincount(cell, minlength=4)[:3].astype(float)
    sums, three = LabelSums.of(read, cell[read.row] * 2 + (read.good > 0), 8), np.eye(4, dtype=bool)[:3]
    good = sums.joined(np.kron(three, np.array([False, True])))
    base = sums.joined(np.kron(three, np.array([True, True])))
    found, coefficient = shares(good, base, sizes, read.simple, settings.compare_labels, settings), coefficients(sizes)
    return tuple(
        ComparedCell(
            int(sizes[n]), int(base.drawn[n]), int(good.drawn[n]), int(base.count[n]), float(coefficient[n]),
            *(_number(part[n]) for part in (found.value, found.low, found.high)),
        )
        for n in range(3)
    )  # fmt: skip


def _precision(cells: tuple[ComparedCell, ...], simple: bool, refusal: NotShown | None) -> Difference:
    coefficient = np.array([cell.coefficient for cell in cells])
    if np.isnan(coefficient).any():
        return _untold(NotShown("empty", "The limits of one of the policies keep no row.", 0))
    if not coefficient.any():
        return Difference(0.0, 0.0, 0.0, SAME)
    if refusal is not None:
        return _untold(refusal)
    parts = [[getattr(cell, end) for cell in cells] for end in ("share", "low", "high")]
    value, low, high = square_and_add(coefficient, *(np.array(part, float) for part in parts))
    return Difference(
        float(value), max(-1.0, float(low)), min(1.0, float(high)), PAIRED if simple else f"{PAIRED}, weighted"
    )


def _late(parts: list[Flags], reachable: Flags | None, labels: LabelSet, settings: TrustSettings) -> NotShown | None:
    """Refuse where more than a few rows of a part came after the last draw, so that its labels are not of them."""
    found = (refusals.unreachable(part, reachable, labels, settings) for part in parts if part.any())
    return next((why for why in found if why is not None), None)


def _lacking(cells: tuple[ComparedCell, ...], settings: TrustSettings) -> NotShown | None:
    """Refuse where a cell that matters has too few random labels, or such as one weight rules."""
    used = [(name, cell) for name, cell in zip(CELLS, cells, strict=True) if cell.coefficient]
    short = {
        name: (cell.labels, lack)
        for name, cell in used
        if not (cell.labels and cell.read == cell.rows)
        and (lack := min(settings.compare_labels, cell.rows) - cell.labels) > 0
    }
    if short:
        names = ", ".join(f"{name} ({labels})" for name, (labels, _) in short.items())
        why = f"Too few random labels among the rows of: {names}; {settings.compare_labels} each are needed."
        return NotShown("few_in_cell", why, sum(lack for _, lack in short.values()))
    uneven = [name for name, cell in used if cell.low is None or cell.high is None]
    if uneven:
        why = f"The labels of these rows are worth too little by their weights: {', '.join(uneven)}."
        return NotShown("uneven", why, settings.fresh_draw)
    return None


def _recall(cell: NDArray[np.intp], read: LabelSet, doubt: NotShown | None, settings: TrustSettings) -> Difference:
    """Return (good of A only - good of B only) / good, over the labelled rows of the whole frame."""
    if not np.isin(cell, (0, 1)).any():
        return Difference(0.0, 0.0, 0.0, SAME)
    if len(read) >= len(cell) and read.random.any() and read.good.any():
        at = cell[read.row[read.good > 0]]
        share = float(np.mean(at == 0) - np.mean(at == 1))
        return Difference(share, share, share, KNOWN)
    good = read.where((read.good > 0) & read.countable)
    drawn, total = int(good.random.sum()), float(good.weight.sum())
    if doubt is None and (drawn < settings.recall_good or total <= 0):
        why = f"{drawn} good rows among the random labels; recall needs {settings.recall_good}."
        doubt = NotShown("few_good", why, settings.recall_good - drawn)
    if doubt is not None:
        return _untold(doubt)
    at = cell[good.row]
    first, second = (float(good.weight[at == one].sum()) / total for one in (0, 1))
    size = float(drawn) if read.simple else _size_of_good(good, at, first - second, total)
    if size < settings.recall_good:
        return _untold(NotShown("uneven", f"The good random labels are worth {size:.0f}.", settings.fresh_draw))
    ends = paired_shares(first * size, second * size, size, normal_quantile(settings.confidence))
    return Difference(*ends, PAIRED if read.simple else f"{PAIRED}, weighted")


def _size_of_good(good: LabelSet, at: NDArray[np.intp], difference: float, total: float) -> float:
    """Return how many uniform good labels the weighted ones are worth for this difference."""
    spread, sized = good.spread**2, min(good.kish(), float(good.random.sum()))
    said = np.where(at == 0, 1.0, np.where(at == 1, -1.0, 0.0))
    of_one = float((good.weight * said**2).sum()) / total - difference**2
    variance = float((spread * (said - difference) ** 2).sum()) / total**2
    return min(of_one / variance, sized) if variance > 0 and of_one > 0 else sized


def _spread(cell: ComparedCell) -> float:
    """Return what a label of the cell leaves of doubt: |c| sqrt(p (1 - p))."""
    return float(abs(cell.coefficient) * (cell.rate * (1 - cell.rate)) ** 0.5)


def _needed(cells: tuple[ComparedCell, ...], value: float | None, settings: TrustSettings) -> int | None:
    """Return labels, laid out over the cells at their best, whose half-width is the present difference."""
    if value is None or value == 0:
        return None
    needed = ceil((normal_quantile(settings.confidence) * sum(map(_spread, cells)) / abs(value)) ** 2)
    return needed if needed < sum(cell.rows for cell in cells) else None


def _untold(why: NotShown) -> Difference:
    return Difference(None, None, None, refusal=why)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
