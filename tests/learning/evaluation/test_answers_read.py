"""How the answers of an evaluation were read, and which of those that count as wrong could not be compared."""

from engine.core.records import GradedAnswer
from engine.learning.evaluation import readings
from engine.learning.evaluation.grading import UNSURE, grade

ROWS = [
    ("It is \\boxed{4}.", "4", ""),
    ("It is \\boxed{5}.", "4", ""),
    ("The answer is 4.", "4", ""),
    ("So she needs 4 slices.", "4", ""),
    ("It is \\boxed{\\text{as many as before}}.", "4", ""),
    ("I cannot say.", "4", ""),
    ("Of these it is option B that fits", "B", "Which? A. 3 B. 4"),
    ("The answer is a tree.", "B", "Which? A. 3 B. 4"),
]


def _graded(n: int, text: str, expected: str, question: str) -> GradedAnswer:
    said = grade(text, expected, question)
    return GradedAnswer("run", "sums", f"q{n}", 0, question, expected, text, said.answer, said.right, "model")


def test_answers_are_counted_by_what_spoke_for_them() -> None:
    found = readings.of(_graded(n, *row) for n, row in enumerate(ROWS))
    assert found.evidence["box"] == 3
    assert found.evidence["words"] >= 1
    assert (found.evidence["sentence"], found.evidence["letter"]) == (1, 1)
    assert sum(found.evidence.values()) == len(ROWS)
    assert found.unsure == sum(grade(*row).how == UNSURE for row in ROWS) == 1
    assert found.sentence.startswith("Answers read: 3 in a box")
    assert "for 1 it can't be told whether they are right" in found.sentence


def test_nothing_was_read_of_nothing() -> None:
    assert readings.of([]).sentence == ""


def test_a_grade_says_what_spoke_for_the_answer() -> None:
    assert [grade(*row).evidence for row in ROWS[:6]] == ["box", "box", "words", "sentence", "box", None]


def test_a_calculation_that_holds_is_as_good_as_its_end() -> None:
    assert grade(r"It is \boxed{2+2+2=6}.", "6").right
    assert grade(r"It is \boxed{\frac{28}{4}=7}.", "7").right
    assert grade(r"It is \boxed{(3+5)\times 3=24}.", r"(3+5)\times 3=24").right
    assert not grade(r"It is \boxed{2+2+2=7}.", "7").right
    assert not grade(r"It is \boxed{n+2=7}.", "9").right
