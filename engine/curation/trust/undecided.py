"""Drawn rows that nobody could decide: a few are taken as their neighbours, many show the worst case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.curation.trust.intervals import Flags, Floats, Ints
from engine.curation.trust.label_set import BAD, GOOD, LabelSet

BANDS = 5


def undecided_share(countable: LabelSet) -> float:
    """Return the weighted share of labels without a verdict; 0 where nothing weighs."""
    total = float(countable.weight.sum())
    return float(countable.weight[~countable.decided].sum()) / total if total > 0 else 0.0


def taken_as(countable: LabelSet, good: bool) -> LabelSet:
    """Return the labels with every open one called good, or every one bad."""
    verdict = np.where(countable.decided, countable.verdict, GOOD if good else BAD).astype(np.int8)
    return replace(countable, verdict=verdict)


def missing_at_random(countable: LabelSet, f: Floats | None = None) -> LabelSet:
    """Return the decided labels; those of a band of f stand for the open ones of that band as well.

    Open rows are missing at random within bands of equal numbers. Without f there is one band: the decided ones keep
    their weights, since a common factor changes nothing. A band without any decided row joins its neighbour.
    """
    decided = countable.decided
    if f is None or decided.all() or not decided.any():
        return countable.where(decided)
    rank = np.argsort(np.argsort(f, kind="stable"), kind="stable")
    band = rank * BANDS // max(len(f), 1)
    factor = np.ones(len(f))
    for one in _joined(band, decided):
        inside = np.isin(band, one)
        said = float(countable.weight[inside & decided].sum())
        factor[inside] = float(countable.weight[inside].sum()) / said if said > 0 else 1.0
    if np.allclose(factor[decided], factor[decided][0]):
        return countable.where(decided)
    pi = np.where(countable.random, countable.pi / factor, countable.pi)
    return replace(countable, weight=countable.weight * factor, pi=pi).where(decided)


def _joined(band: Ints, decided: Flags) -> list[list[int]]:
    """Return bands, those without a decided row together with the one before (the first with the one after)."""
    made: list[list[int]] = []
    for name in np.unique(band):
        if decided[band == name].any() or not made:
            made.append([int(name)])
        else:
            made[-1].append(int(name))
    if len(made) > 1 and not decided[np.isin(band, made[0])].any():
        first = made.pop(0)
        made[0] = first + made[0]
    return made
