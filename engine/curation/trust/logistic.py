"""Logistic regression with row weights and a ridge penalty, by Newton's method: small, exact, quick to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from engine.curation.trust.intervals import Floats

PENALTY = 1.0
"""Half of the squared coefficients are added so many times to the loss; the intercept goes free."""
_ROUNDS = 100
_STILL = 1e-10


@dataclass(frozen=True, slots=True)
class LogisticFit:
    """A fitted model."""

    intercept: float
    slopes: Floats

    def of(self, features: Floats) -> Floats:
        """Return the probability of "good" for each row of `features` (rows, features)."""
        return np.asarray(expit(self.intercept + features @ self.slopes))


def fit(
    features: Floats,
    good: NDArray[np.bool_],
    weights: Floats | None = None,
    penalty: float = PENALTY,
    rising: Sequence[int] = (),
) -> LogisticFit:
    """Fit to labelled rows; weights are scaled to a mean of 1, so that the penalty is worth the same for any draw.

    A feature of `rising` gets no slope below 0: one that would is left out, so the best model without it is fitted.

    Raises:
        ValueError: where the weighted rows are all good or all bad; then no intercept fits.
    """
    weight = np.ones(len(good)) if weights is None else np.asarray(weights, float)
    share = float(np.average(good, weights=weight)) if weight.any() else 0.0
    if not 0 < share < 1:
        raise ValueError("a model needs good and bad rows")
    weight = weight * (len(weight) / weight.sum())
    used = list(range(features.shape[1]))
    while True:
        found = _newton(features[:, used], np.asarray(good, float), weight, penalty, share)
        falling = [(found[1 + n], n) for n, column in enumerate(used) if column in rising and found[1 + n] < 0]
        if not falling:
            break
        del used[min(falling)[1]]
    slopes = np.zeros(features.shape[1])
    slopes[used] = found[1:]
    return LogisticFit(float(found[0]), slopes)


def _newton(features: Floats, good: Floats, weight: Floats, penalty: float, share: float) -> Floats:
    rows = np.column_stack([np.ones(len(good)), features])
    ridge = np.full(rows.shape[1], penalty)
    ridge[0] = 0.0
    at = np.zeros(rows.shape[1])
    at[0] = np.log(share / (1 - share))
    loss = _loss(rows, good, weight, ridge, at)
    for _ in range(_ROUNDS):
        said = expit(rows @ at)
        slope = rows.T @ (weight * (said - good)) + ridge * at
        bend = (rows * (weight * said * (1 - said))[:, None]).T @ rows + np.diag(ridge)
        step = np.linalg.lstsq(bend, slope, rcond=None)[0]
        length = 1.0
        while (new := _loss(rows, good, weight, ridge, at - length * step)) > loss and length > 1e-6:
            length /= 2
        if length <= 1e-6:
            break
        at, gained, loss = at - length * step, loss - new, new
        if np.abs(length * step).max() < _STILL or gained < _STILL * 1e-3:
            break
    return at


def _loss(rows: Floats, good: Floats, weight: Floats, ridge: Floats, at: Floats) -> float:
    line = rows @ at
    return float((weight * (np.logaddexp(0, line) - good * line)).sum() + (ridge * at * at).sum() / 2)
