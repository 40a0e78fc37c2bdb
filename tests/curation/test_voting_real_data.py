"""Keep strategies and voting on answers of real models, against the figures that were computed independently."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from engine.curation.strategies import STRATEGIES
from engine.verification.answers import equivalent, extract_answer, grouped

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "model_outputs"
pytestmark = pytest.mark.real_data


def _lines(name):
    if not DATA.exists():
        pytest.skip("../shared/data is not here: voting on real answers is not checked")
    (path,) = (DATA / name).glob("*.jsonl.gz")
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]


@pytest.fixture(scope="module")
def four():
    """Answers of four models to each question, and whether each is right."""
    names = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
    rows = _lines("gsm8k_openai_4models")
    answers = [[row[name]["solution"].split("A: ")[-1].strip() for name in names] for row in rows]
    return answers, [[row[name]["is_correct"] for name in names] for row in rows]


def _largest(answers):
    """Indices of the most common answer; equally common ones go to the one that comes first."""
    return max(grouped(answers), key=len, default=())


def _rounded(values):
    known = list(values)
    return round(sum(known) / len(known), 3)


def test_four_models_one_by_one_and_by_plurality(four):
    """FL-26: accuracies .217, .390, .347, .563; the most common answer, ties to the first, .443."""
    answers, right = four
    assert [_rounded(row[column] for row in right) for column in range(4)] == [0.217, 0.390, 0.347, 0.563]
    chosen = [_largest(row)[0] if _largest(row) else 0 for row in answers]
    assert _rounded(row[index] for row, index in zip(right, chosen, strict=True)) == 0.443


def test_fl21_three_of_four(four):
    """FL-21: a strict majority keeps 408 questions at .885."""
    answers, right = four
    kept = [(row, STRATEGIES["majority"](given)) for given, row in zip(answers, right, strict=True)]
    found = [row[index] for row, index in kept if index is not None]
    assert len(found) == 408
    assert _rounded(found) == 0.885


def test_fl20_all_four(four):
    """FL-20: strict self-consistency keeps 163 questions at .957."""
    answers, right = four
    kept = [(row, STRATEGIES["strict"](given)) for given, row in zip(answers, right, strict=True)]
    found = [row[index] for row, index in kept if index is not None]
    assert len(found) == 163
    assert _rounded(found) == 0.957


@pytest.fixture(scope="module")
def eight():
    """Eight sampled answers to each of 100 problems, whether each is right, and its reward."""
    rows = _lines("math_cot_100")
    answers = [[extract_answer(text) for text in row["code"]] for row in rows]
    rewards = [[values[0] for values in row["pred_score"]] for row in rows]
    return answers, [row["score"] for row in rows], rewards, [row["gt"] for row in rows]


def test_one_model_eight_times(eight):
    """Mean .910, pass@8 .96, the most common of eight .93."""
    answers, right, _, _ = eight
    assert _rounded(label for row in right for label in row) == 0.910
    assert _rounded(any(row) for row in right) == 0.96
    assert _rounded(row[_largest(given)[0]] for given, row in zip(answers, right, strict=True)) == 0.93


def test_fl22_the_best_reward_of_eight(eight):
    """FL-22: the highest reward gives .94."""
    answers, right, rewards, _ = eight
    chosen = [
        STRATEGIES["solvability_reward"](given, solvable=True, rewards=scores)
        for given, scores in zip(answers, rewards, strict=True)
    ]
    assert _rounded(row[index] for row, index in zip(right, chosen, strict=True)) == 0.94


def test_six_of_eight_agree(eight):
    """At least six of eight equal answers keep 91 problems at .978."""
    answers, right, _, gold = eight
    kept = [n for n, given in enumerate(answers) if len(_largest(given)) >= 6]
    assert len(kept) == 91
    assert _rounded(right[n][_largest(answers[n])[0]] for n in kept) == 0.978
    assert _rounded(equivalent(gold[n], answers[n][_largest(answers[n])[0]]) for n in kept) >= 0.978
