"""Which reported scores are wrong: items whose neighbours vote against them, again and again (SimiFeat, DS2 step C)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine.curation.ds2.consensus import Floats, Ints
from engine.curation.ds2.draws import DrawnRows, Neighbourhood

Mode = Literal["rank", "mv"]
_FLOOR, _CEILING = 0.05, 0.95
"""Noise rates are kept inside these, so that no class is flagged whole or left out."""


@dataclass(frozen=True, slots=True, eq=False)
class EpochVotes:
    """Over all epochs, per item: how often it was drawn (N), flagged (N), and each score suggested (N, K)."""

    drawn: Ints
    flagged: Ints
    suggested: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Vote:
    """What the neighbourhood says of each drawn item: agreement with its own score's badness, and its best score."""

    badness: Floats
    predicted: Ints


def detect(
    around: Neighbourhood,
    reports: Ints,
    noise: Floats | None,
    weights: Floats,
    *,
    epochs: int,
    k: int,
    share: float,
    rng: np.random.Generator,
) -> EpochVotes:
    """Draw `share` of the items `epochs` times and count what is flagged (SC-07..SC-10).

    `noise` (K) is the rate of wrong reports per reported score, NaN where it is unknown; without it every item is
    flagged whose neighbours vote for another score. `weights` (K) of votes for each score; `k` counts the item itself.
    """
    n, classes = len(around), len(weights)
    tally = EpochVotes(np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros((n, classes), np.int64))
    for drawn in around.draws(epochs, max(2, int(share * n)), k - 1, rng):
        vote = voted(drawn, reports, classes, weights)
        own = reports[drawn.rows]
        bad = vote.predicted != own if noise is None else flagged(vote.badness, own, noise)
        rows = drawn.rows[bad]
        tally.drawn[drawn.rows] += 1
        tally.flagged[rows] += 1
        tally.suggested[rows, vote.predicted[bad]] += 1
    return tally


def voted(drawn: DrawnRows, reports: Ints, classes: int, by_score: Floats | None = None) -> Vote:
    """Let each item's neighbours, itself among them, vote for their scores with weight 1 - distance.

    An item's distance to itself is 0 and would decide alone; it is replaced by 2 d1 - d2. Votes for a score are
    multiplied by its weight in `by_score` (K).
    """
    distance = 1.0 - drawn.near.cosine.astype(np.float64)
    second = distance[:, 1] if distance.shape[1] > 1 else distance[:, 0]
    own_distance = 2 * distance[:, 0] - second
    weights = 1.0 - np.column_stack([own_distance, distance])
    said = reports[np.column_stack([drawn.rows, drawn.near.index])]
    votes = np.zeros((len(drawn.rows), classes))
    for column in range(said.shape[1]):
        np.add.at(votes, (np.arange(len(votes)), said[:, column]), weights[:, column])
    return of_votes(votes if by_score is None else votes * by_score, reports[drawn.rows])


def of_votes(votes: Floats, own: Ints) -> Vote:
    """Return badness (-ln of the unit vote for the item's own score; larger is worse) and the score with most votes."""
    length = np.linalg.norm(votes, axis=1, keepdims=True)
    unit = np.divide(votes, length, out=np.zeros_like(votes), where=length > 0)
    mine = np.maximum(unit[np.arange(len(own)), own], 0.0)
    return Vote(-np.log(mine + 1e-8), unit.argmax(axis=1))


def flagged(badness: Floats, own: Ints, noise: Floats) -> npt.NDArray[np.bool_]:
    """Mark, in each reported score, the worst items up to its noise rate; at the percentile is flagged (SC-08)."""
    found = np.zeros(len(own), np.bool_)
    for score in np.unique(own):
        members = np.flatnonzero(own == score)
        if np.isnan(noise[score]):
            continue
        limit = np.percentile(badness[members], 100 * (1 - noise[score]))
        found[members] = badness[members] >= limit
    return found


def noise_rates(transition: Floats, prior: Floats, reports: Ints) -> Floats:
    """Return per reported score the share of wrong reports, 1 - P(true c | reported c), inside .05 to .95 (SC-06).

    A score that nobody reports has no rate: NaN.
    """
    share = np.bincount(reports, minlength=len(prior)) / len(reports)
    joint = np.diag(transition) * prior
    posterior = np.divide(joint, share, out=np.full(len(prior), np.nan), where=share > 0)
    return clipped(1 - np.minimum(posterior, 1.0))


def clipped(rates: Floats) -> Floats:
    """Return rates of 0 or less as .05 and of 1 or more as .95; NaN stays."""
    known = np.where(rates >= 1, _CEILING, np.where(rates <= 0, _FLOOR, rates))
    return np.where(np.isnan(rates), np.nan, known)
