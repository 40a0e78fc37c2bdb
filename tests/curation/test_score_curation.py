"""Score curation against the method's test vectors; figures come from closed forms or from independent simulation."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import BadInput
from engine.curation import compressed, curate, long_tail, rank
from engine.curation.ds2.consensus import counted, implied
from engine.curation.ds2.curated import settled
from engine.curation.ds2.detection import EpochVotes, clipped, flagged, noise_rates, of_votes
from engine.curation.ds2.draws import Neighbourhood
from engine.curation.ds2.transition import Transition, aligned, estimate, loss, solve

TV1 = (np.array([[0.8, 0.2], [0.3, 0.7]]), np.array([0.6, 0.4]))
TV2 = (np.array([[0.8, 0.15, 0.05], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]]), np.array([0.3, 0.4, 0.3]))


def _ordinal():
    """TV3: six scores, .7 on the diagonal, the rest on the adjacent scores."""
    matrix = 0.7 * np.eye(6)
    for row in range(6):
        beside = [c for c in (row - 1, row + 1) if 0 <= c < 6]
        matrix[row, beside] = 0.3 / len(beside)
    return matrix, np.array([0.05, 0.1, 0.2, 0.3, 0.25, 0.1])


def _l11(found, true):
    return 100 / len(true) * np.abs(found - true).sum()


def _random_t(classes, low, rng):
    matrix = np.zeros((classes, classes))
    for row in range(classes):
        diagonal = rng.uniform(low, 0.98)
        matrix[row] = np.insert(rng.dirichlet(np.ones(classes - 1)) * (1 - diagonal), row, diagonal)
    return matrix, 0.03 + rng.dirichlet(np.ones(classes)) * (1 - 0.03 * classes)


def _unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_sc01_consensus_of_two_scores():
    """SC-01, TV1: exact values."""
    found = implied(*TV1)
    assert found.one == pytest.approx([0.6, 0.4], abs=1e-12)
    assert found.two == pytest.approx(np.array([[0.42, 0.18], [0.18, 0.22]]), abs=1e-12)
    assert [found.three[i] for i in [(0, 0, 0), (0, 0, 1), (0, 1, 1), (1, 1, 1)]] == pytest.approx(
        [0.318, 0.102, 0.078, 0.142], abs=1e-12
    )


def test_sc01_consensus_of_three_scores_and_its_symmetries():
    """SC-01, TV2: symmetric, sums to 1, lower orders are margins."""
    found = implied(*TV2)
    assert found.one == pytest.approx([0.295, 0.41, 0.295], abs=1e-12)
    assert [found.three[i] for i in [(0, 0, 0), (0, 0, 1), (0, 1, 2), (1, 1, 1)]] == pytest.approx(
        [0.154038, 0.032113, 0.0068, 0.206825], abs=1e-6
    )
    assert found.three == pytest.approx(found.three.transpose(2, 0, 1), abs=1e-12)
    assert found.three.sum(axis=0) == pytest.approx(found.two, abs=1e-12)
    assert found.two.sum(axis=0) == pytest.approx(found.one, abs=1e-12)
    assert found.three.sum() == pytest.approx(1, abs=1e-12)


def test_sc02_triples_are_counted_without_the_item_itself():
    """SC-02: a hand-made set of six gives known counts."""
    angles = np.array([0, 0.01, 0.03, 2.0, 2.01, 2.03])
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    drawn = Neighbourhood(vectors).within(np.arange(6), 2)
    assert not np.any(drawn.near.index == drawn.rows[:, None])
    reports = np.array([0, 0, 1, 1, 1, 1])
    found = counted(reports, np.column_stack([drawn.rows, drawn.near.index]), 2)
    assert found.three[1, 1, 1] == pytest.approx(3 / 6)
    assert found.three[0, 0, 1] == pytest.approx(2 / 6)
    assert found.three[1, 0, 0] == pytest.approx(1 / 6)


def test_sc02_the_same_seed_gives_the_same_estimate():
    """SC-02, SC-18: deterministic given the seed; a short list changes nothing."""
    rng = np.random.default_rng(3)
    vectors, reports = _unit(rng.normal(size=(300, 8))), rng.integers(0, 3, 300)
    one, two = (estimate(vectors, reports, 3, seed=5, rounds=3) for _ in "ab")
    assert np.array_equal(one.T, two.T)
    full, short = Neighbourhood(vectors, listed=299), Neighbourhood(vectors, listed=4)
    for a, b in zip(
        full.draws(3, 150, 9, np.random.default_rng(1)), short.draws(3, 150, 9, np.random.default_rng(1)), strict=True
    ):
        assert np.array_equal(a.near.index, b.near.index)


@pytest.mark.parametrize("seed", range(3))
def test_sc03_the_matrix_is_recovered_from_exact_tensors(seed):
    """SC-03, TV2: L11 < .2, entries < .002; the returned loss belongs to the returned matrix."""
    target = implied(*TV2)
    found = solve(target, seed=seed)
    assert _l11(found.T, TV2[0]) < 0.2
    assert np.abs(found.T - TV2[0]).max() < 0.002
    assert found.loss == pytest.approx(loss(found.T, found.p, target))


def test_sc03_six_ordinal_scores():
    """SC-03, TV3."""
    matrix, prior = _ordinal()
    target = implied(matrix, prior)
    assert target.one == pytest.approx([0.05, 0.115, 0.2, 0.2775, 0.25, 0.1075])
    found = solve(target)
    assert _l11(found.T, matrix) < 0.6
    assert np.abs(found.T - matrix).max() < 0.005
    assert np.abs(found.p - prior).max() < 0.002


@pytest.mark.parametrize(("classes", "low"), [(3, 0.7), (6, 0.7), (3, 0.6)])
def test_sc04_random_matrices_are_recovered_and_aligned(classes, low):
    """SC-03, SC-04, TV4: none with L11 > 2 after alignment; rows and prior are distributions."""
    rng = np.random.default_rng(classes)
    for seed in range(20):
        matrix, prior = _random_t(classes, low, rng)
        found = solve(implied(matrix, prior), seed=seed)
        assert _l11(found.T, matrix) < 2
        assert found.reliable
        assert found.T.sum(axis=1) == pytest.approx(np.ones(classes))
        assert found.p.sum() == pytest.approx(1)
        assert found.T.min() >= 0


def test_sc04_a_permuted_matrix_is_put_right_and_a_hopeless_one_is_called_unreliable():
    """SC-04, TV14: permuting rows changes no consensus, so the order is assigned afterwards."""
    matrix, prior = TV2
    order = [2, 0, 1]
    assert implied(matrix[order], prior[order]).three == pytest.approx(implied(matrix, prior).three, abs=1e-15)
    back, weights = aligned(matrix[order], prior[order])
    assert np.array_equal(back, matrix)
    assert np.array_equal(weights, prior)
    flat = np.array([[0.2, 0.8, 0.0], [0.1, 0.8, 0.1], [0.0, 0.3, 0.7]])
    assert not solve(implied(flat, np.array([0.3, 0.4, 0.3]))).reliable


def test_sc05_finite_samples():
    """SC-05, TV5: six scores and 10,000 ideal triples give L11 < 6 and a prior within .03."""
    rng = np.random.default_rng(0)
    matrix, _ = _ordinal()
    true = rng.integers(0, 6, 10_000)
    reports = (matrix.cumsum(axis=1)[true][:, :, None] < rng.random((10_000, 1, 3))).sum(axis=1)
    triples = np.arange(30_000).reshape(10_000, 3)
    found = solve(counted(reports.ravel(), triples, 6))
    assert _l11(found.T, matrix) < 6
    assert np.abs(found.p - 1 / 6).max() < 0.03


def test_sc06_noise_rates():
    """SC-06, TV1, TV2, TV3: posterior diagonals; rates outside .05 to .95 are clipped, unreported scores have none."""
    for (matrix, prior), expected in ((TV1, [0.8, 0.7]), (TV2, [0.813559, 0.780488, 0.813559])):
        shares = implied(matrix, prior).one
        reports = np.repeat(np.arange(len(prior)), np.round(shares * 100_000).astype(int))
        assert 1 - noise_rates(matrix, prior, reports) == pytest.approx(expected, abs=1e-4)
    assert clipped(np.array([-0.2, 0.0, 0.3, 1.0])).tolist() == [0.05, 0.05, 0.3, 0.95]
    rates = noise_rates(*TV2, np.array([0, 0, 1]))
    assert np.isnan(rates[2])


def test_sc07_the_vote():
    """SC-07, TV9: nine neighbours say 5, the item itself says 2, all at distance .1."""
    votes = np.zeros((2, 6))
    votes[:, 5], votes[:, 2] = 9 * 0.9, 0.9
    vote = of_votes(votes, np.array([2, 5]))
    assert vote.badness == pytest.approx([2.20336, 0.00614], abs=1e-5)
    assert vote.predicted.tolist() == [5, 5]


def test_sc08_a_score_with_one_item_does_not_crash():
    """SC-08: per-class percentile, flagged at or above it."""
    marks = flagged(np.array([1.0, 2.0, 3.0]), np.array([0, 1, 1]), np.array([0.05, 0.05, np.nan]))
    assert marks.tolist() == [True, False, True]


def _two_clusters():
    angles = np.concatenate([np.linspace(0, 0.02, 20), np.pi / 2 + np.linspace(0, 0.02, 20)])
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    reports = np.repeat([0, 1], 20)
    reports[7], reports[29] = 1, 0
    return vectors, reports


@pytest.mark.parametrize(("epochs", "confidence"), [(11, 0.8521), (51, 0.9626)])
def test_sc08_sc10_two_flipped_scores_are_found_every_time(epochs, confidence):
    """SC-08, SC-10, TV8: exactly the two flipped points, with the confidence of the closed form."""
    vectors, reports = _two_clusters()
    known = Transition(np.array([[0.95, 0.05], [0.05, 0.95]]), np.array([0.5, 0.5]), 0.0, True)
    found = curate(vectors, reports, 2, seed=0, epochs=epochs, share=1.0, estimate=known)
    assert np.flatnonzero(found.flagged).tolist() == [7, 29]
    assert found.confidence[[7, 29]] == pytest.approx([confidence] * 2, abs=5e-5)
    assert found.scores.tolist() == [0] * 20 + [1] * 20


def test_sc09_majority_vote_mode():
    """SC-09: every item whose neighbours vote otherwise."""
    vectors, reports = _two_clusters()
    found = curate(vectors, reports, 2, seed=0, epochs=5, share=1.0, mode="mv", rounds=3)
    assert np.flatnonzero(found.flagged).tolist() == [7, 29]


@pytest.mark.parametrize(
    ("times", "confidence", "overwritten"), [(27, 0.4949, False), (28, 0.5153, True), (46, 0.8850, True)]
)
def test_sc10_sc11_confidence_arithmetic(times, confidence, overwritten):
    """SC-10, SC-11, TV10: six scores, drawn 46 times."""
    suggested = np.zeros((1, 6), np.int64)
    suggested[0, 4] = times
    wrong, sure, score = settled(EpochVotes(np.array([46]), np.array([times]), suggested), np.array([1]))
    assert wrong[0]
    assert sure[0] == pytest.approx(confidence, abs=5e-5)
    assert score[0] == 4
    assert (sure[0] >= 0.5) == overwritten


def test_sc11_raising_the_confidence_never_changes_more():
    """SC-11: monotone in the slider."""
    vectors, _, reports = _embedded(3, 600, 1)
    changed = [
        len(curate(vectors, reports, 3, seed=1, epochs=5, rounds=3, min_confidence=c).changed)
        for c in (0.0, 0.5, 0.7, 0.9, 1.0)
    ]
    assert changed == sorted(changed, reverse=True)
    assert changed[-1] == 0


def test_sc12_nothing_to_find_is_an_empty_report():
    """SC-12: identical scores, no error, no crash."""
    vectors = _unit(np.random.default_rng(0).normal(size=(60, 8)))
    found = curate(vectors, np.full(60, 2), 6, seed=0, epochs=5, rounds=3)
    assert len(found.changed) == 0


def test_sc13_duplicates_do_not_flatter_the_rater():
    """SC-13: the doubled set gives the same matrix as the single one."""
    vectors, _, reports = _embedded(3, 1500, 4)
    one = curate(vectors, reports, 3, seed=2, epochs=2, rounds=5)
    two = curate(np.concatenate([vectors, vectors]), np.concatenate([reports, reports]), 3, seed=2, epochs=2, rounds=5)
    assert two.duplicates == 1500
    assert np.abs(one.estimate.T - two.estimate.T).max() < 0.03
    assert np.array_equal(two.scores[:1500], two.scores[1500:])


def test_sc15_ranking():
    """SC-15, TV13: bucket, then rarity; selections are nested."""
    scores, tails = [5, 5, 4, 4, 4, 3], [0.1, 0.2, 0.3, 0.1, 0.2, 0.9]
    assert set(rank(scores, tails, 4)) == {0, 1, 2, 4}
    assert set(rank(scores, tails, 2)) == {0, 1}
    assert list(rank(scores, tails, 1)) == [1]
    assert len(rank(scores, tails, 10)) == 6
    for n in range(6):
        assert list(rank(scores, tails, n)) == list(rank(scores, tails, n + 1))[:n]


def test_sc16_compression_of_ratings():
    """SC-16, TV12; out of range or missing is refused."""
    assert compressed([1, 4, 5, 6, 7, 8, 9, 10]).tolist() == [0, 0, 1, 2, 3, 4, 5, 5]
    classes = compressed(["4", 6.9, 10])
    assert classes.tolist() == [0, 2, 5]
    assert classes.dtype == np.int64, "classes are counted and looked up by"
    for bad in ([0], [11], [np.nan], [5, None]):
        with pytest.raises(BadInput, match=r"^ratings must be numbers from 1 to 10, none missing\.$"):
            compressed(bad)


def _decaying(classes):
    """Diagonal .7; other scores get less the farther they are. Six classes err by .43 on average."""
    away = np.abs(np.subtract.outer(np.arange(classes), np.arange(classes)))
    off = np.where(away > 0, 0.42**away, 0)
    return 0.7 * np.eye(classes) + 0.3 * off / off.sum(axis=1, keepdims=True)


def _embedded(classes, n, seed):
    """TV6: five tight directions per class in 32 dimensions, diagonal .7."""
    rng = np.random.default_rng(seed)
    centres = np.linalg.qr(rng.normal(size=(32, 32)))[0][: classes * 5]
    group = rng.integers(0, classes * 5, n)
    true = group % classes
    vectors = _unit(centres[group] + 0.05 * rng.normal(size=(n, 32)))
    reports = (_decaying(classes).cumsum(axis=1)[true] < rng.random((n, 1))).sum(axis=1)
    return vectors, true, np.minimum(reports, classes - 1)


@pytest.mark.parametrize(
    ("classes", "n", "l11", "precision", "recall", "accuracy"),
    [(3, 3000, 7, 0.93, 0.90, 0.94), (6, 6000, 11, 0.91, 0.93, 0.95)],
)
def test_sc19_curation_improves_clusterable_scores(classes, n, l11, precision, recall, accuracy):
    """SC-19, TV6: on average over three sets."""
    found = []
    for seed in (1, 2, 4):
        vectors, true, reports = _embedded(classes, n, seed)
        made = curate(vectors, reports, classes, seed=0, rounds=10, epochs=11)
        wrong = reports != true
        before, after = made.histograms()
        assert before.sum() == after.sum() == n
        assert (made.scores == true).mean() > accuracy > (reports == true).mean()
        error = _l11(made.estimate.T, _decaying(classes))
        found.append((error, wrong[made.flagged].mean(), made.flagged[wrong].mean()))
    mean = np.mean(found, axis=0)
    assert mean[0] < l11
    assert mean[1] > precision
    assert mean[2] > recall


def test_sc17_the_report_holds_together():
    """SC-17: matrix, prior before and after, histograms, changed items with old, new and confidence."""
    vectors, _, reports = _embedded(3, 600, 2)
    found = curate(vectors, reports, 3, seed=0, rounds=3, epochs=5)
    assert found.estimate.T.shape == (3, 3)
    assert [counts.sum() for counts in found.histograms()] == [600, 600]
    assert np.all(found.confidence[found.changed] >= 0.5)
    assert np.all(found.scores[found.changed] == found.suggested[found.changed])
    assert "few" in found.estimate.warning
    assert 0 < found.estimate.clusterable <= 1


def test_tv7_unrelated_neighbours_spoil_the_estimate_step_by_step():
    """TV7: the more neighbours have an unrelated true score, the worse; the diagonal is under-estimated."""
    matrix, _ = _ordinal()
    errors, diagonals = [], []
    for share in (0.0, 0.1, 0.3):
        rng = np.random.default_rng(7)
        true = np.repeat(rng.integers(0, 6, 20_000)[:, None], 3, axis=1)
        stray = rng.random((20_000, 3)) < share
        stray[:, 0] = False
        true[stray] = rng.integers(0, 6, stray.sum())
        reports = (matrix.cumsum(axis=1)[true] < rng.random((20_000, 3, 1))).sum(axis=2)
        found = solve(counted(reports.ravel(), np.arange(60_000).reshape(-1, 3), 6))
        errors.append(_l11(found.T, matrix))
        diagonals.append(np.diag(found.T).mean())
    assert errors == sorted(errors)
    assert diagonals == sorted(diagonals, reverse=True)


@pytest.mark.parametrize("scores", [[0, 1, 6], [0, 1, -1], [0, 1, 0.5], [0, 1]])
def test_scores_that_do_not_fit_are_refused(scores):
    with pytest.raises(BadInput):
        curate(_unit(np.ones((3, 4)) + np.eye(3, 4)), scores, 6, seed=0)


def test_sc14_long_tail_is_part_of_the_curation_surface():
    """SC-14: exported beside curate and rank."""
    assert long_tail(_unit(np.random.default_rng(0).normal(size=(20, 6)))).shape == (20,)
