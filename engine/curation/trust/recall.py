"""Recall of a kept set, and F1 and accuracy: what needs random labels outside the kept set as well."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, isinf

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust import refusals
from engine.curation.trust.asked import Asked
from engine.curation.trust.effective import Moments, effective_wilson
from engine.curation.trust.estimated import Estimated, NotShown
from engine.curation.trust.intervals import Flags, Floats
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.regression import fill
from engine.curation.trust.undecided import missing_at_random, taken_as, undecided_share
from engine.curation.trust.weighted import hajek_recall, simple_recall

SIMPLE = "Wilson, good rows of one simple random draw"
WEIGHTED = "ratio of weighted good rows, effective-size Wilson"
EVERYTHING = "exact: every row is kept"
ALL_LABELLED = "exact: every row is labelled"
BOOTSTRAP = "bootstrap of labels inside and outside the kept set"


def recall(asked: Asked) -> Estimated:
    """Return the share of good rows of the frame that are kept, with its interval, or why there is none."""
    refusal = _before(asked)
    if refusal is not None:
        return asked.refused(refusal, asked.labels)
    if asked.size == asked.frame:
        return asked.exact(1.0, EVERYTHING, asked.labels)
    whole = asked.labels.where(asked.labels.answered)
    if len(whole) == asked.frame and whole.good.sum() > 0:
        held = float(whole.good[asked.kept[whole.row]].sum())
        return asked.exact(held / float(whole.good.sum()), ALL_LABELLED, asked.labels)
    countable = asked.labels.where(asked.labels.countable)
    read = RecallLabels.of(countable, asked.settings, _word(asked, countable))
    refusal = read.few(asked.kept[countable.row]) or _outside(asked)
    if refusal is not None:
        return asked.refused(refusal, asked.labels)
    found = read.ends(asked.kept[countable.row])
    return asked.refused(found, asked.labels) if isinstance(found, NotShown) else _shown(asked, read, found)


def _shown(asked: Asked, read: RecallLabels, found: RecallEnds) -> Estimated:
    estimator = WEIGHTED if found.moments.capped else SIMPLE
    if read.worst:
        estimator = f"{estimator}, worst case over open rows"
    made = asked.told(estimator, asked.labels, (found.moments.value, found.low, found.high))
    open_rows = int((~read.countable.decided).sum())
    return replace(
        made,
        effective=None if isinf(found.labels) else found.labels,
        assumptions=("random draws with known probabilities, verdicts taken as true",),
        notes=(f"{open_rows} undecided",) if open_rows else (),
        rough=found.moments.size < asked.settings.rough_labels,
    )


@dataclass(frozen=True, slots=True)
class RecallEnds:
    """A recall with its interval, and what it rests on."""

    moments: Moments
    low: float
    high: float
    labels: float


@dataclass(frozen=True, slots=True, eq=False)
class RecallLabels:
    """The labels of a frame as recall is read from them: unlabelled rows are not asked, whatever is kept of them."""

    countable: LabelSet
    decided: LabelSet
    worst: bool
    """Whether so many rows are open that the worst case is told."""
    settings: TrustSettings

    @staticmethod
    def of(countable: LabelSet, settings: TrustSettings, f: Floats | None = None) -> RecallLabels:
        """Read the countable labels of a frame once, for many kept sets."""
        worst = undecided_share(countable) > settings.undecided
        return RecallLabels(countable, missing_at_random(countable, f), worst, settings)

    def few(self, inside: Flags) -> NotShown | None:
        """Refuse a kept set, by which of the countable labels it keeps, where the labels are too few."""
        return refusals.recall_few(self.decided, inside[self.countable.decided], self.settings)

    def ends(self, inside: Flags) -> RecallEnds | NotShown:
        """Return value and interval for a kept set, by which of the countable labels it keeps."""
        moments = _moments(self.decided, inside[self.countable.decided])
        if moments.capped and moments.base < self.settings.least_kish:
            why = f"The good random labels are worth {moments.base:.0f} by their weights."
            return NotShown("uneven", why, self.settings.fresh_draw)
        found = effective_wilson(moments, self.settings)
        low, high = self._worst(inside) if self.worst else (found.low, found.high)
        return RecallEnds(moments, low, high, found.labels)

    def _worst(self, inside: Flags) -> tuple[float, float]:
        """Return the ends with every open row against recall (bad where kept, good elsewhere), and for it."""
        good, bad = taken_as(self.countable, True).verdict, taken_as(self.countable, False).verdict
        against = replace(self.countable, verdict=np.where(inside, bad, good).astype(np.int8))
        speaking = replace(self.countable, verdict=np.where(inside, good, bad).astype(np.int8))
        low = effective_wilson(_moments(against, inside), self.settings).low
        return low, effective_wilson(_moments(speaking, inside), self.settings).high


def _moments(labels: LabelSet, inside: Flags) -> Moments:
    return simple_recall(labels, inside) if labels.simple else hajek_recall(labels, inside)


def _before(asked: Asked) -> NotShown | None:
    return (
        refusals.empty(asked.size, asked.labels)
        or refusals.ledger(asked.labels, asked.settings)
        or refusals.not_random(asked.labels)
        or refusals.unlike(asked.imbalance(), asked.settings)
    )


def _outside(asked: Asked) -> NotShown | None:
    """Refuse where rows outside the kept set could not be drawn."""
    if asked.reachable is None:
        return None
    return refusals.unreachable(~asked.kept, asked.reachable, asked.labels, asked.settings) or refusals.unreachable(
        asked.kept, asked.reachable, asked.labels, asked.settings
    )


def _word(asked: Asked, labels: LabelSet) -> Floats | None:
    return None if asked.judged is None else fill(asked.judged.f[labels.row])


def both_sides(asked: Asked) -> Estimated:
    """Return F1 or accuracy of keeping as a prediction of "good", with a percentile bootstrap of the labels."""
    refusal = _before(asked)
    if refusal is not None:
        return asked.refused(refusal, asked.labels)
    whole = asked.labels.where(asked.labels.answered)
    if len(whole) == asked.frame:
        sides = [whole.good[asked.kept[whole.row] == inside].mean() if count else 0.0
                 for inside, count in ((True, asked.size), (False, asked.frame - asked.size))]  # fmt: skip
        return asked.exact(float(_score(asked, *map(np.atleast_1d, sides))[0]), ALL_LABELLED, asked.labels)
    countable = asked.labels.where(asked.labels.countable)
    decided = missing_at_random(countable, _word(asked, countable))
    inside = asked.kept[decided.row]
    good = int(decided.good[decided.random].sum())
    if good < asked.settings.f1_good:
        price = (asked.settings.f1_good - good) * int(decided.random.sum()) // max(good, 1)
        why = f"{good} good rows among the random labels; {asked.settings.f1_good} are needed."
        return asked.refused(NotShown("few_good", why, max(price, 1)), asked.labels)
    if undecided_share(countable) > asked.settings.undecided:
        why = f"{int((~countable.decided).sum())} drawn rows are undecided."
        return asked.refused(NotShown("undecided", why, int((~countable.decided).sum())), asked.labels)
    refusal = _thin(decided, inside, asked) or _outside(asked)
    if refusal is not None:
        return asked.refused(refusal, asked.labels)
    made = _resampled(decided, inside, asked)
    return replace(
        asked.told(BOOTSTRAP, asked.labels, made),
        assumptions=("random draws with known probabilities, verdicts taken as true",),
    )


def _thin(decided: LabelSet, inside: Flags, asked: Asked) -> NotShown | None:
    least = asked.settings.least_labels
    for name, part, rows in (("inside", inside, asked.size), ("outside", ~inside, asked.frame - asked.size)):
        count = int((decided.random & part).sum())
        if rows and count < least:
            return NotShown(f"few_{name}", f"{count} random labels {name} the kept set.", least - count)
    return None


def _resampled(decided: LabelSet, inside: Flags, asked: Asked) -> tuple[float, float, float]:
    """Return value, low and high; a side with one verdict alone is resampled at (k + 1) / (n + 2), never as certain."""
    rng = np.random.default_rng(asked.seed)
    shares, draws = [], []
    for part in (inside, ~inside):
        mine = decided.where(part)
        worth = mine.kish() if len(mine) and not mine.simple else inf
        n = len(mine) if worth == inf else round(worth)
        p = float(mine.weight @ mine.good / mine.weight.sum()) if len(mine) else 0.0
        shares.append(p)
        rate = p if 0 < p < 1 else (p * n + 1) / (n + 2)
        size = asked.settings.resamples
        draws.append(rng.binomial(n, rate, size) / n if len(mine) else np.zeros(size))
    value = float(_score(asked, *(np.array([share]) for share in shares))[0])
    side = (1 - asked.settings.confidence) / 2
    low, high = np.quantile(_score(asked, *draws), [side, 1 - side])
    return value, min(float(low), value), max(float(high), value)


def _score(asked: Asked, inside: Floats, outside: Floats) -> Floats:
    """Return F1 or accuracy of the shares of good rows inside and outside the kept set."""
    hits, missed = asked.size * inside, (asked.frame - asked.size) * outside
    if asked.quantity == "accuracy":
        return (hits + (asked.frame - asked.size) - missed) / asked.frame
    whole = asked.size + hits + missed
    return np.divide(2 * hits, whole, out=np.zeros_like(hits), where=whole > 0)
