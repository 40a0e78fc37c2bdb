"""Precision concept by concept: few labels each, so that they lend each other strength (beta-binomial empirical Bayes).

Intervals hold on the average over concepts, not for each: a single odd concept is pulled towards the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.intervals import Flags, Floats, normal_quantile, wilson

AVERAGE = "average coverage over concepts"
ONE_BY_ONE = "Wilson, each concept alone"


@dataclass(frozen=True, slots=True, eq=False)
class ConceptShares:
    """A share and an interval for each concept, in the order given."""

    method: str
    value: Floats
    low: Floats
    high: Floats
    labelled: Flags
    """Concepts with a random label; the others show what is known of the rest, and nothing of their own."""
    a: float = 0.0
    """The prior Beta(a, b) that the concepts gave; 0 where each stands alone."""
    b: float = 0.0


@dataclass(frozen=True, slots=True)
class FlaggedConcepts:
    """Concepts that are below a target, most surely first, and how many of them are false by expectation."""

    numbers: tuple[int, ...]
    false: float


def concept_shares(good: ArrayLike, labels: ArrayLike, settings: TrustSettings | None = None) -> ConceptShares:
    """Return the share of good rows of each concept from its random labels (G), k_g = n_g* P_g where they weigh.

    Fewer than five concepts with labels, or thirty labels, lend no strength: then each has Wilson's interval.
    """
    known = settings or TrustSettings()
    k, n = np.asarray(good, float), np.asarray(labels, float)
    seen = n > 0
    side = (1 - known.confidence) / 2
    if int(seen.sum()) < known.concept_groups or float(n.sum()) < known.concept_labels:
        z = normal_quantile(known.confidence)
        ends = np.array([wilson(hits, of, z=z) for hits, of in zip(k, n, strict=True)]).reshape(-1, 2)
        value = np.where(seen, k / np.maximum(n, 1e-300), np.nan)
        return ConceptShares(ONE_BY_ONE, value, ends[:, 0], ends[:, 1], seen)
    a, b = prior(k[seen], n[seen], known)
    first, second = k + a, n - k + b
    low, high = special.betaincinv(first, second, side), special.betaincinv(first, second, 1 - side)
    return ConceptShares(AVERAGE, first / (first + second), low, high, seen, a, b)


def prior(good: Floats, labels: Floats, settings: TrustSettings | None = None) -> tuple[float, float]:
    """Return a and b of the Beta that the concepts most likely come from, with a wide guess of its strength a + b."""
    known = settings or TrustSettings()
    middle, width = np.log(known.prior_strength), known.prior_spread

    def loss(at: Floats) -> float:
        mean, strength = special.expit(at[0]), np.exp(at[1])
        a, b = mean * strength, (1 - mean) * strength
        fit = np.sum(special.betaln(good + a, labels - good + b) - special.betaln(a, b))
        return float(-fit + 0.5 * ((at[1] - middle) / width) ** 2)

    rate = (float(good.sum()) + 1) / (float(labels.sum()) + 2)
    start = np.array([special.logit(rate), middle])
    bounds = [(-12.0, 12.0), (middle - 5 * width, middle + 5 * width)]
    found = optimize.minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-13, "gtol": 1e-9})
    mean, strength = float(special.expit(found.x[0])), float(np.exp(found.x[1]))
    return mean * strength, (1 - mean) * strength


def below(
    shares: ConceptShares, good: ArrayLike, labels: ArrayLike, target: float, settings: TrustSettings | None = None
) -> FlaggedConcepts:
    """Return the concepts that are below the target with probability above .9; none where each stands alone.

    One-at-a-time intervals would name several sound ones among hundreds of concepts as the worst.
    """
    if shares.method != AVERAGE:
        return FlaggedConcepts((), 0.0)
    k, n = np.asarray(good, float), np.asarray(labels, float)
    sure = special.betainc(k + shares.a, n - k + shares.b, target)
    order = np.argsort(-sure, kind="stable")
    flagged = [int(at) for at in order if sure[at] > (settings or TrustSettings()).flagged and shares.labelled[at]]
    return FlaggedConcepts(tuple(flagged), float(np.sum(1 - sure[flagged])))
