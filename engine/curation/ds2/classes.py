"""What neighbours can tell about each score, so that frequent scores do not swallow rare ones.

DS2 and SimiFeat take scores that are about equally frequent. Where one score has most of the items, most neighbours of
a rare one report the frequent one, whatever is true: votes overwrite the rare scores and overall accuracy still rises.
Three limits hold against this, each with the value at which it does nothing and curation is as published: votes count
less the more frequent their score is; an overwriting needs more evidence in a wide neighbourhood than the reported
score has, each measured by what its own items usually have (the per-class thresholds of confident learning, Northcutt
et al. 2021, section 3.1); and a score that is hardly ever reported keeps what raters said.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.settings.agenticmath import ScoreCuration
from engine.curation.ds2.consensus import Floats, Ints
from engine.curation.ds2.draws import LISTED, Neighbourhood

PER_NEIGHBOUR = 50
"""Items for each neighbour of the wide neighbourhood: it must stay small beside a cluster."""


@dataclass(frozen=True, slots=True)
class ClassLimits:
    """How rare scores are guarded: by the balance of votes, the margin of an overwriting, and a least share."""

    balance: float = 0.3
    """Votes are divided by the share of their score to this power; 0 counts every vote alike."""
    margin: float = 2.0
    """An overwriting needs this many times the evidence that the reported score has; 0 asks for none."""
    rarity: float = 0.2
    """That margin grows by how much rarer than an even share the reported score is, to this power."""
    least: float = 0.15
    """Scores that are reported less than this part of an even share keep what raters said."""


GUARDED = ClassLimits()
AS_PUBLISHED = ClassLimits(0.0, 0.0, 0.0, 0.0)


def limits_of(chosen: ScoreCuration) -> ClassLimits:
    """Return the limits that settings ask for."""
    return ClassLimits(chosen.balance, chosen.margin, chosen.rarity, chosen.least_share)


@dataclass(frozen=True, slots=True)
class ClassEvidence:
    """What is known of one score: how many items report it, and how far their neighbours bear it out."""

    score: int
    rows: int
    confidence: float
    """Share of the wide neighbourhood that reports this score, on average over its items; 0 where it has none."""
    reliable: bool
    doubt: str = ""
    """Why it is not reliable, in words; '' where it is."""
    kept_raw: bool = False
    """Whether its items keep the score that raters gave."""


def vote_weights(reports: Ints, classes: int, balance: float) -> Floats:
    """Return the weight of a vote for each score (K): its share to the power of -balance, 1 where nobody reports it."""
    share = np.bincount(reports, minlength=classes) / len(reports)
    weights: Floats = np.where(share > 0, np.maximum(share, 1 / len(reports)) ** -balance, 1.0)
    return weights


def wide_support(around: Neighbourhood, reports: Ints, classes: int, k: int) -> Floats:
    """Return for each item the share of its wide neighbourhood that reports each score, (N, K), by cosine.

    The wide neighbourhood holds the others of the `k` that vote, and more where there are many items.
    """
    near = around.nearest(min(LISTED, max(k - 1, len(around) // PER_NEIGHBOUR)))
    weight = np.maximum(near.cosine.astype(np.float64), 0.0)
    support = np.zeros((len(around), classes))
    for column in range(weight.shape[1]):
        np.add.at(support, (np.arange(len(support)), reports[near.index[:, column]]), weight[:, column])
    total = support.sum(axis=1, keepdims=True)
    np.divide(support, total, out=support, where=total > 0)
    return support


def usual_support(support: Floats, reports: Ints) -> Floats:
    """Return for each score (K) the mean support that it has among the items that report it; 0 where none does."""
    own = support[np.arange(len(reports)), reports]
    rows = np.bincount(reports, minlength=support.shape[1])
    total = np.bincount(reports, weights=own, minlength=support.shape[1])
    return np.divide(total, rows, out=np.zeros(len(rows)), where=rows > 0)


def margins(reports: Ints, classes: int, limits: ClassLimits) -> Floats:
    """Return how many times the evidence of each reported score (K) an overwriting needs: more for rarer ones."""
    share = np.bincount(reports, minlength=classes) / len(reports)
    rarer = np.divide(1 / classes, share, out=np.ones(classes), where=share > 0)
    needed: Floats = limits.margin * np.maximum(rarer, 1.0) ** limits.rarity
    return needed


def outweighed(support: Floats, usual: Floats, reports: Ints, suggested: Ints, needed: Floats) -> npt.NDArray[np.bool_]:
    """Mark items (N) whose suggested score has more than `needed` (K) times the evidence of the reported one.

    Evidence is support by what is usual for a score. Where nothing is needed every item is marked.
    """
    items = np.arange(len(reports))
    theirs, own = support[items, suggested], support[items, reports]
    more = theirs * usual[reports] > needed[reports] * own * usual[suggested]
    marked: npt.NDArray[np.bool_] = more | (needed[reports] == 0)
    return marked


def evidence(usual: Floats, reports: Ints, transition: Floats, least: float) -> tuple[ClassEvidence, ...]:
    """Return what is known of each score, given the estimated transition matrix (K, K)."""
    classes = len(usual)
    rows = np.bincount(reports, minlength=classes)
    few = rows < least * len(reports) / classes
    found = []
    for score in range(classes):
        doubt = ""
        if few[score]:
            doubt = f"{rows[score]:,} of {len(reports):,} items report it: too few beside the others"
        elif transition[score].argmax() != score:
            doubt = "its row of the matrix has its largest entry off the diagonal"
        confidence = float(usual[score])
        found.append(ClassEvidence(score, int(rows[score]), confidence, not doubt, doubt, bool(few[score])))
    return tuple(found)
