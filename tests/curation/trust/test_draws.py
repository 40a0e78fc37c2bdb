"""Random draws without a store: permanent numbers, the mixture's chances, weights; vectors of published sources."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from pydantic import ValidationError

from engine.curation.trust.draws import (
    FIRST,
    FLOOR,
    NEXT,
    UNIFORM,
    DrawMixture,
    RowScores,
    allowed,
    design,
    next_size,
    sample,
)
from engine.curation.trust.permanent_numbers import hash64, numbers
from engine.curation.trust.weights import NO_DRAW, known_before, shares, weights

IDS = pa.array([f"P-{n * 2654435761 % 2**32:016x}" for n in range(3_000)])


def _scores(chance: list[float], **columns: object) -> RowScores:
    count = len(chance)
    given = {
        "inside": np.ones(count, np.bool_), "near": np.zeros(count, np.bool_), "votes": np.zeros(count),
        "concepts": np.zeros(count, np.int64), "labelled": np.zeros(count), **columns,
    }  # fmt: skip
    return RowScores(np.array(chance), **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("size", "expected"),
    [(0, 0x726FDB47DD0E0E31), (1, 0x74F839C593DC67FD), (8, 0x93F5F5799A932462), (15, 0xA129CA6149BE45E5)],
)
def test_the_hash_is_siphash_with_its_published_vectors(size: int, expected: int) -> None:
    """Aumasson & Bernstein 2012, appendix A and the reference implementation: key and text are 00 01 02 ..."""
    assert int(hash64(bytes(range(16)), ["".join(map(chr, range(size)))])[0]) == expected


def test_cal02_numbers_hang_on_salt_and_id_alone() -> None:
    """Any order and any pieces give the same numbers; texts of other lengths and scripts among them change nothing."""
    whole = numbers("salt", IDS)
    shuffled = np.random.default_rng(0).permutation(len(IDS))
    assert np.array_equal(numbers("salt", IDS.take(pa.array(shuffled))), whole[shuffled])
    mixed = ["seed:1", "题目-42", "", *IDS.to_pylist()[:5]]
    assert np.array_equal(numbers("salt", mixed)[3:], whole[:5])
    assert np.array_equal(numbers("salt", IDS[7:20]), whole[7:20])
    assert not np.isclose(numbers("other", IDS), whole).any()
    assert abs(whole.mean() - 0.5) < 3 * (1 / 12 / len(IDS)) ** 0.5
    assert numbers("salt", []).shape == (0,)


def test_cal02_two_shardings_give_the_same_rows() -> None:
    chances = np.linspace(0.001, 0.2, len(IDS))
    whole = set(IDS.take(pa.array(sample("s", IDS, chances).rows)).to_pylist())
    for pieces in (7, 500):
        found: set[str] = set()
        for rows in np.array_split(np.arange(len(IDS)), pieces):
            part = IDS.take(pa.array(rows))
            found |= set(part.take(pa.array(sample("s", part, chances[rows]).rows)).to_pylist())
        assert found == whole


def test_cal02_sizes_are_about_what_was_planned() -> None:
    made = design(UNIFORM, 50, len(IDS))
    sizes = [len(sample(f"salt {n}", IDS, made.chances).rows) for n in range(200)]
    sd = (made.chances * (1 - made.chances)).sum() ** 0.5
    assert abs(np.mean(sizes) - 50) < 3 * sd / 200**0.5
    assert sd <= 50**0.5
    assert 0.8 < np.std(sizes) / sd < 1.2


def test_cal26_q1_the_mixture_of_control_and_uncertainty() -> None:
    mixture = DrawMixture(control=0.3, uncertainty=0.7, coverage=0.0)
    scores = _scores([0.5, 0.9, 0.99, 0.2])
    assert design(mixture, 1, 4, scores).chances == pytest.approx([0.344231, 0.236538, 0.128846, 0.290385], abs=1e-6)
    assert design(mixture, 2, 4, scores).chances == pytest.approx([0.688462, 0.473077, 0.257692, 0.580769], abs=1e-6)


def test_cal26_place_disagreement_and_concept_move_the_chances() -> None:
    """A quarter outside the kept set unless near its limits; more where judges disagree and concepts lack labels."""
    doubt = DrawMixture(control=0.2, uncertainty=0.8, coverage=0.0)
    places = _scores([0.5] * 4, inside=np.array([True, False, False, True]), near=np.array([False, True, False, False]),
                     votes=np.array([0.0, 0.0, 0.0, 0.25]))  # fmt: skip
    share = design(doubt, 1, 4, places).chances - 0.2 / 4
    assert share / share[0] == pytest.approx([1, 1, 0.25, 2])
    cover = DrawMixture(control=0.2, uncertainty=0.0, coverage=0.8)
    concepts = _scores([0.5] * 4, concepts=np.array([0, 0, 1, 2]), labelled=np.array([0.0, 0.0, 0.0, 3.0]))
    share = design(cover, 1, 4, concepts).chances - 0.2 / 4
    assert share / share[2] == pytest.approx([0.5, 0.5, 1, 0.5])


def test_cal26_no_weight_is_above_the_bound_of_the_control() -> None:
    rng = np.random.default_rng(3)
    for size, control in ((5, 0.2), (40, 0.3), (200, 0.5)):
        mixture = DrawMixture(control=control, uncertainty=1 - control, coverage=0.0)
        scores = _scores(rng.beta(0.2, 0.2, 300).tolist(), inside=rng.random(300) < 0.1, votes=rng.random(300) / 4)
        made = design(mixture, size, 300, scores)
        assert made.chances.min() >= min(1.0, size * control / 300) - 1e-12
        assert made.chances.max() <= 1


def test_cal26_clipped_mass_goes_to_the_others_once() -> None:
    """A row that would be drawn 3.2 times gives 2.2 to the others; nothing is lost while they have room."""
    mixture = DrawMixture(control=0.2, uncertainty=0.0, coverage=0.8)
    scores = _scores([0.5] * 101, concepts=np.array([0] + [1] * 100), labelled=np.array([0.0] + [1e9] * 100))
    made = design(mixture, 20, 101, scores)
    assert made.chances[0] == 1
    assert made.clipped == 1
    assert made.chances.sum() == pytest.approx(20)
    assert design(UNIFORM, 500, 101).chances == pytest.approx(np.ones(101))


def test_cal26_the_order_on_screen_says_nothing_of_the_chance() -> None:
    chances = np.random.default_rng(1).random(len(IDS))
    rhos = []
    for n in range(30):
        found = sample(f"order {n}", IDS, chances)
        rhos.append(np.corrcoef(np.arange(len(found.rows)), found.chances)[0, 1])
    assert abs(np.mean(rhos)) < 3 / (30 * len(found.rows)) ** 0.5
    assert np.array_equal(found.chances, chances[found.rows])


def test_cal26_the_floor_cannot_be_set_away() -> None:
    for shares_of in ({"control": 0.1, "uncertainty": 0.7, "coverage": 0.2}, {"control": 0.5, "uncertainty": 0.6}):
        with pytest.raises(ValidationError):
            DrawMixture(**shares_of)
    assert DrawMixture().control >= FLOOR


def test_cal26_the_first_rows_are_uniform_and_batches_have_their_sizes() -> None:
    assert (next_size(0), next_size(49), next_size(50)) == (FIRST, FIRST, NEXT)
    asked = DrawMixture(second_readers=0.5)
    assert allowed(asked, 30).uniform
    assert allowed(asked, 30).second_readers == 0.5
    assert allowed(asked, 50) == asked


def test_cal29_a_share_of_the_drawn_rows_is_marked_for_a_second_reader() -> None:
    found = sample("second", IDS, np.ones(len(IDS)), 0.1)
    assert found.second.mean() == pytest.approx(0.1, abs=0.02)
    assert abs(np.corrcoef(found.second, np.arange(len(IDS)))[0, 1]) < 0.06


def test_cal03_l1_one_weight_for_each_label() -> None:
    """Three draws: a label of each, a convenience label between the first two, and one after the last."""
    drawn = [0, 1, 2, NO_DRAW, NO_DRAW]
    made = weights(shares([50, 50, 50]), drawn, [0.02, 0.1, 0.05, 0, 0], known_before(3, drawn, [0, 0, 0, 1, 3]))
    assert made.weight == pytest.approx([17.333333, 3.666667, 6.666667, 0.666667, 0], abs=1e-6)
    assert made.variance[:3] == pytest.approx([0.98 / 0.02**2 / 9, 0.9 / 0.1**2 / 9, 0.95 / 0.05**2 / 9])
    assert made.variance[3:].tolist() == [0, 0]
    assert weights([], [NO_DRAW], [0], np.zeros((0, 1))).weight.tolist() == [0]


def test_cal03_a_weighted_mean_is_unbiased_with_reviewers_in_between() -> None:
    """Between draws a reviewer marks bad rows only; pooled labels are far off, the ledger's mean is not."""
    rng = np.random.default_rng(5)
    good = rng.random(2_000) < 0.8
    ledger, pooled = [], []
    for run in range(120):
        drawn, chance, labelled = np.full(2_000, NO_DRAW), np.ones(2_000), np.full(2_000, 9)
        for batch in range(3):
            open_rows = np.flatnonzero((drawn == NO_DRAW) & (labelled == 9))
            found = sample(f"{run} {batch}", IDS.take(pa.array(open_rows)), design(UNIFORM, 60, len(open_rows)).chances)
            drawn[open_rows[found.rows]], chance[open_rows[found.rows]] = batch, found.chances
            bad = np.flatnonzero((drawn == NO_DRAW) & (labelled == 9) & ~good)
            labelled[rng.choice(bad, 40, replace=False)] = batch + 1
        said = np.flatnonzero((drawn != NO_DRAW) | (labelled < 9))
        known = known_before(3, drawn[said], labelled[said])
        made = weights(shares([60, 60, 60]), drawn[said], chance[said], known)
        ledger.append(float(made.weight @ good[said] / made.weight.sum()))
        pooled.append(float(good[said].mean()))
    assert abs(np.mean(ledger) - good.mean()) < 3 * np.std(ledger) / 120**0.5 + 0.002
    assert np.mean(pooled) < good.mean() - 0.2
