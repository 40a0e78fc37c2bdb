"""Precision of a kept set: the share of its rows that are good, by the estimator that the labels allow."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isinf

import numpy as np

from engine.curation.trust import refusals
from engine.curation.trust.asked import Asked
from engine.curation.trust.effective import Moments, effective_wilson
from engine.curation.trust.estimated import Estimated, Narrowing
from engine.curation.trust.intervals import wilson_of
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.reading import Word, best_moments
from engine.curation.trust.regression import fill
from engine.curation.trust.strata import StratumCells, merged, stratified
from engine.curation.trust.undecided import missing_at_random, taken_as
from engine.curation.trust.weighted import weight_check

SIMPLE = "Wilson, one simple random draw"
WEIGHTED = "Hajek ratio, effective-size Wilson"
STRATIFIED = "stratified, effective-size Wilson"
HELPED = "prediction-powered (PPI++), effective-size Wilson"
ALL_LABELLED = "exact: every kept row is labelled"
WORST = "worst case over open rows"
MORE = "label more random rows of the kept set"
DECIDE = "decide the open rows"


@dataclass(frozen=True, slots=True)
class _Reading:
    """Moments with the words that go beside them."""

    moments: Moments
    estimator: str
    assumptions: tuple[str, ...]
    notes: tuple[str, ...] = ()


def precision(asked: Asked) -> Estimated:
    """Return the precision of the kept set with its interval, or why there is none."""
    countable, known = asked.countable, asked.settings
    refusal = (
        refusals.empty(asked.size, asked.labels)
        or refusals.ledger(asked.labels, known)
        or refusals.not_random(asked.inside)
    )
    if refusal is not None:
        return asked.refused(refusal)
    whole = asked.inside.where(asked.inside.answered)
    if len(whole) == asked.size:
        return asked.exact(float(whole.good.mean()), ALL_LABELLED)
    f = None if asked.judged is None else fill(asked.judged.f[countable.row])
    decided = missing_at_random(countable, f)
    refusal = (
        refusals.unreachable(asked.kept, asked.reachable, asked.inside, known)
        or refusals.few(decided, asked.size, known)
        or refusals.unlike(asked.imbalance(), known)
    )
    if refusal is None and (cells := _cells(asked, decided)) is not None and cells.unseen > known.cell_unseen:
        refusal = refusals.unseen_stratum(cells.unseen, known)
    return _shown(asked, decided) if refusal is None else asked.refused(refusal)


def _shown(asked: Asked, decided: LabelSet) -> Estimated:
    reading = _reading(asked, decided)
    found = effective_wilson(reading.moments, asked.settings)
    low, high, estimator = found.low, found.high, reading.estimator
    if asked.open_share > asked.settings.undecided:
        low = effective_wilson(_reading(asked, taken_as(asked.countable, False)).moments, asked.settings).low
        high = effective_wilson(_reading(asked, taken_as(asked.countable, True)).moments, asked.settings).high
        estimator = f"{estimator}, {WORST}"
    value = min(max(reading.moments.value, 0.0), 1.0)
    made = asked.told(estimator, None, (value, low, high), narrower=_narrower(asked, reading.moments, found.labels))
    return replace(
        made,
        effective=None if isinf(found.labels) else found.labels,
        assumptions=reading.assumptions,
        notes=(*_notes(asked), *reading.notes),
        rough=_rough(asked, reading.moments),
    )


def _reading(asked: Asked, decided: LabelSet) -> _Reading:
    """Choose the estimator: the judges' help, strata of the draw, plain counts, weights."""
    word, note = _word(asked, decided)
    found, closed = best_moments(decided, asked.size, word, asked.settings)
    drawn = ("random draws with known probabilities, verdicts taken as true",)
    if found.explained > 0:
        gain = found.size * (1 / (1 - min(found.explained, asked.settings.most_explained)) - 1)
        said = f"inside the kept set the judges add the equivalent of {gain:.0f} labels"
        words = (*drawn, "nothing about the judges: a bad one costs width, not validity")
        return _Reading(found, HELPED, words, (said,))
    notes = tuple(one for one in (note, closed) if one)
    cells = _cells(asked, decided)
    if cells is not None:
        joined = (f"{cells.joined} strata of too few labels joined a neighbour",) if cells.joined else ()
        within = ("simple random draws within strata, verdicts taken as true",)
        made = stratified(cells)
        return _Reading(replace(made, capped=made.capped and not decided.simple), STRATIFIED, within, notes + joined)
    if decided.simple:
        one_draw = ("one simple random draw, verdicts taken as true", f"a finite set of {asked.size:,} rows")
        return _Reading(found, SIMPLE, one_draw, notes)
    return _Reading(found, WEIGHTED, drawn, notes)


def _word(asked: Asked, decided: LabelSet) -> tuple[Word | None, str]:
    if asked.judged is None:
        return None, ""
    if asked.judged.revisions != 1:
        return None, "judges of several revisions: no use is made of them"
    mean = asked.judged_mean(asked.judged.f)
    if not np.isfinite(mean):
        return None, "no kept row has a judge's word"
    return Word(fill(asked.judged.f[decided.row], mean), mean), ""


def _cells(asked: Asked, decided: LabelSet) -> StratumCells | None:
    """Return the kept rows by stratum; None without strata, or where strata chosen after the draw have few labels."""
    if asked.strata is None or not decided.random.all():
        return None
    names = int(asked.strata.max()) + 1
    rows = np.bincount(asked.strata[asked.kept], minlength=names)
    mine = asked.strata[decided.row]
    labels = np.bincount(mine, minlength=names)
    good = np.bincount(mine, weights=decided.good, minlength=names).astype(np.int64)
    cells = StratumCells.of(rows, labels, good)
    if decided.simple:
        return cells if len(cells.labels) > 1 and cells.labels.min() >= asked.settings.post_labels else None
    if any(np.ptp(decided.pi[mine == one]) > 1e-9 for one in np.unique(mine)):
        return None  # Not drawn by these strata: the weights know better.
    return merged(cells, asked.settings)


def _notes(asked: Asked) -> tuple[str, ...]:
    notes = []
    open_rows = int((~asked.countable.decided).sum())
    if open_rows:
        notes.append(f"{open_rows} undecided")
    lost = refusals.unreachable_share(asked.kept, asked.reachable, asked.inside) if asked.size else 0.0
    if lost:
        notes.append(f"{lost:.1%} of the kept rows could not be drawn; the number is about the others")
    check = weight_check(asked.countable, asked.size)
    if not asked.countable.simple and check.sizes > asked.settings.drift:
        notes.append(f"the weights add up to {check.off:.0%} off the kept rows: the ledger is in doubt")
    return tuple(notes)


def _rough(asked: Asked, moments: Moments) -> bool:
    few = moments.size < asked.settings.rough_labels
    return few or (moments.capped and moments.base < asked.settings.rough_kish)


def _narrower(asked: Asked, moments: Moments, labels: float) -> tuple[Narrowing, ...]:
    """Return what would narrow the interval most: open rows that are decided, a batch more, four times as many."""
    if isinf(labels) or labels <= 0:
        return ()
    share, size = min(max(moments.value, 0.0), 1.0), moments.size
    left = asked.size - size
    steps = []
    open_rows = int((~asked.countable.decided).sum())
    more = [(DECIDE, open_rows), (MORE, min(asked.settings.batch, left)), (MORE, min(3 * size, left))]
    for action, count in more:
        if count > 0:
            low, high = wilson_of(share, labels * (size + count) / size, asked.z)
            steps.append(Narrowing(action, count, (high - low) / 2))
    return tuple(steps)
