"""Judges narrow an interval and never move the truth: prediction-powered inference (Angelopoulos et al. 2023, PPI++).

In survey terms the regression estimator: the labelled rows tell how judges and truth go together, all kept rows what
the judges say of the whole. A useless judge costs width, not validity. One path for any mix of draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, sqrt

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.effective import Moments
from engine.curation.trust.intervals import Floats, finite_base
from engine.curation.trust.label_set import LabelSet


@dataclass(frozen=True, slots=True)
class Helped:
    """A share estimated with the judges' help, and what they were worth."""

    moments: Moments
    slope: float
    correlation: float
    """Of judges and labels within the kept set; a label is worth 1 / (1 - its square)."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether judges may help: enough labels, of both verdicts, and a correlation that is no accident."""

    open: bool
    why: str


def fill(f: Floats, mean: float | None = None) -> Floats:
    """Return scores with a mean in the place of missing ones, their own where none is given: no row is dropped."""
    lacking = ~np.isfinite(f)
    if not lacking.any():
        return f
    if mean is None or not np.isfinite(mean):
        mean = 0.0 if lacking.all() else float(f[~lacking].mean())
    return np.where(lacking, mean, f)


def _centred(values: Floats, weight: Floats) -> tuple[float, Floats]:
    mean = float(weight @ values / weight.sum())
    return mean, values - mean


def correlation(inside: LabelSet, f: Floats) -> float:
    """Return the weighted correlation of verdicts (n) and judges' word f (n), 0 where either is constant."""
    d = inside.weight
    _, y = _centred(inside.good, d)
    _, x = _centred(f, d)
    size = float(d @ (y * y)) * float(d @ (x * x))
    return float(d @ (y * x)) / sqrt(size) if size > 1e-24 * float(d.sum()) ** 2 else 0.0


def gate(inside: LabelSet, f: Floats, settings: TrustSettings | None = None) -> Gate:
    """Tell whether the judges are informative enough within the kept set (small samples: Mani et al. 2025)."""
    known = settings or TrustSettings()
    m = int(inside.random.sum())
    if m < known.gate_labels:
        return Gate(False, f"judges help from {known.gate_labels} random labels on")
    good = int(inside.good[inside.random].sum())
    if min(good, m - good) < known.gate_class:
        return Gate(False, f"judges help from {known.gate_class} labels of either verdict on")
    if correlation(inside, f) <= known.gate_correlation / sqrt(m):
        return Gate(False, "judges not informative enough here yet")
    return Gate(True, "")


def regress(inside: LabelSet, f: Floats, mean: float, kept: int, slope: float | None = None) -> Helped:
    """Return P + slope (mean f of all kept rows - mean f of the labelled ones), and its variance.

    Args:
        inside: decided labels of kept rows (n).
        f: the judges' word on them (n), from models that did not see their labels.
        mean: its mean over all kept rows.
        kept: their number K.
        slope: 1 is plain PPI, 0 the classical estimate; found by least squares, never negative, where it is not given.
    """
    d, u = inside.weight, inside.spread
    total = float(d.sum())
    precision, y = _centred(inside.good, d)
    centre, x = _centred(f, d)
    power = float(d @ (x * x))
    if slope is None:
        slope = max(float(d @ (x * y)) / power, 0.0) if power > 1e-12 * total else 0.0
    error = y - slope * x
    random = inside.random
    m = int(random.sum())
    good = int(inside.good[random].sum())
    more = (m - 1) / (m - 2) if m > 2 else inf
    if inside.simple:
        base, freedom = float(finite_base(m, kept)), float(m - 2)
        variance = more * float(error @ error) / (m - 1) / m * (1 - m / kept) if m > 1 else inf
    else:
        base, freedom = inside.kish(), inside.kish() - 1
        variance = more * float((u * error) @ (u * error)) / total**2
    rho = correlation(inside, f)
    value = precision + slope * (mean - centre)
    moments = Moments(value, variance, m, base, freedom, min(good, m - good), not inside.simple, rho * rho)
    return Helped(moments, slope, rho)
