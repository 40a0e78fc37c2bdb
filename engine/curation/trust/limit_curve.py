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

    @staticmethod
    def none(limits: int) -> RecallCurve:
        """Return that nothing can be said at so many limits."""
        return RecallCurve(*np.full((3, limits), np.nan))


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
    unread: int
    """Drawn rows without a verdict."""

    def chosen(self, target: float) -> LimitChoice:
        """Return the laxest limit whose lower bound in the band reaches the target."""
        found = choose(self.precision, target)
        # Where drawn rows wait, no price can be told: their verdicts decide first.
        waits = self.unread and found.tick is None and not self.precision.live.any()
        return replace(found, why=_waiting(self.unread), clean=0, expected=None) if waits else found

    def chosen_strictly(self, target: float, settings: TrustSettings | None = None) -> LimitChoice:
        """Return the limit that exact tests allow."""
        found = choose_strictly(self.strict, self.good, target, self.simple and not self.undrawn, settings)
        if not self.undrawn or found.tick is not None:
            return found
        return replace(found, why=UNDRAWN, clean=0, expected=None)

    def band(self) -> tuple[Floats, Floats]:
        """Return lower and upper bounds at every limit that can be set, between the ticks too."""
        return self.precision.at(self.every.size)


def _waiting(unread: int) -> str:
    rows = "1 drawn row has" if unread == 1 else f"{unread:,} drawn rows have"
    return f"{rows} no verdict yet, and no limit has enough random labels without."


def limit_curve(
    axis: ScoreAxis,
    labels: LabelSet,
    base: Flags,
    reachable: Flags | None = None,
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
        reachable: rows that some draw could have taken (N); all where it is not given.
        error: how often the band may miss anywhere.
        settings: when something is shown.
        seed: the same screen shows the same band.
    """
    known = settings or TrustSettings()
    inside = base & axis.on
    refusal = estimate("precision", inside, labels, reachable=reachable, settings=known).refusal
    usable = labels if refusal is None else labels.where(np.zeros(len(labels), np.bool_))
    ticks, every = axis.limits(base, known.ticks)
    found = precision_curve(axis, usable, base, error=error, settings=known, seed=seed, ticks=ticks)
    mine = usable.where(usable.countable)
    holds = axis.holds(mine.row, ticks, base)
    lost = _undrawn(mine, reachable)
    places = np.sort(axis.place[lost[inside[lost]]])
    within = np.searchsorted(places, ticks.end)
    recall = _recall(usable, base, reachable, known)
    return LimitCurve(
        _honest(found, mine, holds, within, known),
        RecallCurve.none(len(ticks)) if recall is None else recall.along(ticks, holds, within, len(lost)),
        every,
        refusal,
        replace(found, labels=holds[mine.random].sum(0)),
        (mine.good[mine.random] @ holds[mine.random]).round().astype(np.int64),
        usable.where(base[usable.row] & usable.countable).simple,
        len(places),
        int((inside[labels.row] & labels.random & ~labels.decided).sum()),
    )


def _undrawn(countable: LabelSet, reachable: Flags | None) -> Ints:
    """Return the rows that no draw could take and nobody labelled."""
    if reachable is None:
        return np.zeros(0, np.int64)
    lost = ~reachable
    lost[countable.row[countable.decided]] = False
    return np.flatnonzero(lost)


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


@dataclass(frozen=True, slots=True, eq=False)
class _RecallRead:
    """The labels of a frame, read for recall at many limits."""

    read: RecallLabels
    frame: int

    def along(self, ticks: TickSet, holds: Flags, within: Ints, lost: int) -> RecallCurve:
        """Return recall at each limit, as `estimate` says it of the same rows.

        `within` of the `lost` rows that no draw could take are kept at each limit.
        """
        ends = np.full((3, len(ticks)), np.nan)
        most = self.read.settings.unreachable
        for tick, rows in enumerate(ticks.size.tolist()):
            outside, there = self.frame - rows, int(within[tick])
            if outside == 0:
                ends[:, tick] = 1.0
            elif there <= most * rows and lost - there <= most * outside and self.read.few(holds[:, tick]) is None:
                found = self.read.ends(holds[:, tick])
                if not isinstance(found, NotShown):
                    ends[:, tick] = found.moments.value, found.low, found.high
        return RecallCurve(*ends)


def _recall(labels: LabelSet, base: Flags, reachable: Flags | None, settings: TrustSettings) -> _RecallRead | None:
    """Read the labels of a frame for recall; None where recall is refused whatever is kept."""
    everything = np.ones(len(base), np.bool_)
    whole = estimate("recall", everything, labels, reachable=reachable, settings=settings)
    if whole.refusal is not None:
        return None
    return _RecallRead(RecallLabels.of(labels.where(labels.countable), settings), len(base))
