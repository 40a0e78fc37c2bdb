"""Values for the letters: conditions hold, claims fail, and what cannot be read stays open."""

from __future__ import annotations

import time

import pytest

from engine.core.errors import BadInput
from engine.verification.checks import counterexample as tried

PROBLEM = r"Let $x$ and $y$ be real numbers with $x^2 + y^2 = 25$ and $x \le y$. Find $x + y$."
WRONG = "Since $x^2+y^2=(x+y)^2$, we get $x + y = 5$.\n\nSo the answer is $\\boxed{5}$."


def _outcomes(trial: tried.Trial, place: str) -> list[str]:
    return [relation.outcome for relation in trial.relations if relation.place == place]


def _attempt(statement: str, solution: str, **typed: str) -> tried.Trial:
    return tried.attempt(statement, solution, tried.values(typed))


def test_a_counter_example_keeps_the_problem_and_breaks_the_solution() -> None:
    """FEATURES 16: values go into problem and solution, and each equation holds, fails or stays open."""
    trial = _attempt(PROBLEM, WRONG, x="3", y="4")
    assert _outcomes(trial, "problem") == ["holds", "holds"]
    assert _outcomes(trial, "solution") == ["fails", "fails"]
    assert trial.standing == "counter-example"
    assert [relation.said for relation in trial.relations] == ["25 = 25", "3 ≤ 4", "25 against 49", "7 against 5"]


def test_values_outside_of_the_problem_say_nothing_of_its_solution() -> None:
    trial = _attempt(PROBLEM, WRONG, x="4", y="3")
    assert _outcomes(trial, "problem") == ["holds", "fails"]
    assert trial.standing == "no instance"


def test_without_a_condition_the_curator_is_told_to_look() -> None:
    assert _attempt("Let $A$ be the number of ways.", "So $A = 5$.", A="3").standing == "solution fails"


def test_roots_fractions_and_functions_are_values_too() -> None:
    trial = _attempt(r"$a^2 = 2$, $\dfrac{b}{3} < \frac12$", r"\[a \cdot a \neq 2\]", a=r"\sqrt{2}", b="-1/2")
    assert [relation.outcome for relation in trial.relations] == ["holds", "holds", "fails"]
    assert _attempt(r"$\sin x = 1$", "", x=r"\pi/2").standing == "holds"
    assert _attempt("$1{,}000 x = 2000$", "", x="2").standing == "holds"
    assert _attempt("$x = 9^9^9^9$", "", x="9^9^9^9").relations[0].said == "about 10^695 = about 10^695"
    assert _attempt(r"$x > \sqrt{2}$", "", x="9^9^9^9").standing == "can't tell"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("$x + k = 3$", "k has no value"),
        ("$f(x) = 3$", "a letter with brackets may be a function"),
        (r"$x \pm 1 = 3$", "is not read"),
        (r"$\frac{1}{x-2} = 3$", "has no value there"),
        (r"$\sqrt{-x} < 3$", "no real numbers to compare"),
        ("$9^{9^{9}} = x$", "has no value there"),
    ],
)
def test_what_is_not_certain_stays_open(statement: str, said: str) -> None:
    (relation,) = _attempt(statement, "", x="2").relations
    assert (relation.outcome, relation.said) == ("can't tell", said)
    assert _attempt(statement, "", x="2").standing == "can't tell"


def test_letters_come_in_the_order_of_the_text() -> None:
    assert tried.letters(r"Let $q = 3p$ and $k_1 > \alpha$.", "$z = q$, $\\unknown{w}$, $f(t)=1$") == (
        "q", "p", "k_1", "alpha", "z", "t",
    )  # fmt: skip
    assert tried.letters("No formula at all.", "") == ()
    assert tried.letters("$1011_2 = 11$", "") == ()


@pytest.mark.parametrize("text", ["abc", "__import__('os')", "x+1", "1/0", "1;2", "9^{9^{9}}", "(" * 300])
def test_what_is_no_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadInput, match="is no number") as error:
        tried.values({"y": text})
    assert error.value.where == "y"
    assert tried.values({"y": "  "}) == {}


def test_hostile_texts_end_in_time() -> None:
    deep = "(" * 5_000 + "x" + ")" * 5_000
    towers = " ".join(f"$x^{{x^{{x^{{{n}}}}}}} = {n}^{{{n}^{{{n}}}}}$" for n in range(2, 300))
    broken = ("\\frac" * 4_000, "{" * 4_000, "x=" * 5_000, "\\boxed{" * 3_000)
    hostile = " ".join((f"${deep} = 1$", towers, *(f"${each} = 1$" for each in broken), "\\[" * 3_000))
    begin = time.process_time()
    trial = _attempt(hostile, hostile, x="99999")
    assert time.process_time() - begin < 2
    assert len(trial.relations) <= 2 * tried.MOST_RELATIONS
    assert trial.standing in ("can't tell", "no instance")
