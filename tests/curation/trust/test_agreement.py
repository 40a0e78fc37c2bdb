"""CAL-20: how far raters agree, by vectors that were computed elsewhere and by answers of real models."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest

from engine.curation.trust import agreement
from engine.curation.trust.agreement import LABEL, alpha, fleiss, kappa, kappa_error, pair, ratings, table

nan = float("nan")
FLEISS = (
    "0,0,0,0,14 0,2,6,4,2 0,0,3,5,6 0,3,9,2,0 2,2,8,1,1 7,7,0,0,0 3,2,6,3,0 2,5,3,2,2 6,5,2,1,0 0,2,2,3,7"
)  # fmt: skip
KRIPPENDORFF = (
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)


def _rows(counts):
    """What two raters said of the rows that a table counts."""
    cells = [(i, j) for i, row in enumerate(counts) for j, count in enumerate(row) for _ in range(count)]
    return tuple(np.array(cells, dtype=float).T)


def _votes(counts):
    """The same for two categories, the first of which is yes."""
    first, second = _rows(counts)
    return 1 - first, 1 - second


def test_cal20_k1_kappa_and_its_error():
    counts = [[40, 10], [5, 45]]
    value, error = kappa(counts), kappa_error(counts)
    assert value == pytest.approx(0.70, abs=1e-9)
    assert error == pytest.approx(0.071056, abs=1e-6)
    assert (value - 1.959964 * error, value + 1.959964 * error) == pytest.approx((0.560732, 0.839268), abs=1e-6)
    found = pair(*_votes(counts), ("one", "other"))
    assert found.values["po"] == pytest.approx(0.85)
    low, high = found.intervals["kappa"]
    assert (low, high) == pytest.approx((0.560732, 0.839268), abs=0.03), "drawing rows anew says about the same"


def test_cal20_k2_a_low_kappa_stands_beside_a_high_agreement():
    found = pair(*_votes([[90, 4], [5, 1]]), ("one", "other"))
    wanted = {
        "po": 0.91, "kappa": 0.134615, "pabak": 0.82, "ac1": 0.899559, "positive": 0.952381, "negative": 0.181818
    }  # fmt: skip
    assert dict(found.values) == pytest.approx(wanted, abs=1e-6)
    assert (found.both, found.first_only, found.second_only, found.neither) == (90, 4, 5, 1)
    assert (found.first_rate, found.second_rate) == (pytest.approx(0.94), pytest.approx(0.95))


def test_cal20_k3_weighted_kappa():
    counts = [[20, 5, 1], [4, 15, 6], [0, 5, 24]]
    found = [kappa(counts, weighting) for weighting in ("none", "linear", "quadratic")]
    assert found == pytest.approx([0.604892, 0.694126, 0.780772], abs=1e-6)
    rated = ratings(*_rows(counts), 3)
    assert rated.value == pytest.approx(0.780772, abs=1e-6)
    assert rated.interval[0] < rated.value < rated.interval[1]


def test_cal20_k4_fleiss():
    counts = [[int(cell) for cell in row.split(",")] for row in FLEISS.split()]
    assert fleiss(counts).value == pytest.approx(0.209931, abs=1e-6)
    with pytest.raises(ValueError, match="same number of raters"):
        fleiss([[2, 1], [1, 1]])


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743421), ("ordinal", 0.815388), ("interval", 0.849107)])
def test_cal20_k5_alpha_with_gaps(level, value):
    said = [[nan if cell == "." else float(cell) for cell in row.split()] for row in KRIPPENDORFF]
    found = alpha(said, level)
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.rows == 11, "a row that one observer spoke of tells nothing of agreement"


def test_cal20_where_nothing_varies_there_is_no_value():
    found = pair([1, 1, 1], [1, 1, 1], ("one", "other"))
    assert found.values["po"] == 1
    assert found.values["kappa"] is None
    assert found.values["negative"] is None
    assert found.intervals["kappa"] is None
    assert kappa([[3, 0], [0, 0]]) is None
    assert kappa_error([[3, 0], [0, 0]]) is None
    assert alpha([[2, 2], [2, 2]]).value is None
    assert fleiss([[3, 0], [3, 0]]).value is None
    assert agreement.NO_VARIATION == "no variation"


def test_cal20_a_judge_that_always_says_yes_agrees_by_chance_alone():
    found = pair([1, 1, 1, 1], [1, 1, 1, 0], ("judge", LABEL))
    assert found.values["po"] == 0.75
    assert found.values["kappa"] == 0
    assert found.values["negative"] == 0


@pytest.mark.parametrize("rows", [0, 1])
def test_cal20_next_to_no_rows(rows):
    found = pair([1.0] * rows, [0.0] * rows, ("one", "other"))
    assert found.rows == rows
    assert found.first_rate == (1.0 if rows else None)
    assert alpha(np.zeros((2, 0))).value is None
    assert fleiss(np.zeros((0, 2))).value is None


def test_cal20_what_cannot_be_read_is_left_out_and_counted():
    found = pair([1, nan, 0, 1], [1, 1, 0, nan], ("judge", LABEL))
    assert (found.rows, found.left_out) == (2, 2)
    with pytest.raises(ValueError, match="1, 0 or nan"):
        pair([0.5], [1], ("judge", LABEL))


def test_cal20_weights_count_like_repeated_rows():
    first, second, often = np.array([1, 1, 0, 0]), np.array([1, 0, 0, 1]), np.array([3, 1, 2, 1])
    weighed = pair(first, second, ("one", "other"), weights=often)
    repeated = pair(np.repeat(first, often), np.repeat(second, often), ("one", "other"))
    assert dict(weighed.values) == pytest.approx(dict(repeated.values))
    assert weighed.first_rate == pytest.approx(repeated.first_rate)
    said = np.tile([[1, 2, 2, 3], [1, 2, 3, 3]], 25)
    ample = np.tile(often, 25)
    repeats = alpha(np.repeat(said, ample, axis=1)).value
    assert alpha(said, weights=ample).value == pytest.approx(repeats, abs=0.01), "but for the size of the sample"
    with pytest.raises(ValueError, match="not below 0"):
        pair(first, second, ("one", "other"), weights=[1, -1, 1, 1])
    assert pair(first, second, ("one", "other"), weights=np.zeros(4)).values["po"] is None


def test_cal20_intervals_come_from_the_seed_and_cover_the_truth():
    rng = np.random.default_rng(1)
    label = rng.random((200, 150)) < 0.4
    vote = np.where(rng.random(label.shape) < 0.8, label, ~label)
    joint = np.array([[0.4 * 0.8, 0.6 * 0.2], [0.4 * 0.2, 0.6 * 0.8]])
    truth = kappa(joint)
    found = [pair(v, y, ("judge", LABEL), seed=7).intervals["kappa"] for v, y in zip(vote, label, strict=True)]
    covered = np.mean([low <= truth <= high for low, high in found])
    assert 0.90 <= covered <= 0.99
    assert pair(vote[0], label[0], ("judge", LABEL), seed=7).intervals["kappa"] == found[0]
    assert pair(vote[0], label[0], ("judge", LABEL), seed=8).intervals["kappa"] != found[0]


@pytest.mark.real_data
def test_cal20_four_models_judge_each_other(real_data):
    """Three models vote on the answers of a fourth: yes where they have the same one."""
    names = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
    (path,) = (real_data / "model_outputs" / "gsm8k_openai_4models").glob("*.jsonl.gz")
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    answers = {name: [_answer(line[name]["solution"]) for line in lines] for name in names}
    *judges, candidate = names
    votes = {
        name: [a == b for a, b in zip(answers[name], answers[candidate], strict=True)] for name in judges
    }  # fmt: skip
    labels = [line[candidate]["is_correct"] for line in lines]
    found = {(one.first, one.second): one for one in table(votes, labels)}
    kappas = [round(one.values["kappa"], 4) for one in found.values()]
    assert kappas == [0.2325, 0.3937, 0.4040, 0.3455, 0.3631, 0.4255]
    assert {one.rows for one in found.values()} == {1319}
    assert found["6b_finetuning", LABEL].second_rate == pytest.approx(0.562547, abs=1e-6)
    assert found["6b_finetuning", LABEL].first_rate == pytest.approx(0.2168, abs=1e-4)
    bounds = found["6b_verification", "175b_finetuning"].intervals["kappa"]
    assert bounds == pytest.approx((0.3759, 0.4751), abs=0.01)
    said = np.array([votes[name] for name in judges], dtype=float)
    counts = np.stack([said.sum(axis=0), 3 - said.sum(axis=0)], axis=1)
    assert fleiss(counts).value == pytest.approx(0.3704, abs=5e-5)
    assert alpha(said).value == pytest.approx(0.3706, abs=5e-5)


def _answer(solution):
    text = solution.rpartition("A:")[2].splitlines()[0].replace(",", "").replace("$", "").strip().removesuffix(".")
    try:
        return float(text)
    except ValueError:
        return text
