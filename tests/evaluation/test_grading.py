"""Right or wrong: by meaning, by letter, by an option's text; all gold answers of public benchmarks."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
import pytest

from engine.evaluation.grading import grade

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
OPTIONS = "Which is even?\nA. 3\nB. 8\nC. $\\frac{1}{2}$\nD. 7"


@pytest.mark.parametrize(
    ("text", "expected", "right"),
    [
        ("So it is \\boxed{1,200}.", "1200", True),
        ("#### 0.5", "\\frac{1}{2}", True),
        ("The answer is 41.", "42", False),
        ("\\boxed{3 and -2}", "-2 and 3", True),
        ("\\boxed{3; 3}", "3; -2", False),
        ("no idea at all", "42", False),
    ],
)
def test_final_answers_are_compared_by_meaning(text, expected, right):
    assert grade(text, expected).right is right


@pytest.mark.parametrize(
    ("text", "right"),
    [("\\boxed{B}", True), ("\\boxed{(B)}", True), ("\\boxed{8}", True), ("\\boxed{A}", False), ("\\boxed{7}", False)],
)
def test_multiple_choice_by_letter_or_text(text, right):
    """CL-29: the text of an option is as good as its letter."""
    assert grade(text, "B", OPTIONS).right is right


def test_an_answer_that_names_no_option_is_wrong():
    said = grade("\\boxed{99}", "B", OPTIONS)
    assert (said.right, said.how) == (False, "names no option")


def test_no_answer_is_wrong_and_says_so():
    assert grade("", "1").how == "no answer was found"


@pytest.mark.real_data
@pytest.mark.skipif(not DATA.exists(), reason="the folder with public data sets is not here")
def test_gold_answers_grade_right_and_neighbours_wrong():
    """FL-33, AM-24: GSM8K test, all 1,319: the gold text is right, the next question's is wrong unless equal."""
    with gzip.open(DATA / "gsm8k" / "test.jsonl.gz") as file:
        rows = [orjson.loads(line) for line in file]
    gold = [row["answer"].rpartition("####")[2].strip() for row in rows]
    assert len(rows) == 1319
    assert all(grade(row["answer"], answer).right for row, answer in zip(rows, gold, strict=True))
    shifted = [*gold[1:], gold[0]]
    same = sum(float(a.replace(",", "")) == float(b.replace(",", "")) for a, b in zip(gold, shifted, strict=True))
    assert sum(grade(row["answer"], other).right for row, other in zip(rows, shifted, strict=True)) == same
