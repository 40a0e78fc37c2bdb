"""The estimator of a precision that its labels allow: one choice for a kept set and for every limit of a curve."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import Moments
from engine.curation.trust.intervals import Floats
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.regression import gate, regress
from engine.curation.trust.weighted import hajek_precision, simple_precision


@dataclass(frozen=True, slots=True, eq=False)
class Word:
    """The judges' word on labelled rows (n), and its mean over all kept rows."""

    f: Floats
    mean: float


def best_moments(decided: LabelSet, kept: int, word: Word | None, settings: TrustSettings) -> tuple[Moments, str]:
    """Return the moments of the precision of `kept` rows, and why judges did not help ('' where they did, or none are).

    Moments with the judges' help have `explained` above 0.
    """
    why = ""
    if word is not None:
        passed = gate(decided, word.f, settings)
        if passed.open:
            return regress(decided, word.f, word.mean, kept).moments, ""
        why = passed.why
    return (simple_precision(decided, kept) if decided.simple else hajek_precision(decided)), why
