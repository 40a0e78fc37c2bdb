"""How good judges would be if they erred independently: Dawid-Skene without labels, and its moments for three judges.

A smell test only. Judges that are models share mistakes, which this takes for truth, so nothing of it may carry a
certificate or stand for a probability without people's labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.curation.trust.combining import Votes
from engine.curation.trust.intervals import Floats

WARNING = "assumes independent judges; not verified"
"""Stands beside every number of this module."""

FEWEST_JUDGES = 3
"""Two judges agree for many reasons; three are the fewest from whom accuracies can be told."""
ROUNDS = 2000
STILL = 1e-10
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class LabelFreeAccuracy:
    """What votes alone say of the judges; without numbers where `reason` says why."""

    prevalence: float | None
    """Share of good rows."""
    sensitivity: Floats
    """Of each judge: good rows that it passes."""
    specificity: Floats
    """Of each judge: bad rows that it fails."""
    posterior: Floats
    """(rows,) how likely each is good; NaN where nobody voted."""
    rounds: int
    converged: bool
    reason: str = ""
    warning: str = WARNING


def dawid_skene(votes: Votes, rounds: int = ROUNDS, still: float = STILL) -> LabelFreeAccuracy:
    """Fit the two-class model of Dawid and Skene 1979 by expectation maximisation, from the share of yes votes.

    It runs over patterns of votes, so its cost does not grow with the rows. Of the two mirrored solutions the one is
    taken where judges are right more often than not.

    Args:
        votes: (rows, judges) 1 yes, 0 no, -1 unread, which is left out.
        rounds: after which it stops.
        still: largest change of any row's probability at which it stops before.
    """
    patterns, place, counts = np.unique(votes, axis=0, return_inverse=True, return_counts=True)
    there = patterns >= 0
    voted = there.any(axis=1)
    why = _refused(votes, patterns[voted])
    if why:
        none = np.full(votes.shape[1], np.nan)
        return LabelFreeAccuracy(None, none, none, np.full(len(votes), np.nan), 0, False, why)
    mass = np.where(voted, counts, 0).astype(float)
    yes, no = (patterns == 1).astype(float), (patterns == 0).astype(float)
    good = np.clip(yes.sum(axis=1) / np.maximum(there.sum(axis=1), 1), 0.01, 0.99)
    change, done = np.inf, 0
    prevalence, passes, fails = 0.5, np.empty(0), np.empty(0)
    while done < rounds and change >= still:
        prevalence, passes, fails = _accuracies(good, mass, yes, no)
        new = _posterior(prevalence, passes, fails, yes, no)
        change = float(np.abs(new - good)[voted].max())
        good, done = new, done + 1
    if (passes + fails).mean() < 1:
        prevalence, passes, fails, good = 1 - prevalence, 1 - fails, 1 - passes, 1 - good
    posterior = np.where(voted, good, np.nan)[place.ravel()]
    return LabelFreeAccuracy(float(prevalence), passes, fails, posterior, done, change < still)


def _refused(votes: Votes, patterns: Votes) -> str:
    if votes.shape[1] < FEWEST_JUDGES:
        return "few_judges"
    if not len(patterns) or (patterns < 0).all(axis=0).any():
        return "no_votes"
    return "no_variation" if not ((patterns == 1).any() and (patterns == 0).any()) else ""


def _accuracies(good: Floats, mass: Floats, yes: Floats, no: Floats) -> tuple[float, Floats, Floats]:
    right, wrong, voted = mass * good, mass * (1 - good), yes + no
    with np.errstate(divide="ignore", invalid="ignore"):
        passes, fails = (right @ yes) / (right @ voted), (wrong @ no) / (wrong @ voted)
    passes, fails = (np.clip(np.nan_to_num(part, nan=0.5), _EDGE, 1 - _EDGE) for part in (passes, fails))
    return float(np.clip(right.sum() / mass.sum(), _EDGE, 1 - _EDGE)), passes, fails


def _posterior(prevalence: float, passes: Floats, fails: Floats, yes: Floats, no: Floats) -> Floats:
    """Return the probability of good by Bayes, in logarithms so that many judges do not underflow."""
    line = (
        np.log(prevalence / (1 - prevalence)) + yes @ np.log(passes / (1 - fails)) + no @ np.log((1 - passes) / fails)
    )
    return np.asarray(1 / (1 + np.exp(-np.clip(line, -700, 700))))


@dataclass(frozen=True, slots=True)
class MomentAccuracy:
    """Accuracy of three judges from how they vary together, for a share of good rows that is supposed."""

    informed: Floats
    """Sensitivity + specificity - 1 of each; NaN where covariances give none."""
    reason: str = ""
    warning: str = WARNING

    @property
    def balanced(self) -> Floats:
        """Mean of sensitivity and specificity of each judge."""
        return np.asarray((1 + self.informed) / 2)


def covariances(votes: Votes) -> tuple[float, float, float]:
    """Return the covariances of judges 1 and 2, 1 and 3, 2 and 3 over rows on which all three could be read."""
    whole = votes[(votes >= 0).all(axis=1)].astype(float)
    if len(whole) < 2:
        return float("nan"), float("nan"), float("nan")
    found = np.cov(whole, rowvar=False, ddof=0)
    return float(found[0, 1]), float(found[0, 2]), float(found[1, 2])


def moments(covariance: tuple[float, float, float], prevalence: float) -> MomentAccuracy:
    """Return what three covariances say of three judges (Parisi, Strino, Nadler, Kluger 2014), given the prevalence."""
    one_two, one_three, two_three = covariance
    products = np.array([one_two * one_three, one_two * two_three, one_three * two_three])
    across = np.array([two_three, one_three, one_two])
    with np.errstate(divide="ignore", invalid="ignore"):
        squared = products / across
        found = np.sqrt(np.where(squared > 0, squared, np.nan)) / np.sqrt(prevalence * (1 - prevalence))
    if np.isnan(found).any():
        return MomentAccuracy(np.full(3, np.nan), "judges_oppose" if np.isfinite(squared).all() else "no_variation")
    # More than 1 cannot be: the judges vary together by more than truth alone could make them.
    return MomentAccuracy(found, "too_alike" if (found > 1).any() else "")
