"""What people's own errors do to a precision: how often they contradict themselves, and the correction for it."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.estimated import NotShown
from engine.curation.trust.intervals import normal_quantile, wilson, wilson_of


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
    return SelfAgreement(same / repeats, *wilson(same, repeats), repeats, error_of(same / repeats))


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
    variance: float | None = None
    effective: float | None = None
    sensitivity: float | None = None
    """Good rows that people call good."""
    specificity: float | None = None
    """Bad rows that people call bad."""
    refusal: NotShown | None = None


def rogan_gladen(observed: float, sensitivity: float, specificity: float) -> float:
    """Return the share that is really good where so many are called good (Rogan and Gladen 1978), within 0 to 1."""
    informed = sensitivity + specificity - 1
    if informed <= 0:
        raise ValueError(f"sensitivity {sensitivity} and specificity {specificity} say nothing")
    return float(np.clip((observed + specificity - 1) / informed, 0, 1))


def corrected(
    observed: float,
    effective: float,
    right_good: tuple[int, int],
    right_bad: tuple[int, int],
    settings: TrustSettings | None = None,
) -> NoiseCorrected:
    """Return the precision that people's errors allow for, with its interval.

    Args:
        observed: share of labels that say good.
        effective: how many labels of one uniform draw it is worth; infinite where every row is labelled.
        right_good: verdicts "good", among adjudicated good rows.
        right_bad: verdicts "bad", among adjudicated bad rows.
        settings: how many bad gold rows it takes, and how far from chance readers must be.
    """
    known = settings or TrustSettings()
    (hits, of_good), (misses, of_bad) = right_good, right_bad
    if not (0 <= hits <= of_good and 0 <= misses <= of_bad and 0 <= observed <= 1):
        raise ValueError(f"{observed}, {hits} of {of_good} and {misses} of {of_bad} cannot be")
    refusal = _lacking(effective, of_good, of_bad, known)
    if refusal is not None:
        return NoiseCorrected(None, None, None, refusal=refusal)
    sensitivity, specificity = (hits + 0.5) / (of_good + 1), (misses + 0.5) / (of_bad + 1)
    informed = sensitivity + specificity - 1
    if informed < known.least_skill:
        why = NotShown("uninformed", "Verdicts are too far from the gold rows.", 0)
        return NoiseCorrected(None, None, None, None, None, sensitivity, specificity, why)
    value = rogan_gladen(observed, sensitivity, specificity)
    variance = (
        (0.0 if effective == inf else observed * (1 - observed) / effective)
        + value**2 * sensitivity * (1 - sensitivity) / of_good
        + (1 - value) ** 2 * specificity * (1 - specificity) / of_bad
    ) / informed**2
    # At the very ends the variance says nothing of the size: each label is worth what its noise leaves of it, and no
    # number of labels tells more than the gold rows of that side.
    end = min(effective * informed**2, float(of_good if value > 0 else of_bad))
    size = value * (1 - value) / variance if 0 < value < 1 and variance > 0 else end
    low, high = wilson_of(value, size, normal_quantile(known.confidence))
    return NoiseCorrected(value, low, high, variance, size, sensitivity, specificity)


def _lacking(effective: float, of_good: int, of_bad: int, settings: TrustSettings) -> NotShown | None:
    if effective <= 0:
        return NotShown("no_labels", "No row is labelled.", settings.first_batch)
    if of_good <= 0:
        return NotShown("few_gold", "No good gold row.", 1)
    if of_bad < settings.gold_bad:
        why = f"{of_bad} bad gold rows; {settings.gold_bad} are needed."
        return NotShown("few_gold", why, settings.gold_bad - of_bad)
    return None
