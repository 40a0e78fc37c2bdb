"""Right or wrong: by meaning, by letter, by an option's text; all gold answers of public benchmarks."""

from __future__ import annotations

import gzip
import time
from itertools import pairwise
from pathlib import Path

import orjson
import pytest

from engine.learning.evaluation import benchmark_files, grading
from engine.learning.evaluation.choices import letters_in
from engine.learning.evaluation.grading import grade
from engine.learning.evaluation.questions import BenchmarkQuestion
from engine.verification.answers import equivalent

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
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


@pytest.mark.parametrize(
    ("text", "expected", "right"),
    [
        ("\\boxed{A, C, D}", "ACD", True),
        ("\\boxed{CAD}", "ACD", True),
        ("\\boxed{AC}", "ACD", False),
        ("所以是第二个。\n故选B", "B", True),
        ("The correct option is (B).", "B", True),
        ("So we see it.\n\nB", "B", True),
        ("\\boxed{\\text{B}}", "B", True),
        ("\\boxed{B. 8}", "B", True),
        ("\\boxed{A. 3}", "B", False),
        ("\\boxed{\\frac12}", "C", True),
        ("I am sure of nothing.", "B", False),
    ],
)
def test_letters_as_models_write_them(text, expected, right):
    assert grade(text, expected, OPTIONS).right is right


@pytest.mark.parametrize(
    ("text", "said", "how", "right"),
    [
        ("\\boxed{B}", "B", "letter", True),
        ("So we see it.\n\nB", "B", "letter", True),
        ("#### B、8", "B、8", "letter with its text", True),
        ("\\boxed{C：\\frac12}", "C：\\frac12", "letter with its text", False),
        ("\\boxed{A、3 B、8}", "A、3 B、8", "letters in a sentence", False),
        ("\\boxed{(A、3 B、8)}", "(A、3 B、8)", "letters in a sentence", False),
        ("\\boxed{8}", "8", "text of an option", True),
        ("\\boxed{9}", "9", "names no option", False),
        ("I am sure of nothing.", None, "no answer was found", False),
    ],
)
def test_what_decided_over_a_letter_is_told(text, said, how, right):
    """Who doubts a grade reads beside it what was taken for the answer, and by which rule."""
    found = grade(text, "B", OPTIONS)
    assert (found.answer, found.how, found.right) == (said, how, right)


def test_options_with_the_same_text_stand_for_each_other():
    question = "How many?\nA. 288\nB. 277\nC. 200\nD. 277"
    assert grade("\\boxed{277}", "D", question).right
    assert not grade("\\boxed{200}", "D", question).right


def test_another_text_of_the_answer():
    assert grade("\\boxed{-2}", "A", "最小的数是()\nA.-2  B.0  C. 3  D.  -1/2", also="-2").right
    assert grade("\\boxed{4}", "5", also="4").right


@pytest.mark.parametrize(
    ("said", "expected", "also", "right"),
    [
        ("12", "B", "12", True),
        ("12", "B", "13", False),
        ("3", "B", "13", False),
        ("8", "AC", "13", False),
        ("8", "AC", "", False),
        ("13", "AC", "13", True),
        ("both A and C", "AC", "", True),
        ("both A and D", "AC", "", False),
        ("Ann and Carl", "AC", "", False),
    ],
)
def test_the_text_of_an_answer_counts_where_it_is_said_and_no_option_for_several_letters(said, expected, also, right):
    """Of two letters, the text of one option is not the answer, whatever the answer is called besides."""
    assert grade(f"\\boxed{{{said}}}", expected, OPTIONS, also=also).right is right


def test_a_letter_without_options_is_a_value():
    """The name of a point is no choice."""
    assert grade("\\boxed{B}", "B", "Which vertex is nearest to the origin?").right
    assert not grade("\\boxed{C}", "B", "Which vertex is nearest to the origin?").right


@pytest.mark.parametrize(
    ("text", "expected", "right"),
    [
        ("\\boxed{13/3}", "4.33", True),
        ("\\boxed{4.3333}", "4.33", True),
        ("\\boxed{4.34}", "4.33", False),
        ("\\boxed{4}", "4.33", False),
        ("\\boxed{41.83}", "41.8", True),
        ("\\boxed{5}", "5.4", False),
    ],
)
def test_rounded_expected_answers(text, expected, right):
    """FL-33: GSM-Plus and Minerva print rounded decimals; elsewhere 13/3 is not 4.33."""
    assert grade(text, expected, rounded=True).right is right
    assert not grade(text, expected).right


def test_a_second_opinion_is_told_and_does_not_overrule(monkeypatch):
    """math-verify is asked of what is no plain formula; `how` says where it would have decided otherwise."""
    asked = []

    def verified(a, b):
        asked.append((a, b))
        return True

    monkeypatch.setattr(grading, "same_by_symbols", verified)
    said = grade("\\boxed{(1, 2)}", "[1, 2]")
    assert (said.right, said.how) == (False, grading.DISPUTED)
    assert grade("\\boxed{12}", "13").how == grade("\\boxed{x^2}", "x^3").how == "differs"
    assert len(asked) == 1


@pytest.mark.parametrize(
    "text", ["\\boxed{" * 20_000, "{" * 50_000, "9^9^9^9", "\\boxed{9^{9^{9^{9}}}}", "\0" * 9, "A" * 50_000]
)
def test_hostile_replies_are_graded_in_time(text):
    started = time.monotonic()
    assert not grade(text, "42").right
    assert not grade(text, "B", OPTIONS).right
    assert time.monotonic() - started < 10


def test_an_answer_that_names_no_option_is_wrong():
    said = grade("\\boxed{99}", "B", OPTIONS)
    assert (said.right, said.how) == (False, "names no option")


def test_no_answer_is_wrong_and_says_so():
    assert grade("", "1").how == "no answer was found"


REAL = pytest.mark.skipif(not DATA.exists(), reason="the folder with public data sets is not here")
Q, D = DATA / "benchmarks" / "qwen25math", DATA / "benchmarks" / "dart-math"
FILES = {
    "gsm8k": DATA / "gsm8k" / "test.jsonl.gz",
    "math": DATA / "math" / "derived" / "math_test.jsonl.gz",
    "college_math": Q / "college_math" / "test.jsonl.gz",
    "deepmind_mathematics": D / "deepmind-mathematics.json.gz",
    "olympiadbench": Q / "olympiadbench" / "test.jsonl.gz",
    "theoremqa": D / "theoremqa.json.gz",
    "gsm_plus": DATA / "benchmarks" / "gsm-plus" / "gsmplus_testmini.jsonl.gz",
    "minerva": Q / "minerva_math" / "test.jsonl.gz",
    "gaokao2023en": Q / "gaokao2023en" / "test.jsonl.gz",
    "gaokao_mcq": Q / "gaokao_math_qa" / "test.jsonl.gz",
    "gaokao_cloze": Q / "gaokao_math_cloze" / "test.jsonl",
    "gaokao2024_mix": Q / "gaokao2024_mix" / "test.jsonl",
    "cmath": Q / "cmath" / "test.jsonl.gz",
    "cn_middle_school": Q / "cn_middle_school" / "test.jsonl",
    "svamp": Q / "svamp" / "test.jsonl.gz",
    "mmlu_stem": Q / "mmlu_stem" / "test.jsonl.gz",
    "asdiv": Q / "asdiv" / "test.jsonl.gz",
    "mawps": Q / "mawps" / "test.jsonl.gz",
    "aqua": Q / "aqua" / "test.jsonl.gz",
    "sat_math": Q / "sat_math" / "test.jsonl",
}
COMPARED = 40
"""Shifted answers of a file that are graded."""


def _graded(said: str, question: BenchmarkQuestion) -> bool:
    text = f"We work it out.\n\\boxed{{{said}}}"
    return grade(text, question.answer, question.text, also=question.also, rounded=question.rounded).right


@pytest.mark.real_data
@REAL
@pytest.mark.parametrize("name", FILES)
def test_gold_answers_are_right_and_shifted_ones_wrong(name):
    """AM-24, FL-33, CL-29: every expected answer is right by itself, that of the next question where it is equal."""
    every = benchmark_files.load(f"{name}={FILES[name]}").questions
    assert [one.answer for one in every if not _graded(one.answer, one)] == []
    step = max(1, len(every) // COMPARED)
    pairs = list(pairwise(every))[::step]
    wrong = [(one, other) for one, other in pairs if not _graded(other.answer, one)]
    taken = [(one, other) for one, other in pairs if (one, other) not in wrong]
    for one, other in taken:
        assert one.choice or other.choice or equivalent(one.answer, other.answer), (one.answer, other.answer)
        assert not one.choice or letters_in(other.answer) == one.answer or not letters_in(other.answer)
    assert len(wrong) > len(pairs) / 2


@pytest.mark.real_data
@REAL
def test_the_answers_of_four_models_are_graded_as_their_authors_did():
    """GSM8K, 1,319 problems, four models: 5,276 of 5,276 verdicts agree."""
    with gzip.open(DATA / "model_outputs" / "gsm8k_openai_4models" / "example_model_solutions.jsonl.gz") as file:
        rows = [orjson.loads(line) for line in file]
    names = ("6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification")
    shares = {name: 0 for name in names}
    for row in rows:
        gold = row["ground_truth"].rpartition("\nA:")[2].strip()
        for name in names:
            said = row[name]["solution"].rpartition("\nA:")[2].strip()
            right = grade(f"#### {said}", gold).right
            assert right == row[name]["is_correct"], (gold, said)
            shares[name] += right
    assert [round(count / len(rows), 3) for count in shares.values()] == [0.217, 0.390, 0.347, 0.563]


@pytest.mark.real_data
@REAL
def test_whole_solutions_are_graded_as_their_authors_did():
    """MATH, 100 problems, eight answers each: all but one verdict agree, and there 10,000 is ten thousand."""
    with gzip.open(DATA / "model_outputs" / "math_cot_100" / "math_cot_100.jsonl.gz") as file:
        rows = [orjson.loads(line) for line in file]
    differ = [
        (row["gt"], grade(text, row["gt"]).answer)
        for row in rows
        for text, right in zip(row["code"], row["score"], strict=True)
        if grade(text, row["gt"]).right != right
    ]
    assert differ == [("10{,}000", "10000")]
