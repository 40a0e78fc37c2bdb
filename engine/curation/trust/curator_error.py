"""How curators err, from what they say twice and from gold rows, and a share that allows for it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import Moments, effective_wilson
from engine.curation.trust.estimated import NotShown


@dataclass(frozen=True, slots=True)
class ErrorCorrected:
    """A share that allows for curators' errors, or why it cannot be had."""

    value: float | None
    low: float | None
    high: float | None
    variance: float
    refusal: NotShown | None = None


def error_of(self_agreement: float) -> float | None:
    """Return how often a verdict is wrong, from how often a curator repeats it: (1 - sqrt(2r - 1)) / 2.

    For errors that are independent and as likely either way; a misconception is repeated, so that this is the least
    it can be. None at .5 and below, where verdicts are no better than chance.
    """
    return None if self_agreement <= 0.5 else (1 - sqrt(2 * self_agreement - 1)) / 2


def rogan_gladen(observed: float, sensitivity: float, specificity: float) -> float:
    """Return the true share behind an observed one (Rogan and Gladen 1978), within 0 and 1."""
    return min(max((observed + specificity - 1) / (sensitivity + specificity - 1), 0.0), 1.0)


def corrected(
    observed: Moments, good: tuple[int, int], bad: tuple[int, int], settings: TrustSettings | None = None
) -> ErrorCorrected:
    """Return the share of good rows that allows for curators' errors.

    Args:
        observed: the share by the curators' verdicts, with its variance.
        good: of gold rows that are good, how many were called good, and how many there are.
        bad: of those that are bad, how many were called bad, and how many there are.
        settings: how skilled a curator must be, how many bad gold rows it takes.
    """
    known = settings or TrustSettings()
    first, second = ((hits + 0.5) / (of + 1) for hits, of in (good, bad))
    skill = first + second - 1
    if bad[1] < known.gold_bad:
        why = f"{bad[1]} bad gold rows; {known.gold_bad} are needed."
        return ErrorCorrected(None, None, None, 0.0, NotShown("few_gold", why, known.gold_bad - bad[1]))
    if skill < known.least_skill or good[1] == 0:
        return ErrorCorrected(
            None, None, None, 0.0, NotShown("unskilled", "Verdicts are too far from the gold rows.", 0)
        )
    value = rogan_gladen(observed.value, first, second)
    ours = value**2 * first * (1 - first) / good[1] + (1 - value) ** 2 * second * (1 - second) / bad[1]
    variance = (observed.variance + ours) / skill**2
    moments = Moments(value, variance, observed.size, observed.base, float(observed.size - 1), observed.fewest, False)
    found = effective_wilson(moments, known)
    return ErrorCorrected(value, found.low, found.high, variance)
