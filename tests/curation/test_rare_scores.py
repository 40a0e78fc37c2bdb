"""Frequent scores do not swallow rare ones: what neighbours can tell of each score, and what is left to raters."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from engine.curation.ds2.classes import (
    AS_PUBLISHED,
    GUARDED,
    ClassLimits,
    evidence,
    margins,
    outweighed,
    usual_support,
    vote_weights,
    wide_support,
)
from engine.curation.ds2.curated import curate
from engine.curation.ds2.draws import Neighbourhood
from engine.similarity import embedder

SHARES = (0.6, 0.2, 0.1, 0.05, 0.03, 0.02)
CONFUSED = np.array(
    [
        [0.80, 0.10, 0.05, 0.03, 0.01, 0.01],
        [0.12, 0.75, 0.07, 0.03, 0.02, 0.01],
        [0.15, 0.10, 0.65, 0.05, 0.03, 0.02],
        [0.20, 0.10, 0.10, 0.50, 0.06, 0.04],
        [0.15, 0.15, 0.08, 0.05, 0.55, 0.02],
        [0.20, 0.10, 0.06, 0.05, 0.05, 0.54],
    ]
)
"""Raters err towards the frequent scores, and half of the time on rare ones."""
Scores = npt.NDArray[np.int64]


def test_votes_count_less_the_more_frequent_their_score_is():
    reports = np.repeat([0, 1], [16, 4])
    assert vote_weights(reports, 3, 0.5) == pytest.approx([0.8**-0.5, 0.2**-0.5, 1.0])
    assert vote_weights(reports, 3, 0.0).tolist() == [1, 1, 1]


def test_support_is_the_share_of_the_wide_neighbourhood_by_cosine():
    """Three directions; the second item's neighbours are the first (cosine .8) and the third (.6)."""
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]], np.float32)
    support = wide_support(Neighbourhood(vectors), np.array([0, 1, 1]), 2, k=3)
    assert support[1] == pytest.approx([0.8 / 1.4, 0.6 / 1.4])
    assert usual_support(support, np.array([0, 1, 1])) == pytest.approx([0, (0.6 / 1.4 + 1) / 2])


@pytest.mark.parametrize(
    ("own", "suggested", "margin", "marked"),
    [(0.2, 0.5, 2, True), (0.2, 0.4, 2, False), (0.2, 0.39, 2, False), (0.2, 0.39, 1.5, True), (0.9, 0.1, 0, True)],
)
def test_an_overwriting_needs_more_than_its_margin_of_evidence(own, suggested, margin, marked):
    support = np.array([[own, suggested]])
    usual = np.array([0.5, 0.5])
    assert outweighed(support, usual, np.array([0]), np.array([1]), np.full(2, margin)).tolist() == [marked]


def test_the_margin_grows_for_rarer_scores():
    """Four scores, 60, 30, 10 and none: the third is 2.5 times rarer than even, the first needs no more than asked."""
    reports = np.repeat([0, 1, 2], [60, 30, 10])
    limits = ClassLimits(margin=2.0, rarity=0.5)
    assert margins(reports, 4, limits) == pytest.approx([2, 2, 2 * 2.5**0.5, 2])


def test_evidence_is_measured_by_what_is_usual_for_a_score():
    """A rare score has .1 of the neighbours of its own items; .1 is then much, and .5 is little for a frequent one."""
    support, usual = np.array([[0.5, 0.1]]), np.array([0.8, 0.1])
    assert not outweighed(support, usual, np.array([1]), np.array([0]), np.ones(2))[0]
    assert outweighed(support, usual, np.array([0]), np.array([1]), np.ones(2))[0]


def test_a_score_with_too_few_rows_keeps_what_raters_said_and_says_so():
    reports = np.repeat([0, 1, 2], [900, 96, 4])
    known = evidence(np.array([0.9, 0.4, 0.1]), reports, np.eye(3), least=0.15)
    assert [one.kept_raw for one in known] == [False, False, True]
    assert [one.reliable for one in known] == [True, True, False]
    assert known[2].doubt.startswith("4 of 1,000 items report it")
    assert not any(one.kept_raw for one in evidence(np.ones(3), reports, np.eye(3), least=0.0))


def test_a_score_whose_row_is_off_the_diagonal_is_not_reliable():
    skewed = np.array([[0.9, 0.1], [0.7, 0.3]])
    known = evidence(np.ones(2), np.repeat([0, 1], 50), skewed, least=0.15)
    assert [(one.reliable, bool(one.doubt), one.kept_raw) for one in known] == [
        (True, False, False),
        (False, True, False),
    ]


def _gains(true: Scores, reports: Scores, scores: Scores) -> npt.NDArray[np.float64]:
    """Return how much larger the share of right scores is after curation, for each true score (K)."""
    return np.array([np.mean(scores[true == c] == c) - np.mean(reports[true == c] == c) for c in range(len(SHARES))])


def _reported(true: Scores, seed: int) -> Scores:
    drawn = np.random.default_rng(seed).random((len(true), 1))
    return np.minimum((CONFUSED.cumsum(axis=1)[true] < drawn).sum(axis=1), len(SHARES) - 1)


def _blurred(n: int, seed: int) -> tuple[npt.NDArray[np.float32], Scores]:
    """Return vectors of six topics that overlap widely: noise is twice as large as what tells them apart."""
    rng = np.random.default_rng(seed)
    true = np.repeat(np.arange(6), [round(n * share) for share in SHARES])
    points = rng.normal(size=(6, 12))[true] + 2.0 * rng.normal(size=(len(true), 12))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), true


@pytest.mark.parametrize("seed", [3, 4])
def test_rare_scores_of_blurred_topics_lose_less_and_the_whole_gains_more(seed):
    """As published, curation raises the whole and lowers rare scores; guarded, it does more of the one, less of the
    other."""
    vectors, true = _blurred(3000, seed)
    reports = _reported(true, 5)
    plain, guarded = (
        curate(vectors, reports, 6, seed=0, rounds=10, epochs=11, limits=limits) for limits in (AS_PUBLISHED, GUARDED)
    )
    before, after = _gains(true, reports, plain.scores), _gains(true, reports, guarded.scores)
    assert before.min() < -0.15
    assert after.min() > before.min() + 0.15
    assert np.mean(guarded.scores == true) > np.mean(plain.scores == true) > np.mean(reports == true)


def test_what_raters_said_of_a_hardly_reported_score_stays():
    """Below half of an even share here; the same items are overwritten where no share is asked for."""
    vectors, true = _blurred(3000, 3)
    reports = _reported(true, 5)
    free, held = (
        curate(vectors, reports, 6, seed=0, rounds=3, epochs=11, limits=ClassLimits(least=least)) for least in (0, 0.5)
    )
    rare = [one.score for one in held.classes if one.kept_raw]
    assert rare == [3, 4, 5]
    assert not np.isin(held.reported[held.changed], rare).any()
    assert np.isin(free.reported[free.changed], rare).any()


def test_limits_of_nothing_are_curation_as_published():
    vectors, true = _blurred(1200, 1)
    reports = _reported(true, 2)
    asked = {"seed": 0, "rounds": 3, "epochs": 11}
    plain = curate(vectors, reports, 6, limits=AS_PUBLISHED, **asked)
    assert np.array_equal(plain.scores, np.where(plain.flagged & (plain.confidence >= 0.5), plain.suggested, reports))
    for limits in (ClassLimits(margin=50.0), ClassLimits(least=1.0)):
        assert len(curate(vectors, reports, 6, limits=limits, **asked).changed) < len(plain.changed)


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize("seed", [0, 1])
def test_topics_of_real_statements_reported_wrongly(real_data: Path, seed: int) -> None:
    """9,000 statements, six topics of 60 to 2 %: no topic is worse than reported by .02, the whole no worse than as
    published."""
    texts, true = _statements(real_data, seed)
    vectors = np.asarray(embedder.load("hashing").embed(texts), np.float32)
    reports = _reported(true, seed)
    plain = curate(vectors, reports, 6, seed=0, limits=AS_PUBLISHED)
    guarded = curate(vectors, reports, 6, seed=0, estimate=plain.estimate)
    gains = _gains(true, reports, guarded.scores)
    print(
        "as reported, as published, guarded:",
        *(round(np.mean(s == true), 3) for s in (reports, plain.scores, guarded.scores)),
    )
    print("by topic:", np.round(_gains(true, reports, plain.scores), 3), np.round(gains, 3))
    assert _gains(true, reports, plain.scores).min() < -0.1
    assert gains.min() >= -0.02
    assert np.mean(guarded.scores == true) >= np.mean(plain.scores == true)


def _statements(real_data: Path, seed: int) -> tuple[list[str], Scores]:
    def rows(name: str) -> list[dict[str, str]]:
        with gzip.open(real_data / name, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]

    every = [*rows("math/derived/math_train.jsonl.gz"), *rows("math/derived/math_test.jsonl.gz")]
    topics = [
        ("Algebra", "Prealgebra"), ("Intermediate Algebra",), ("Geometry",),
        ("Number Theory",), ("Precalculus",), ("Counting & Probability",),
    ]  # fmt: skip
    found = [[row["problem"] for row in every if row["type"] in names] for names in topics]
    found[0] += [row["question"] for row in rows("gsm8k/train.jsonl.gz")][:400]
    rng = np.random.default_rng(seed)
    texts: list[str] = []
    for one, share in zip(found, SHARES, strict=True):
        texts += [one[place] for place in rng.permutation(len(one))[: round(9000 * share)]]
    return texts, np.repeat(np.arange(6), [round(9000 * share) for share in SHARES])
