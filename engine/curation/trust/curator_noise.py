"""What people's own errors do to a precision: how often they contradict themselves, and the correction for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.curation.trust.limit_arrays import wilson_limits

LEAST_INFORMED = 0.5
"""Sensitivity + specificity - 1 below which no correction is given."""
FEWEST_BAD = 20
"""Adjudicated bad rows that a correction needs."""


@dataclass(frozen=True, slots=True)
class SelfAgreement:
    """How often a curator said the same twice, and what that says of single verdicts."""

    share: float
    low: float
    high: float
    repeats: int
    error: float | None
    """Share of wrong verdicts if errors are independent and alike for good and bad; None from half agreement down. A
    lower limit: who errs by the same belief both times agrees with himself."""


def self_agreement(same: int, repeats: int) -> SelfAgreement | None:
    """Return what `repeats` rows shown twice say, `same` of them judged alike; None without repeats."""
    if not 0 <= same <= repeats:
        raise ValueError(f"{same} of {repeats} repeats cannot be")
    if not repeats:
        return None
    low, high = wilson_limits(np.array(same / repeats), np.array(float(repeats)))
    return SelfAgreement(same / repeats, float(low), float(high), repeats, error_of(same / repeats))


def error_of(agreement: float) -> float | None:
    """Return the error e of one verdict for which two agree so often: (1 - e)^2 + e^2; None from one half down."""
    return None if agreement <= 0.5 else float((1 - (2 * agreement - 1) ** 0.5) / 2)


def within_reach(target: float, error: float) -> bool:
    """Return whether labels with this share of errors could show a precision of `target` without a correction."""
    return target <= 1 - error


@dataclass(frozen=True, slots=True)
class NoiseCorrected:
    """A precision "allowing for curator error", to stand below the other and never in its place."""

    value: float | None
    low: float | None
    high: float | None
    variance: float | None
    effective: float | None
    sensitivity: float | None
    """Good rows that people call good."""
    specificity: float | None
    """Bad rows that people call bad."""
    reason: str = ""
    """`few_gold` or `uninformed` where there is no correction."""


def rogan_gladen(observed: float, sensitivity: float, specificity: float) -> float:
    """Return the share that is really good where so many are called good (Rogan and Gladen 1978), within 0 to 1."""
    informed = sensitivity + specificity - 1
    if informed <= 0:
        raise ValueError(f"sensitivity {sensitivity} and specificity {specificity} say nothing")
    return float(np.clip((observed + specificity - 1) / informed, 0, 1))


def corrected(
    observed: float, effective: float, right_good: tuple[int, int], right_bad: tuple[int, int]
) -> NoiseCorrected:
    """Return the precision that people's errors allow for, with its interval.

    Args:
        observed: share of labels that say good.
        effective: how many labels of one uniform draw it is worth.
        right_good: verdicts "good", among adjudicated good rows.
        right_bad: verdicts "bad", among adjudicated bad rows.
    """
    (hits, of_good), (misses, of_bad) = right_good, right_bad
    if not (0 <= hits <= of_good and 0 <= misses <= of_bad and 0 <= observed <= 1):
        raise ValueError(f"{observed}, {hits} of {of_good} and {misses} of {of_bad} cannot be")
    if of_bad < FEWEST_BAD or of_good <= 0 or effective <= 0:
        return NoiseCorrected(None, None, None, None, None, None, None, "few_gold")
    sensitivity, specificity = (hits + 0.5) / (of_good + 1), (misses + 0.5) / (of_bad + 1)
    informed = sensitivity + specificity - 1
    if informed < LEAST_INFORMED:
        return NoiseCorrected(None, None, None, None, None, sensitivity, specificity, "uninformed")
    value = rogan_gladen(observed, sensitivity, specificity)
    variance = (
        observed * (1 - observed) / effective
        + value**2 * sensitivity * (1 - sensitivity) / of_good
        + (1 - value) ** 2 * specificity * (1 - specificity) / of_bad
    ) / informed**2
    # At the very ends the variance says nothing of the size; each label is worth what its noise leaves of it.
    size = value * (1 - value) / variance if 0 < value < 1 and variance > 0 else effective * informed**2
    low, high = wilson_limits(np.array(value), np.array(size))
    return NoiseCorrected(value, float(low), float(high), variance, size, sensitivity, specificity)
