"""Precision as a limit moves: at each limit by itself, and with a band that holds at all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.axis import ScoreAxis, TickSet
from engine.curation.trust.bands import JointBounds, counted_bounds, influence, weighted_bounds
from engine.curation.trust.between import lower_between, upper_between
from engine.curation.trust.effective import Moments, effective_wilson
from engine.curation.trust.intervals import Flags, Floats, Ints
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.reading import Word, best_moments
from engine.curation.trust.undecided import missing_at_random, taken_as

NONE_LIVE = "no limit has enough labels"
WORST = "worst case over open rows"


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionCurve:
    """Precision at each limit, the strictest first; nan where there are too few labels to say anything."""

    ticks: TickSet
    value: Floats
    low: Floats
    high: Floats
    """The interval for one limit that was chosen beforehand."""
    lower: Floats
    upper: Floats
    """Bounds that hold at all limits at once, wherever the curve is looked at."""
    live: Flags
    """Limits with enough labels for a bound."""
    labels: Ints
    """Random labels among the rows that each limit keeps."""
    error: float
    method: str

    def at(self, sizes: Ints) -> tuple[Floats, Floats]:
        """Return lower and upper bounds of kept sets of these sizes along the same axis, between the limits too."""
        rows = self.ticks.size
        return lower_between(sizes, rows, self.lower), upper_between(sizes, rows, self.upper)


def precision_curve(
    axis: ScoreAxis,
    labels: LabelSet,
    base: Flags | None = None,
    *,
    error: float | None = None,
    settings: TrustSettings | None = None,
    seed: int = 0,
    ticks: TickSet | None = None,
) -> PrecisionCurve:
    """Return the precision of what each limit of a score keeps, and a band over all limits.

    Args:
        axis: the rows by the score; with the judges' word, where they may narrow the band.
        labels: labels of the frame; only drawn rows, and known rows with a weight, count.
        base: rows that all other rules keep (N).
        error: how often the band may miss anywhere; lower and upper bounds each may where labels are of one simple
            draw, both together where they weigh.
        settings: ticks, fewest labels, draws.
        seed: of the draws: the same screen shows the same band.
        ticks: limits of this axis and base, where they are known.
    """
    known = settings or TrustSettings()
    ticks = axis.ticks(base, known.ticks) if ticks is None else ticks
    view = _View(axis, ticks, base, known, known.slider_error if error is None else error, seed)
    chosen = np.flatnonzero(labels.countable & (True if base is None else base[labels.row]))
    chosen = chosen[np.argsort(axis.place[labels.row[chosen]], kind="stable")]
    countable = labels.where(chosen)
    word = axis.word_of(countable.row)
    decided = view.reading(missing_at_random(countable), None if word is None else word[countable.decided])
    live = view.live(decided)
    band, points = view.band(decided, live), _points(decided.moments, known)
    many = view.many_open(countable)
    if many.any():
        band, points = _worst(view, countable, word, live, many, band, points)
    whole = np.full((2, len(ticks)), np.nan)
    whole[:, live] = band.lower, band.upper
    counts = decided.holds[decided.labels.random].sum(0)
    value, low, high = points.T
    return PrecisionCurve(ticks, value, low, high, whole[0], whole[1], live, counts, view.error, band.method)


def _worst(
    view: _View, countable: LabelSet, word: Floats | None, live: Flags, many: Flags, band: JointBounds, points: Floats
) -> tuple[JointBounds, Floats]:
    """Return band and points with the worst case at the limits that keep many open rows."""
    against, speaking = (view.reading(taken_as(countable, good), word) for good in (False, True))
    low, high = _points(against.moments, view.settings)[:, 1], _points(speaking.moments, view.settings)[:, 2]
    made = np.column_stack((points[:, 0], np.where(many, low, points[:, 1]), np.where(many, high, points[:, 2])))
    if not live.any():
        return band, made
    lower = np.where(many[live], np.minimum(view.band(against, live).lower, band.lower), band.lower)
    upper = np.where(many[live], np.maximum(view.band(speaking, live).upper, band.upper), band.upper)
    return JointBounds(lower, upper, f"{band.method}, {WORST}", band.at), made


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """One look at an axis: the same limits for every set of labels."""

    axis: ScoreAxis
    ticks: TickSet
    base: Flags | None
    settings: TrustSettings
    error: float
    seed: int

    def reading(self, labels: LabelSet, word: Floats | None) -> _Reading:
        """Return the moments at each limit; `labels` in the order of the axis."""
        holds = self.axis.holds(labels.row, self.ticks, self.base)
        random = holds[labels.random].sum(0)
        found: list[Moments | None] = []
        for tick, rows in enumerate(self.ticks.size):
            inside = holds[:, tick]
            if random[tick] < min(self.settings.least_labels, rows):
                found.append(None)
                continue
            means = self.ticks.word
            said = None if word is None or means is None else Word(word[inside], float(means[tick]))
            found.append(best_moments(labels.where(inside), int(rows), said, self.settings)[0])
        return _Reading(labels, word, holds, found)

    def many_open(self, countable: LabelSet) -> Flags:
        """Return the limits of whose labels, by weight, too many have no verdict for them to be taken as the others."""
        if countable.decided.all():
            return np.zeros(len(self.ticks), np.bool_)
        held = countable.weight @ self.axis.holds(countable.row, self.ticks, self.base)
        mine = countable.where(~countable.decided)
        open_part = mine.weight @ self.axis.holds(mine.row, self.ticks, self.base)
        return np.divide(open_part, held, out=np.zeros(len(held)), where=held > 0) > self.settings.undecided

    def live(self, reading: _Reading) -> Flags:
        """Return the limits that have a bound."""
        least, weighing = self.settings.tick_labels, self.settings.tick_kish
        enough = [
            one is not None and (one.base >= weighing if one.capped else one.size >= least) for one in reading.moments
        ]
        return np.array(enough, bool)

    def band(self, reading: _Reading, live: Flags) -> JointBounds:
        """Return the bounds at the live limits."""
        if not live.any():
            return JointBounds(np.zeros(0), np.zeros(0), NONE_LIVE, 0.0)
        holds, labels = reading.holds[:, live], reading.labels
        known = [one for one, on in zip(reading.moments, live, strict=True) if on and one is not None]
        helped = np.array([one.explained > 0 for one in known], bool)
        if labels.simple and not helped.any():
            return counted_bounds(holds, labels.good, self.ticks.size[live], self.error, self.seed, self.settings)
        moves = influence(labels, holds, reading.word, helped)
        return weighted_bounds(known, moves, self.error, self.seed, self.settings)


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """Labels in the order of the axis, which of them each limit keeps, and the moments there (None: too few)."""

    labels: LabelSet
    word: Floats | None
    holds: Flags
    moments: list[Moments | None]


def _points(moments: list[Moments | None], settings: TrustSettings) -> Floats:
    """Return value, low and high at each limit (M, 3)."""
    rows = []
    for one in moments:
        if one is None:
            rows.append((np.nan,) * 3)
            continue
        found = effective_wilson(one, settings)
        rows.append((min(max(one.value, 0.0), 1.0), found.low, found.high))
    return np.array(rows, float).reshape(-1, 3)
