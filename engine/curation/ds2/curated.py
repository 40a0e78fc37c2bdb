"""Curated scores: the reported ones, overwritten where the neighbourhood contradicts with confidence (DS2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput
from engine.curation.ds2.classes import (
    GUARDED,
    ClassEvidence,
    ClassLimits,
    evidence,
    margins,
    outweighed,
    usual_support,
    vote_weights,
    wide_support,
)
from engine.curation.ds2.consensus import Floats, Ints
from engine.curation.ds2.detection import EpochVotes, Mode, detect, noise_rates
from engine.curation.ds2.draws import Neighbourhood
from engine.curation.ds2.transition import DRAW, DRAWN_SHARE, ROUNDS, Transition, checked, estimate_in

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Curated:
    """Curated `scores`, which were `flagged`, with what `confidence`, and what was `suggested` in their place (all N).

    `estimate` is the transition matrix it rests on; `duplicates` how many items repeated another one's embedding and
    score and were left out of the counting; `classes` what is known of each score (K).
    """

    scores: Ints
    reported: Ints
    flagged: Bools
    confidence: Floats
    suggested: Ints
    estimate: Transition
    duplicates: int = 0
    classes: tuple[ClassEvidence, ...] = ()

    @property
    def reliable(self) -> float:
        """Share of the items whose reported score is one that the estimate can be relied on for."""
        rows = sum(one.rows for one in self.classes)
        return sum(one.rows for one in self.classes if one.reliable) / rows if rows else 0.0

    @property
    def changed(self) -> Ints:
        """Rows whose score was overwritten."""
        return np.flatnonzero(self.scores != self.reported)

    def histograms(self) -> tuple[Ints, Ints]:
        """Counts per score before and after, (K) each; both sum to N (SC-17)."""
        classes = len(self.estimate.p)
        return np.bincount(self.reported, minlength=classes), np.bincount(self.scores, minlength=classes)


def curate(
    embeddings: npt.NDArray[np.float32],
    scores: npt.ArrayLike,
    classes: int,
    *,
    seed: int,
    epochs: int = 51,
    k: int = 10,
    min_confidence: float = 0.5,
    rounds: int = ROUNDS,
    draw: int = DRAW,
    share: float = DRAWN_SHARE,
    mode: Mode = "rank",
    estimate: Transition | None = None,
    limits: ClassLimits = GUARDED,
) -> Curated:
    """Find wrong scores and overwrite those that are wrong with confidence (DS2, steps A to D).

    Args:
        embeddings: (N, d) unit rows.
        scores: (N) whole numbers in 0..classes-1.
        classes: K.
        seed: of every draw; the same seed gives the same result.
        epochs: draws of the detection.
        k: neighbours that vote, the item itself among them.
        min_confidence: a flagged score is overwritten from here on; others keep their score.
        rounds: draws of the estimate.
        draw: most items in one draw of the estimate.
        share: share of the items in one draw of the detection.
        mode: `rank` flags by noise rate; `mv` every item whose neighbours vote for another score.
        estimate: a transition matrix that is known already.
        limits: how rare scores are guarded; `AS_PUBLISHED` does without.

    Raises:
        BadInput: for scores out of range, too few items, or embeddings that are not finite.
    """
    reports = checked(scores, classes, len(embeddings))
    if not np.isfinite(embeddings).all():
        raise BadInput("embeddings hold values that are no numbers.")
    rows, back = distinct(embeddings, reports)
    around = Neighbourhood(np.ascontiguousarray(embeddings[rows]))
    own = reports[rows]
    known = estimate or estimate_in(around, own, classes, seed=seed, rounds=rounds, draw=draw)
    noise = noise_rates(known.T, known.p, own) if mode == "rank" else None
    weights = vote_weights(own, classes, limits.balance)
    rng = np.random.default_rng([seed, 1])
    tally = detect(around, own, noise, weights, epochs=epochs, k=k, share=share, rng=rng)
    flagged, confidence, suggested = settled(tally, own)
    support = wide_support(around, own, classes, k)
    usual = usual_support(support, own)
    by_score = evidence(usual, own, known.T, limits.least)
    needed = margins(own, classes, limits)
    overwritten = flagged & (confidence >= min_confidence) & outweighed(support, usual, own, suggested, needed)
    overwritten &= ~np.array([one.kept_raw for one in by_score])[own]
    curated = np.where(overwritten, suggested, own)
    repeats = len(reports) - len(rows)
    return Curated(curated[back], reports, flagged[back], confidence[back], suggested[back], known, repeats, by_score)


def distinct(embeddings: npt.NDArray[np.float32], reports: Ints) -> tuple[Ints, Ints]:
    """Return the rows that repeat no other embedding with the same score, and for each item its row among them (SC-13).

    A copy would be its own nearest neighbour and always agree, which makes raters look better than they are.
    """
    keys = np.column_stack([np.round(embeddings, 5), reports.astype(np.float32)])
    packed = np.ascontiguousarray(keys).view([("", keys.dtype)] * keys.shape[1]).ravel()
    _, first, back = np.unique(packed, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return first[order], place[back.ravel()]


def settled(tally: EpochVotes, own: Ints) -> tuple[Bools, Floats, Ints]:
    """Return which items are wrong, with what confidence, and the score suggested (SC-10).

    a = (flagged + 1) / (drawn + 2) is the error probability; an item is wrong above one half. The suggestion is the
    score suggested most, never its own; confidence is its smoothed share times a.
    """
    classes = tally.suggested.shape[1]
    error = (tally.flagged + 1) / (tally.drawn + 2)
    weights = (tally.suggested + 1) / (tally.suggested.sum(axis=1, keepdims=True) + classes)
    weights[np.arange(len(own)), own] = -1.0
    suggested = weights.argmax(axis=1)
    return error > 0.5, weights.max(axis=1) * error, suggested


def rank(curated: Curated | npt.ArrayLike, long_tail: npt.ArrayLike, n: int, ids: npt.ArrayLike | None = None) -> Ints:
    """Return the rows of the best `n`: by curated score, then by rarity, ties by id or row (DS2 step F, SC-15).

    `selection(n)` is always a part of `selection(n + 1)`.
    """
    scores = np.asarray(curated.scores if isinstance(curated, Curated) else curated)
    names = np.arange(len(scores)) if ids is None else np.asarray(ids)
    order: Ints = np.lexsort((names, -np.asarray(long_tail, np.float64), -scores))[: max(0, n)]
    return order


def compressed(overall: npt.ArrayLike) -> Ints:
    """Return ratings from 1 to 10 as classes 0 to 5: up to 4 is 0, 9 and 10 are 5 (SC-16); BadInput for others."""
    given = np.asarray(overall, np.float64)
    if given.size and (not np.isfinite(given).all() or given.min() < 1 or given.max() > 10):
        raise BadInput("ratings must be numbers from 1 to 10, none missing.")
    return np.clip(given, 4, 9).astype(np.int64) - 4
