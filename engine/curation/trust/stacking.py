"""All judges, symbolic checks and length become one probability of "good": logistic stacking, cross-fitted.

A labelled row gets the word of the model that did not see it, any other row the mean of the five models, so the labels
that made the models may also correct them. Each judge enters by its own calibrated line at once (log odds of a score,
level of a rating), since a logistic line over logistic lines is again one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.calibrators import CalibratorRule
from engine.curation.trust.combining import weighted_sum
from engine.curation.trust.intervals import Floats
from engine.curation.trust.judge_scale import SCORE, JudgeScale
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.logistic import LogisticFit, fit

BLOCK = 1 << 16
"""Rows at a time, so that two million rows need no matrix of them all."""


@dataclass(frozen=True, slots=True)
class JudgeColumn:
    """What one judge, or one symbolic check, said of every row: NaN where it said nothing readable."""

    values: Floats
    scale: JudgeScale = SCORE


@dataclass(frozen=True, slots=True)
class StackedScore:
    """A probability of "good" for every row."""

    values: Floats
    models: tuple[LogisticFit, ...]
    """One for each part that was held out; none where the weighted mean of the judges stands in."""
    reason: str
    """`cross_fitted`, or `few_of_a_class`: the weighted mean of what judges said, uncalibrated, NaN without any."""


@dataclass(frozen=True, slots=True)
class _Features:
    """Turns blocks of rows into features; what stands in for missing values comes from labelled rows."""

    columns: Sequence[JudgeColumn]
    usual: tuple[float, ...]
    length: Floats | None
    middle: float = 0.0
    spread: float = 1.0

    def of(self, rows: NDArray[np.intp] | slice) -> Floats:
        parts = [
            one.scale.columns(one.values[rows], usual) for one, usual in zip(self.columns, self.usual, strict=True)
        ]
        if self.length is not None:
            parts.append(((_log(self.length[rows]) - self.middle) / self.spread)[:, None])
        return np.hstack(parts)


def stack(
    columns: Sequence[JudgeColumn],
    length: NDArray[np.float64] | None,
    labels: LabelSet,
    folds: NDArray[np.intp],
    rule: CalibratorRule | None = None,
) -> StackedScore:
    """Return the stacked score of every row.

    Args:
        columns: judges and checks.
        length: (rows,) characters of each row, or None.
        labels: one label a row; those with a verdict train, of weight 0 all the same.
        folds: (labels,) part of each labelled row, as by `folds_of`.
        rule: how many of either class are needed, and the penalty.

    Raises:
        ValueError: for no judges, or columns of different lengths.
    """
    rule = rule or CalibratorRule()
    if not columns or len({len(one.values) for one in columns}) > 1:
        raise ValueError("stacking needs judges, all of them on the same rows")
    labels, folds = labels.where(labels.answered), folds[labels.answered]
    good = labels.good > 0
    right = int(np.count_nonzero(good))
    parts = [int(part) for part in np.unique(folds)]
    whole = min(right, len(good) - right) >= rule.each_class and len(parts) > 1
    if not whole or any(len(set(good[folds != part].tolist())) < 2 for part in parts):
        said = np.column_stack([one.scale.unit(one.values) for one in columns])
        return StackedScore(weighted_sum(said, np.ones(len(columns))), (), "few_of_a_class")
    weight = _training_weight(labels)
    features = _features(columns, length, labels.row, weight)
    seen = features.of(labels.row)
    models = tuple(fit(seen[folds != p], good[folds != p], weight[folds != p], rule.penalty) for p in parts)
    values = _mean(models, features, len(columns[0].values))
    for part, model in zip(parts, models, strict=True):
        values[labels.row[folds == part]] = model.of(seen[folds == part])
    return StackedScore(values, models, "cross_fitted")


def _training_weight(labels: LabelSet) -> Floats:
    """Return the ledger's weights, the lightest drawn one for labels that no draw asked for: they may train."""
    weight = labels.weight
    lightest = float(weight[weight > 0].min(initial=np.inf))
    return np.asarray(np.where(weight > 0, weight, lightest if lightest < np.inf else 1.0), float)


def _features(
    columns: Sequence[JudgeColumn], length: Floats | None, rows: NDArray[np.intp], weight: Floats
) -> _Features:
    usual = tuple(one.scale.usual(one.values[rows], weight) for one in columns)
    if length is None:
        return _Features(columns, usual, None)
    seen = _log(length[rows])
    return _Features(columns, usual, length, float(seen.mean()), float(seen.std()) or 1.0)


def _log(length: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(np.nan_to_num(np.asarray(length, float), nan=1.0), 1.0)))


def _mean(models: Sequence[LogisticFit], features: _Features, rows: int) -> Floats:
    found = np.empty(rows)
    for start in range(0, rows, BLOCK):
        part = slice(start, start + BLOCK)
        block = features.of(part)
        found[part] = sum(model.of(block) for model in models) / len(models)
    return found
