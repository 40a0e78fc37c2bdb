"""The common interval: Wilson's with the labels that a variance is worth (Korn and Graubard 1998).

"Estimate plus or minus 1.96 standard errors" fails near 100 %, and on the optimistic side; this does not. Variances
from few labels of one verdict are guesses, so that what unequal weights may gain is capped.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.intervals import Floats, normal_quantile, wilson_of


@dataclass(frozen=True, slots=True)
class Moments:
    """An estimated share, its variance, and what the variance rests on."""

    value: float
    variance: float
    """Over random draws, the finite-population correction included."""
    size: int
    """Random labels."""
    base: float
    """Labels they are worth by their weights alone; infinite where everything is known."""
    freedom: float
    """Degrees of freedom of the variance."""
    fewest: int
    """Random labels of the rarer verdict."""
    capped: bool
    """Whether weights are unequal, so that what they gain is capped."""
    explained: float = 0.0
    """Share of the variance that judges explain: 1 / (1 - it) is what a label gains by them."""


@dataclass(frozen=True, slots=True)
class EffectiveInterval:
    """An interval and the labels that it is worth."""

    low: float
    high: float
    labels: float


def kish(weights: Floats) -> float:
    """Return how many equal weights these are worth (Kish 1965): (sum)^2 / sum of squares; infinite where all are 0."""
    total = float(np.sum(weights))
    return total * total / float(np.sum(weights * weights)) if total > 0 else inf


def cap_of(fewest: ArrayLike, settings: TrustSettings) -> Floats:
    """Return how many labels one of Kish's may count for, by the labels of the rarer verdict."""
    seen = np.asarray(fewest, float)
    some = np.where(seen < settings.some_class, settings.cap_some, settings.cap_many)
    return np.where(seen < settings.few_class, settings.cap_few, some)


def shrink(freedom: ArrayLike, z: float) -> Floats:
    """Return by what t's wider tails divide the labels: (z / t)^2 at the same probability."""
    t: Floats = special.stdtrit(np.maximum(np.asarray(freedom, float), 1.0), special.ndtr(z))
    return (z / t) ** 2


def effective_labels(moments: Moments, z: float, settings: TrustSettings) -> float:
    """Return the labels that an estimate is worth: p (1 - p) / v, capped where weights differ, less t's tails."""
    if isinf(moments.freedom):
        return moments.base  # Plain counts: nothing was fitted, and no variance is guessed.
    t, v = moments.value, moments.variance
    labels = t * (1 - t) / v if 0 < t < 1 and v > 0 else moments.base
    if moments.capped:
        most = (
            float(cap_of(moments.fewest, settings))
            * moments.base
            / (1 - min(moments.explained, settings.most_explained))
        )
        labels = min(labels, most)
    return labels if isinf(labels) else labels * float(shrink(moments.freedom, z))


def effective_wilson(
    moments: Moments, settings: TrustSettings | None = None, z: float | None = None
) -> EffectiveInterval:
    """Return Wilson's interval with the labels that the estimate is worth; it always contains the estimate.

    An estimate above 1 or below 0, as a regression may give, is put at the end.
    """
    known = settings or TrustSettings()
    at = normal_quantile(known.confidence) if z is None else z
    labels = effective_labels(moments, at, known)
    share = min(max(moments.value, 0.0), 1.0)
    low, high = wilson_of(share, labels, at)
    return EffectiveInterval(low, high, labels)


def standard_error(moments: Moments) -> float:
    """Return the square root of the variance, never less than 0."""
    return sqrt(max(moments.variance, 0.0))
