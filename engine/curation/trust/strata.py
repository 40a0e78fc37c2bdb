"""Precision from labels drawn within strata, and how to divide the next labels among them (Neyman 1934)."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import Moments, kish
from engine.curation.trust.intervals import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class StratumCells:
    """The kept rows, stratum by stratum in the order of the score: rows, labels, good labels."""

    rows: Ints
    labels: Ints
    good: Ints
    unseen: float = 0.0
    """Largest share of the kept rows that joined a neighbour without a label of its own."""
    joined: int = 0
    """Strata that joined a neighbour."""

    @staticmethod
    def of(rows: ArrayLike, labels: ArrayLike, good: ArrayLike) -> StratumCells:
        """Return the cells of known counts, without strata that keep no row."""
        known, n, k = (np.asarray(part, np.int64) for part in (rows, labels, good))
        there = known > 0
        return StratumCells(known[there], n[there], k[there])


def merged(cells: StratumCells, settings: TrustSettings | None = None) -> StratumCells:
    """Join strata of too few labels with the smaller of their neighbours, until all have enough or one is left."""
    least = (settings or TrustSettings()).cell_labels
    rows, labels, good = (list(map(int, part)) for part in (cells.rows, cells.labels, cells.good))
    kept, unseen, joined = sum(rows), 0.0, 0
    while len(rows) > 1 and min(labels) < least:
        at = int(np.argmin(labels))
        if labels[at] == 0:
            unseen = max(unseen, rows[at] / kept)
        near = [one for one in (at - 1, at + 1) if 0 <= one < len(rows)]
        to = min(near, key=lambda one: (labels[one], one))
        for part in (rows, labels, good):
            part[to] += part[at]
            del part[at]
        joined += 1
    known, n, k = (np.asarray(part, np.int64) for part in (rows, labels, good))
    return StratumCells(known, n, k, unseen, joined)


def _rates(labels: Ints, good: Ints) -> Floats:
    """Return the share of good labels, (k + 1) / (n + 2) where it is 0 or 1: none seen is no proof of none."""
    raw = good / np.maximum(labels, 1)
    return np.where((raw <= 0) | (raw >= 1), (good + 1) / (labels + 2), raw)


def stratified(cells: StratumCells) -> Moments:
    """Return the precision of the kept set: the strata's shares of good labels, by their rows.

    Every cell needs two labels, as `merged` gives them.
    """
    kept = float(cells.rows.sum())
    part, p = cells.rows / kept, _rates(cells.labels, cells.good)
    value = float(part @ (cells.good / cells.labels))
    left = 1 - cells.labels / cells.rows
    variance = float(np.sum(part**2 * left * p * (1 - p) / (cells.labels - 1)))
    share = cells.labels / cells.rows
    spread = np.repeat(np.sqrt(left) / share, cells.labels)
    m, good = int(cells.labels.sum()), int(cells.good.sum())
    base = kish(spread) if len(spread) else inf
    uneven = bool(np.ptp(share) > 1e-9 * share.max())
    return Moments(value, variance, m, base, float(m - len(cells.rows)), min(good, m - good), uneven)


def neyman(rows: ArrayLike, rates: ArrayLike) -> Floats:
    """Return the share of the next labels of each stratum: by its rows and the spread of its verdicts."""
    p = np.asarray(rates, float)
    mass: Floats = np.asarray(rows, float) * np.sqrt(p * (1 - p))
    if not mass.any():
        return np.full(len(mass), 1 / max(len(mass), 1))
    made: Floats = mass / mass.sum()
    return made


def pilot_rates(labels: ArrayLike, good: ArrayLike) -> Floats:
    """Return (k + 1) / (n + 2), the rates that a pilot of at least ten labels a stratum suggests."""
    rates: Floats = (np.asarray(good, float) + 1) / (np.asarray(labels, float) + 2)
    return rates


def allocation(n: int, rows: ArrayLike, rates: ArrayLike, settings: TrustSettings | None = None) -> Ints:
    """Return whole numbers of labels that add up to n, none below the least a stratum gets, none above its rows.

    Where n is too small for the least, strata get equal parts; where there are fewer rows than n, all of them.
    """
    sizes = np.asarray(rows, np.int64)
    n = min(n, int(sizes.sum()))
    least = np.minimum(min((settings or TrustSettings()).stratum_labels, n // max(len(sizes), 1)), sizes)
    share = neyman(sizes, rates)
    made = np.minimum(np.maximum(np.floor(n * share).astype(np.int64), least), sizes)
    while (off := n - int(made.sum())) != 0:
        step = 1 if off > 0 else -1
        free = made < sizes if step > 0 else made > least
        gap = np.where(free, step * (n * share - made), -np.inf)
        made[int(np.argmax(gap))] += step
    return made
