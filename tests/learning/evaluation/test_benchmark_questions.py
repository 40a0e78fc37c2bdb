"""Rows of public files, each with fields of its own, become questions with an answer that can be graded."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.errors import BadInput
from engine.learning.evaluation import benchmark_files
from engine.learning.evaluation.benchmarks import BENCHMARKS
from engine.learning.evaluation.choices import letters_in, options_within
from engine.learning.evaluation.questions import Unfit, from_row

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
Q, D = DATA / "benchmarks" / "qwen25math", DATA / "benchmarks" / "dart-math"


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"question": "?", "answer": "So it is <<1+1=2>>2.\n#### 1,234"}, "1234"),
        ({"problem": "?", "solution": "It is \\boxed{\\frac{1}{2}}."}, "\\frac{1}{2}"),
        ({"problem": "?", "answer": "A long way to the end of it all, and there we find that it is \\boxed{7}."}, "7"),
        ({"Question": "?", "Body": "There are 3.", "Answer": 145.0}, "145"),
        ({"Question": "?", "Answer": [0, 5], "Answer_type": "list of integer"}, "[0, 5]"),
        ({"Question": "?", "Answer": True}, "True"),
        ({"question": "?", "final_answer": ["3", "-2"], "solution": ["long"]}, "3, -2"),
        ({"input": "?", "target": "43.0"}, "43.0"),
        ({"题目": "多少？", "答案": "12"}, "12"),
        ({"Problem_7": {"question": "?", "answer": "16", "level": "olympiad"}}, "16"),
    ],
)
def test_values_of_every_shape(row, answer):
    question = from_row("x", row, None)
    assert question.answer == answer
    assert not question.choice


@pytest.mark.parametrize(
    "row",
    [
        {"question": "Which?", "options": {"A": "1", "B": "2", "C": "3"}, "label": "B", "answer": None},
        {"question": "Which?", "options": ["A)1", "B)2", "C)3"], "correct": "B"},
        {"question": "Which?", "options": "A) 1 B) 2 C) 3", "Answer": "B"},
        {"question": "Which?", "choices": ["1", "2", "3"], "answer": 1},
        {"question": "Which?", "choices": {"text": ["1", "2", "3"], "label": ["A", "B", "C"]}, "answerKey": "B"},
        {"question": "Which? A. 1  B. 2  C. 3", "answer": "2", "choice_answer": "B"},
        {"problem": "Which?", "answer_option_list": [[{"aoVal": "ABC"[n], "content": f"{n + 1}"}] for n in range(3)],
         "answer_value": "B"},
        {"question": "Which?", "A": "1", "B": "2", "C": "3", "answer": "B"},
    ],
)  # fmt: skip
def test_choices_of_every_shape(row):
    question = from_row("x", row, None)
    assert (question.answer, question.choice) == ("B", True)
    assert options_within(question.text) == {"A": "1", "B": "2", "C": "3"}
    assert question.also in ("2", "")


def test_ten_options_are_the_most_and_letters_out_of_order_are_text():
    """A mark behind the tenth option, or one that is not the next letter, belongs to the option before it."""
    ten = {letter: str(number) for number, letter in enumerate("ABCDEFGHIJ")}
    listed = " ".join(f"{letter}. {text}" for letter, text in ten.items())
    assert options_within(listed) == ten
    assert options_within(f"{listed} A. said again") == ten | {"J": "9 A. said again"}
    assert options_within("A. one, D. Smith B. two") == {"A": "one, D. Smith", "B": "two"}
    assert options_within("A. alone") == {}


def test_several_letters_are_one_answer():
    assert [letters_in(said) for said in ("A B D", "(C)", "\\text{(A)}", "B, C", "option D", "(b)", "AD", "DA")] == [
        "ABD", "C", "A", "BC", "D", "B", "AD", "AD",
    ]  # fmt: skip
    assert [letters_in(said) for said in ("AA", "a", "ABCK", "5", "A = 3", "")] == [""] * 6


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"question": "?", "answer": ""}, "answer"),
        ({"question": "?", "answer": None, "solution": "None of it is known."}, "answer"),
        ({"question": "", "answer": "1"}, "question"),
        ({"other": "?"}, "question"),
        ({"question": "?", "note": "x"}, "answer"),
    ],
)
def test_what_is_missing_is_named(row, field):
    with pytest.raises(Unfit) as found:
        from_row("x", row, None)
    assert found.value.field == field


def test_level_subject_and_language():
    row = {"problem": "求 $x$ 的值。", "answer": "3", "level": "Level 4", "knowledge_points": ["Roots", "Powers"]}
    question = from_row("x", row, None)
    assert (question.level, question.subject, question.language) == ("Level 4", "Roots", "zh")
    assert from_row("x", {"problem": "What?", "answer": "3", "level": "Level ?", "type": "Algebra"}, None).level == ""
    assert from_row("cmath", {"question": "?", "answer": 9, "grade": 1}, BENCHMARKS["cmath"]).language == "zh"


FILES = {
    "gsm8k": (DATA / "gsm8k" / "test.jsonl.gz", 1319, 0),
    "math": (DATA / "math" / "derived" / "math_test.jsonl.gz", 5000, 26),
    "math_500": (DATA / "math" / "math500_test.jsonl.gz", 500, 3),
    "college_math": (Q / "college_math" / "test.jsonl.gz", 2818, 0),
    "deepmind_mathematics": (D / "deepmind-mathematics.json.gz", 1000, 0),
    "olympiadbench": (Q / "olympiadbench" / "test.jsonl.gz", 675, 0),
    "theoremqa": (D / "theoremqa.json.gz", 800, 17),
    "gsm_plus": (DATA / "benchmarks" / "gsm-plus" / "gsmplus_testmini.jsonl.gz", 2100, 0),
    "gsm_plus_distraction": (DATA / "benchmarks" / "gsm-plus" / "gsmplus_testmini.jsonl.gz", 300, 0),
    "minerva": (Q / "minerva_math" / "test.jsonl.gz", 272, 0),
    "gaokao2023en": (Q / "gaokao2023en" / "test.jsonl.gz", 383, 37),
    "gaokao_mcq": (Q / "gaokao_math_qa" / "test.jsonl.gz", 351, 351),
    "gaokao_cloze": (Q / "gaokao_math_cloze" / "test.jsonl", 118, 0),
    "gaokao2024_I": (Q / "gaokao2024_I" / "test.jsonl", 14, 11),
    "gaokao2024_II": (Q / "gaokao2024_II" / "test.jsonl", 14, 11),
    "gaokao2024_mix": (Q / "gaokao2024_mix" / "test.jsonl", 91, 54),
    "cmath": (Q / "cmath" / "test.jsonl.gz", 600, 0),
    "cn_middle_school": (Q / "cn_middle_school" / "test.jsonl", 101, 41),
    "svamp": (Q / "svamp" / "test.jsonl.gz", 1000, 0),
    "mmlu_stem": (Q / "mmlu_stem" / "test.jsonl.gz", 3018, 3018),
}


@pytest.mark.real_data
@pytest.mark.skipif(not DATA.exists(), reason="the folder with public data sets is not here")
@pytest.mark.parametrize("name", FILES)
def test_public_files_are_read_whole(name):
    """AM-24, FL-33, CL-29, GSDP-40: every public file at hand, its size, and how many are multiple choice."""
    path, size, choices = FILES[name]
    found = benchmark_files.load(f"{name}={path}")
    assert (len(found.questions), sum(one.choice for one in found.questions)) == (size, choices)
    assert len({one.id for one in found.questions}) == size
    shots = {one.shots for one in found.questions if one.choice}
    assert shots <= ({5} if name.startswith(("gaokao2024", "gaokao_", "cn_")) else {0})
    warned = {"cmath": "600 questions, published with 1,700", "gaokao2023en": "2 questions without an answer"}
    assert len(found.warnings) == (name in warned)
    assert all(warned[name] in warning for warning in found.warnings)


@pytest.mark.real_data
@pytest.mark.skipif(not DATA.exists(), reason="the folder with public data sets is not here")
def test_rows_without_an_answer_stop_everything():
    """MATH train has two rows with an empty answer; GSM-Plus under another name keeps its questions without answers."""
    with pytest.raises(BadInput, match="line 5342, field answer"):
        benchmark_files.load(f"mine={DATA / 'math' / 'derived' / 'math_train.jsonl.gz'}")
    with pytest.raises(BadInput, match="no answer"):
        benchmark_files.load(f"mine={DATA / 'benchmarks' / 'gsm-plus' / 'gsmplus_testmini.jsonl.gz'}")
