"""The limit to choose so that a target holds: by the band that the curve shows, or by a strict test of its own."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy import special
from scipy.stats import hypergeom

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.certificate import LARGE, clean_run
from engine.curation.trust.curve import PrecisionCurve
from engine.curation.trust.forecast import labels_to_prove
from engine.curation.trust.intervals import Floats, Ints

BAND = "largest kept set whose simultaneous lower bound reaches the target"
BONFERRONI = "exact tests of eight kept shares (Bonferroni)"
SEQUENCE = "exact tests in a fixed order (Learn then Test)"


@dataclass(frozen=True, slots=True)
class LimitChoice:
    """A limit that holds a target with probability 1 - error; `tick` is None where none does, and `why` says it."""

    tick: int | None
    limit: float | None
    kept: int
    method: str
    why: str = ""
    clean: int = 0
    """Labels that would prove the target with not one bad among them."""
    expected: int | None = None
    """Labels that would likely prove it at the precision that the surest limit seems to have; None where none would."""
    impossible: bool = False
    """Whether even the upper bounds of all limits miss the target."""


def choose(curve: PrecisionCurve, target: float) -> LimitChoice:
    """Return the laxest live limit whose simultaneous lower bound reaches the target: it agrees with the curve."""
    passing = np.flatnonzero(curve.live & (curve.lower >= target - 1e-12))
    if len(passing):
        return _chosen(curve, int(passing[-1]), BAND)
    return none_passes(curve, target, BAND)


def none_passes(curve: PrecisionCurve, target: float, method: str) -> LimitChoice:
    """Say that no limit holds the target, and what it would cost to prove one."""
    clean = clean_run(target, curve.error)
    if not curve.live.any():
        return LimitChoice(None, None, 0, method, "No limit has enough random labels yet.", clean)
    upper = curve.upper[curve.live]
    if float(upper.max()) < target:
        why = f"No limit of this score can reach {target:.1%}: at most {float(upper.max()):.1%} is believable."
        return LimitChoice(None, None, 0, method, why, clean, impossible=True)
    best = float(curve.value[curve.live][int(np.argmax(curve.lower[curve.live]))])
    price = labels_to_prove(best, target, curve.error) if best > target else None
    seems = f"The limit with the best bound seems to hold {best:.1%}"
    why = f"{seems}; more labels may prove {target:.1%}." if price else f"{seems}, not {target:.1%}."
    return LimitChoice(None, None, 0, method, why, clean, price)


def _chosen(curve: PrecisionCurve, tick: int, method: str) -> LimitChoice:
    return LimitChoice(tick, float(curve.ticks.limit[tick]), int(curve.ticks.size[tick]), method)


def p_values(good: Ints, labels: Ints, target: float, sizes: Ints | None = None) -> Floats:
    """Return the p-value of each limit against "its precision is below the target", exact.

    Binomial, or hypergeometric where the limit keeps few rows for its labels (`sizes`, all rows that each keeps).
    """
    k, n = np.asarray(good, float), np.asarray(labels, float)
    found = np.where(k > 0, special.betainc(np.maximum(k, 1), n - k + 1, target), 1.0)
    if sizes is None:
        return found
    for at, rows in enumerate(np.asarray(sizes)):
        if rows <= LARGE * n[at] and k[at] > 0:
            most = ceil(target * rows - 1e-9) - 1
            found[at] = float(hypergeom.sf(k[at] - 1, rows, most, n[at])) if most >= 0 else 0.0
    return found


def fixed_sequence(values: Floats, error: float, start: int = 0) -> int | None:
    """Return the last limit before the first that fails, from `start` to laxer ones; None where the first one fails.

    One-dimensional Learn then Test (Angelopoulos et al. 2021): each test spends the whole error, since all stop at
    the first failure. `start` must not depend on verdicts.
    """
    last = None
    for at in range(start, len(values)):
        if values[at] > error:
            break
        last = at
    return last


def good_start(labels: Ints, target: float, settings: TrustSettings | None = None) -> int | None:
    """Return the first limit with labels enough to allow six bad ones; it sees counts, no verdict."""
    least = (settings or TrustSettings()).strict_start / (1 - target)
    enough = np.flatnonzero(np.asarray(labels) >= least - 1e-9)
    return int(enough[0]) if len(enough) else None


def choose_strictly(
    curve: PrecisionCurve, good: Ints, target: float, simple: bool, settings: TrustSettings | None = None
) -> LimitChoice:
    """Return the laxer limit of two exact tests at half the error each; holds for every number of labels.

    Args:
        curve: limits, kept rows, random labels and error.
        good: good ones among the random labels of each limit (M).
        target: the precision to hold.
        simple: whether labels are of one simple draw; others have no exact test.
        settings: kept shares of the first test, and where the second starts.
    """
    known = settings or TrustSettings()
    if not simple:
        why = "The exact tests need labels of one simple random draw."
        return LimitChoice(None, None, 0, BONFERRONI, why, clean_run(target, curve.error))
    if not len(curve.ticks):
        return none_passes(curve, target, BONFERRONI)
    half = curve.error / 2
    values = p_values(good, curve.labels, target, curve.ticks.size)
    shares = np.asarray(known.strict_shares)
    at = np.unique(np.searchsorted(curve.ticks.size, shares * curve.ticks.size[-1] - 1e-9))
    passing = at[values[at] <= half / len(shares)]
    several = int(passing[-1]) if len(passing) else None
    start = good_start(curve.labels, target, known)
    ordered = None if start is None else fixed_sequence(values, half, start)
    if several is None and ordered is None:
        return none_passes(curve, target, BONFERRONI)
    if ordered is None or (several is not None and several >= ordered):
        assert several is not None
        return _chosen(curve, several, BONFERRONI)
    return _chosen(curve, ordered, SEQUENCE)
