"""What labels say of every limit of a score, the other rules as they stand: precision, recall, and what may be chosen.

A limit says the same as `estimate` says of its kept rows, and where that refuses, nothing. Kept rows that no draw could
take widen the band by as much as they could move the truth; an exact test is not made of them at all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust import refusals
from engine.curation.trust.axis import ScoreAxis, TickSet
from engine.curation.trust.choose import LimitChoice, choose, choose_strictly
from engine.curation.trust.curve import PrecisionCurve, precision_curve
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import NotShown
from engine.curation.trust.intervals import Flags, Floats, Ints
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.recall import RecallLabels
from engine.curation.trust.undecided import missing_at_random

UNDRAWN = "Some of these rows could not have been drawn: an exact test cannot speak of them."


@dataclass(frozen=True, slots=True, eq=False)
class RecallCurve:
    """Recall at each limit with its interval for one limit; nan where nothing can be said."""

    value: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class LimitCurve:
    """Precision and recall over a limit. Without a curve, `refusal` says why there is none."""

    precision: PrecisionCurve
    recall: RecallCurve
    every: TickSet
    """All limits that can be set and differ in what they keep."""
    refusal: NotShown | None
    strict: PrecisionCurve
    """Counts for an exact test: open rows among the labels, not among the good ones."""
    good: Ints
    simple: bool
    """Whether labels are of one simple draw, which an exact test needs."""
    undrawn: int
    """Rows that no draw could take."""

    def chosen(self, target: float) -> LimitChoice:
        """Return the laxest limit whose lower bound in the band reaches the target."""
        return choose(self.precision, target)

    def chosen_strictly(self, target: float, settings: TrustSettings | None = None) -> LimitChoice:
        """Return the limit that exact tests allow."""
        found = choose_strictly(self.strict, self.good, target, self.simple and not self.undrawn, settings)
        return replace(found, why=UNDRAWN) if self.undrawn and found.tick is None else found

    def band(self) -> tuple[Floats, Floats]:
        """Return lower and upper bounds at every limit that can be set, between the ticks too."""
        return self.precision.at(self.every.size)


def limit_curve(
    axis: ScoreAxis,
    labels: LabelSet,
    base: Flags,
    reachable: Flags,
    *,
    error: float | None = None,
    settings: TrustSettings | None = None,
    seed: int = 0,
) -> LimitCurve:
    """Return what labels say of all limits of an axis.

    Args:
        axis: the rows by the score.
        labels: labels of the frame.
        base: rows that all other rules keep (N).
        reachable: rows that some draw could have taken (N).
        error: how often the band may miss anywhere.
        settings: when something is shown.
        seed: the same screen shows the same band.
    """
    known = settings or TrustSettings()
    inside = base & axis.on
    laxest = estimate("precision", inside, labels, reachable=reachable, settings=known)
    refusal = laxest.refusal
    usable = labels if refusal is None else labels.where(np.zeros(len(labels), np.bool_))
    found = precision_curve(axis, usable, base, error=error, settings=known, seed=seed)
    mine = usable.where(usable.countable)
    holds = axis.holds(mine.row, found.ticks, base)
    lost = _undrawn(axis, inside, mine, reachable)
    inside_lost = np.searchsorted(lost, found.ticks.end)
    drawn, good = holds[mine.random].sum(0), (mine.good[mine.random] @ holds[mine.random]).round().astype(np.int64)
    return LimitCurve(
        _honest(found, mine, holds, inside_lost, known),
        _recall(axis, found.ticks, usable, base, reachable, known),
        axis.every(base),
        refusal,
        replace(found, labels=drawn),
        good,
        usable.where(base[usable.row] & usable.countable).simple,
        len(lost),
    )


def _undrawn(axis: ScoreAxis, inside: Flags, countable: LabelSet, reachable: Flags) -> Ints:
    """Return the places, in rising order, of rows that no draw could take and nobody labelled."""
    lost = inside & ~reachable
    lost[countable.row[countable.decided]] = False
    return np.sort(axis.place[np.flatnonzero(lost)]).astype(np.int64)


def _honest(
    curve: PrecisionCurve, countable: LabelSet, holds: Flags, lost: Ints, settings: TrustSettings
) -> PrecisionCurve:
    """Return the curve without the limits that `estimate` refuses, its band with room for what nobody could draw."""
    share = lost / np.maximum(curve.ticks.size, 1)
    said = share <= settings.unreachable
    decided = missing_at_random(countable)
    mine = holds[countable.decided]
    for tick, rows in enumerate(curve.ticks.size.tolist()):
        if said[tick] and refusals.few(decided.where(mine[:, tick]), rows, settings) is not None:
            said[tick] = False
    value, low, high, lower, upper = (
        np.where(said, one, np.nan) for one in (curve.value, curve.low, curve.high, curve.lower, curve.upper)
    )
    return replace(
        curve, value=value, low=low, high=high, lower=lower * (1 - share), upper=upper * (1 - share) + share,
        live=curve.live & said,
    )  # fmt: skip


def _recall(
    axis: ScoreAxis, ticks: TickSet, labels: LabelSet, base: Flags, reachable: Flags, settings: TrustSettings
) -> RecallCurve:
    """Return recall at each limit, as `estimate` says it of the same rows."""
    none = np.full((3, len(ticks)), np.nan)
    mine = labels.where(labels.countable)
    everywhere = np.ones(len(base), np.bool_)
    whole = estimate("recall", everywhere, labels, reachable=reachable, settings=settings)
    if whole.refusal is not None or not mine.random.any():
        return RecallCurve(*none)
    read = RecallLabels.of(mine, settings)
    holds = axis.holds(mine.row, ticks, base)
    lost = ~reachable
    lost[mine.row[mine.decided]] = False
    within = np.searchsorted(_undrawn(axis, base & axis.on, mine, reachable), ticks.end)
    without = int(np.count_nonzero(lost)) - within
    most = settings.unreachable
    for tick, rows in enumerate(ticks.size.tolist()):
        outside = len(base) - rows
        if outside == 0:
            none[:, tick] = 1.0
        elif within[tick] <= most * rows and without[tick] <= most * outside and read.few(holds[:, tick]) is None:
            found = read.ends(holds[:, tick])
            if not isinstance(found, NotShown):
                none[:, tick] = found.moments.value, found.low, found.high
    return RecallCurve(*none)
