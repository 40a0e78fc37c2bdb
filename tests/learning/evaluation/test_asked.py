"""What a question says about the form of its answer decides where the value is right (X-04, AM-24)."""

from __future__ import annotations

import pytest

from engine.learning.evaluation.grading import grade

COMMON = "What is the chance? Express your answer as a common fraction."
LOWEST = "Find x. Give your answer in lowest terms."
SIMPLIFIED = "What is the value of x? Express your answer as a simplified common fraction."
CALLS = "Determine the values of $T(10), T(11)$ and $T(12)$."
FORMS = [
    (COMMON, r"\frac{21}{2}\pi", r"10.5\pi", False),
    (COMMON, r"\frac{21}{2}\pi", r"\frac{21\pi}{2}", True),
    (COMMON, r"\frac12", "0.5", False),
    (COMMON, r"\frac12", r"\frac24", False),
    (COMMON, "0.5", r"\frac12", True),
    (COMMON, "3", "3", True),
    (SIMPLIFIED, r"-\dfrac{2}{3}", r"-\frac{58}{87}", False),
    (SIMPLIFIED, r"-\dfrac{2}{3}", "-2/3", True),
    (LOWEST, "3/4", "6/8", False),
    (LOWEST, "6/8", "3/4", True),
    (LOWEST, "6/8", "12/16", True),
    ("What is the chance?", r"\frac12", r"\frac24", True),
    ("What is the chance?", r"\frac12", "0.5", True),
    (CALLS, "2,4,3", "2, 4, 3", True),
    (CALLS, "2,4,3", "2, 3, 4", False),
    ("Find $f(1)$ and $f(2)$.", "5, 1", "1, 5", False),
    ("Find all roots of $f(x)$.", "5, 1", "1, 5", True),
    ("Find $f(1)$.", "5", "5", True),
]
EXPRESSIONS = [
    ("Compute $|r-s|$.", "16", "|r-s| = 16", True),
    ("What is the value of $x+y$?", "4027", "x + y = 4027", True),
    (r"Find all possible values of $\sin \theta$.", r"\frac12", r"\sin\theta = \frac{1}{2}", True),
    ("What is $x^2 + y^2$?", "13", "x^2+y^2=13", True),
    ("Find the equation of the circle.", "x^2+y^2=13", "13", False),
    ("What is $x+y$?", "4027", "x + y = 4028", False),
    ("What is $x-y$?", "4027", "x + y = 4027", False),
    ("Solve $2x = 6$.", "3", "2x = 6", False),
    ("Find $ab$.", "6", "ab = 6", True),
    ("What is $x+y$?", "7", "y = x + y = 7", False),
]


@pytest.mark.parametrize(("question", "expected", "said", "right"), [*FORMS, *EXPRESSIONS])
def test_the_form_that_is_asked_for_counts(question: str, expected: str, said: str, right: bool) -> None:
    assert grade(rf"So it is $\boxed{{{said}}}$.", expected, question).right is right


@pytest.mark.parametrize(
    ("question", "expected", "said", "why"),
    [
        (LOWEST, "3/4", "6/8", "not in lowest terms, which the question asks for"),
        (COMMON, r"\frac12", "0.5", "a decimal where the question asks for a common fraction"),
        (CALLS, "2,4,3", "2, 3, 4", "in another order than the question asks for"),
    ],
)
def test_a_wrong_form_says_that_the_value_is_right(question: str, expected: str, said: str, why: str) -> None:
    assert grade(rf"\boxed{{{said}}}", expected, question).how == f"right value, {why}"
