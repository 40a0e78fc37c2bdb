"""A judge's score becomes a probability of "good", by a method that fits the number of labels.

Few labels carry a line only: logistic (Platt 1999) below 400, beta calibration (Kull, Silva Filho, Flach 2017) from
400, isotonic from 1,000 and only where it is surely better. Below ten rows of either class the score stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.intervals import Floats
from engine.curation.trust.judge_scale import CLIP, SCORE, JudgeScale
from engine.curation.trust.logistic import PENALTY, fit

Method = Literal["raw", "logistic", "beta", "isotonic"]
Reach = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class CalibratorRule:
    """From how many labels which method is tried."""

    each_class: int = 10
    """Good rows, and bad rows, below which the score stays as it is."""
    beta_from: int = 400
    isotonic_from: int = 1000
    penalty: float = PENALTY

    @staticmethod
    def of(settings: TrustSettings) -> CalibratorRule:
        """Return the rule that settings ask for."""
        return CalibratorRule(settings.judge_class, settings.beta_from, settings.isotonic_from)


@dataclass(frozen=True, slots=True)
class Calibrator:
    """How a judge's words become probabilities."""

    method: Method
    reason: str
    """Why this method: `few_of_a_class`, `by_labels`, `falling_slope`, `surely_better`."""
    labels: int
    good: int
    of: Reach
    """What the judge said of any rows -> their probabilities, never falling as the judge says more. Unchanged scores
    stay NaN where the judge is missing; fitted ones have a probability for such rows too."""


def calibrate(
    values: Floats,
    good: NDArray[np.bool_],
    folds: NDArray[np.intp],
    scale: JudgeScale = SCORE,
    weights: Floats | None = None,
    rule: CalibratorRule | None = None,
) -> Calibrator:
    """Fit to labelled rows.

    Args:
        values: (labels,) what the judge said, NaN where it said nothing readable.
        good: (labels,) what people said.
        folds: (labels,) part of each row, by which isotonic is tried before it is believed.
        scale: on which the judge speaks.
        weights: (labels,) the ledger's weights, where labels were not drawn uniformly.
        rule: from how many labels which method is tried.
    """
    rule, weight = rule or CalibratorRule(), np.ones(len(good)) if weights is None else np.asarray(weights, float)
    used = weight > 0
    said, truth, weight = np.asarray(values, float)[used], np.asarray(good, bool)[used], weight[used]
    labels, right = len(truth), int(np.count_nonzero(truth))
    if min(right, labels - right) < rule.each_class:
        return Calibrator("raw", "few_of_a_class", labels, right, scale.unit)
    method, reason, fitted = _line(said, truth, weight, scale, rule)
    if labels >= rule.isotonic_from and scale.kind != "verdict":
        trial = (said, truth, weight, scale, rule)
        if _surely_better(trial, np.asarray(folds)[used]):
            return Calibrator("isotonic", "surely_better", labels, right, _isotonic(said, truth, weight, scale))
    return Calibrator(method, reason, labels, right, fitted)


def _line(
    said: Floats, good: NDArray[np.bool_], weight: Floats, scale: JudgeScale, rule: CalibratorRule
) -> tuple[Method, str, Reach]:
    """Return beta calibration where there are labels enough and it rises, else the logistic line."""
    if scale.kind == "score" and len(good) >= rule.beta_from:
        beta = fit(_beta_columns(said), good, weight, rule.penalty)
        if (beta.slopes[:2] >= 0).all():
            return "beta", "by_labels", lambda values: beta.of(_beta_columns(values))
    usual = scale.usual(said, weight)
    line = fit(scale.columns(said, usual), good, weight, rule.penalty, rising=(0,))
    reason = "by_labels" if line.slopes[0] > 0 else "falling_slope"
    return "logistic", reason, lambda values: line.of(scale.columns(values, usual))


def _beta_columns(values: Floats) -> Floats:
    """Return (rows, 3): ln s, -ln(1 - s), and 1 where the score is missing."""
    missing = np.isnan(values)
    score = np.clip(np.where(missing, 0.5, values), CLIP, 1 - CLIP)
    return np.column_stack([np.log(score), -np.log1p(-score), missing.astype(float)])


def _isotonic(said: Floats, good: NDArray[np.bool_], weight: Floats, scale: JudgeScale) -> Reach:
    """Return the best rising step function, joined by lines between the middles of its steps."""
    unit = scale.unit(said)
    there = ~np.isnan(unit)
    levels, place = np.unique(unit[there], return_inverse=True)
    mass = np.bincount(place, weight[there])
    share = np.bincount(place, weight[there] * good[there]) / mass
    risen = np.asarray(isotonic_regression(share, weights=mass).x)
    base = float(np.average(good, weights=weight))
    # Two rows of the usual kind stand beside the missing ones, so that one label does not decide for all of them.
    lost = ~there
    without = float(((weight * good)[lost].sum() + 2 * base) / (weight[lost].sum() + 2))

    def of(values: Floats) -> Floats:
        at = scale.unit(values)
        found = np.interp(np.nan_to_num(at, nan=levels[0]), levels, risen)
        return np.clip(np.where(np.isnan(at), without, found), CLIP, 1 - CLIP)

    return of


def _surely_better(
    trial: tuple[Floats, NDArray[np.bool_], Floats, JudgeScale, CalibratorRule], folds: NDArray[np.intp]
) -> bool:
    """Return whether isotonic's loss on unseen rows is lower than the line's by more than one standard error."""
    said, good, weight, scale, rule = trial
    gain = np.full(len(good), np.nan)
    for fold in np.unique(folds):
        out, rest = folds == fold, folds != fold
        if not 0 < np.count_nonzero(good[rest]) < np.count_nonzero(rest) or np.isnan(said[rest]).all():
            return False
        line = _line(said[rest], good[rest], weight[rest], scale, rule)[2]
        steps = _isotonic(said[rest], good[rest], weight[rest], scale)
        gain[out] = _loss(line(said[out]), good[out]) - _loss(steps(said[out]), good[out])
    mean = float(np.average(gain, weights=weight))
    error = float(np.sqrt((weight**2 * (gain - mean) ** 2).sum()) / weight.sum())
    return mean > error


def _loss(said: Floats, good: NDArray[np.bool_]) -> Floats:
    clipped = np.clip(said, CLIP, 1 - CLIP)
    return -np.log(np.where(good, clipped, 1 - clipped))
