"""Precision and recall from rows that were drawn with unequal probabilities, over several draws (Hajek's ratio).

Design-based: rows and their truth are fixed, only which rows were labelled is random, so that neither repeats nor
correlated rows break an interval (Sarndal, Swensson and Wretman 1992, ch. 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

from engine.curation.trust.effective import Moments, kish
from engine.curation.trust.intervals import Flags, finite_base
from engine.curation.trust.label_set import LabelSet


@dataclass(frozen=True, slots=True)
class WeightCheck:
    """How far the sum of weights misses the rows it stands for, as a share of them, and how far it may by chance."""

    off: float
    expected: float

    @property
    def sizes(self) -> float:
        """The miss in expected sizes; from 3 on the ledger is in doubt."""
        if self.expected > 0:
            return self.off / self.expected
        return 0.0 if self.off < 1e-9 else inf


def simple_precision(inside: LabelSet, kept: int) -> Moments:
    """Return the share of good rows among the `kept` from a simple draw; `inside` are decided labels of them."""
    m, good = len(inside), float(inside.good.sum())
    value, base = good / m, float(finite_base(m, kept))
    variance = 0.0 if base == inf else value * (1 - value) / base
    return Moments(value, variance, m, base, inf, int(min(good, m - good)), False)


def simple_recall(countable: LabelSet, kept: Flags) -> Moments:
    """Return the kept share of good rows: the good ones drawn are a simple draw of all good rows."""
    total = float(countable.good.sum())
    held = float(countable.good[kept].sum())
    value = held / total
    return Moments(value, value * (1 - value) / total, int(total), total, inf, int(min(held, total - held)), False)


def hajek_precision(inside: LabelSet) -> Moments:
    """Return sum d y / sum d over the labels of kept rows, known ones included, and its variance by the drawn ones."""
    total = float(inside.weight.sum())
    value = float(inside.weight @ inside.good) / total
    error = inside.spread * (inside.good - value)
    random = inside.random
    good = int(inside.good[random].sum())
    m = int(random.sum())
    base = inside.kish()
    return Moments(value, float(error @ error) / total**2, m, base, base - 1, min(good, m - good), True)


def hajek_recall(countable: LabelSet, kept: Flags) -> Moments:
    """Return the kept share of good rows: T_S / T over all labels, each by its weight."""
    mass = countable.weight * countable.good
    total = float(mass.sum())
    value = float(mass[kept].sum()) / total
    error = countable.spread * countable.good * (kept - value)
    drawn = countable.random & (countable.good > 0)
    held = int((drawn & kept).sum())
    m = int(drawn.sum())
    base = kish(countable.spread[drawn])
    return Moments(value, float(error @ error) / total**2, m, base, base - 1, min(held, m - held), True)


def horvitz_thompson(inside: LabelSet, kept: int) -> tuple[float, float]:
    """Return sum d y / K and its variance (Horvitz and Thompson 1952): unbiased, but noisier; a cross-check."""
    value = float(inside.weight @ inside.good) / kept
    error = inside.spread * inside.good
    return value, float(error @ error) / kept**2


def weight_check(inside: LabelSet, kept: int) -> WeightCheck:
    """Compare the sum of weights of all drawn and known labels of kept rows, decided or not, with their number."""
    off = abs(float(inside.weight.sum()) - kept) / kept
    return WeightCheck(off, sqrt(float(inside.spread @ inside.spread)) / kept)
