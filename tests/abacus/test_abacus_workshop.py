"""The workshop writes what it can solve again, sees the flaws it plants, and marks wrong solutions as wrong."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.abacus import workshop
from engine.abacus.matching import match
from engine.abacus.reckoner import boxed, false_equation, same, value
from engine.abacus.workshop import FLAWS, all_points

POINTS = all_points()


def some_points(rng: random.Random, count: int) -> list[str]:
    return rng.sample(POINTS, count)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_points_in_ones_pairs_and_triples_give_problems_solvable_from_their_text(count: int) -> None:
    rng = random.Random(count)
    for seed in range(150):
        points = some_points(rng, count)
        written = workshop.write(points, random.Random(seed), hardness=rng.random())
        assert workshop.solve(written.statement) == written.worked, written.statement
        seen = workshop.inspect(written.statement, points)
        assert seen.known
        assert seen.flaw is None, (seen, written.statement)
        assert set(seen.covered) == set(points)
        assert 0 < written.difficulty < 1
        assert workshop.difficulty_of(written.statement) == written.difficulty
        assert set(workshop.points_of(written.statement)) == set(written.points)


@pytest.mark.parametrize("flaw", FLAWS)
def test_planted_flaws_are_seen(flaw: str) -> None:
    rng = random.Random(flaw)
    planted = 0
    for seed in range(80):
        points = some_points(rng, rng.choice((1, 2, 3)))
        written = workshop.write(points, random.Random(seed), flaw=flaw)
        assert written.flaw is not None
        planted += written.flaw == flaw
        assert workshop.inspect(written.statement, points).flaw == written.flaw, written.statement
    assert planted >= 50


def test_an_unsolvable_statement_has_no_solution() -> None:
    rng = random.Random(8)
    for flaw in ("missing condition", "contradiction", "no question"):
        written = workshop.write(some_points(rng, 2), random.Random(1), flaw=flaw)
        assert workshop.solve(written.statement) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.lists(st.sampled_from(POINTS), min_size=1, max_size=3, unique=True))
def test_equal_seeds_give_equal_problems(seed: int, points: list[str]) -> None:
    assert workshop.write(points, random.Random(seed)) == workshop.write(points, random.Random(seed))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_name_of_a_point_gives_a_problem(name: str) -> None:
    written = workshop.write([name], random.Random(0))
    assert workshop.solve(written.statement) == written.worked


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_strange_statements_never_raise(text: str) -> None:
    workshop.inspect(text, ["Percentages"])
    workshop.verify(text, text)
    workshop.solve(f"Let $A$ be {text}. Find $A + 1$.")
    workshop.solve(f"Find $A${text}. It is also given that {text} is greater than $3$.")


def test_spoiled_solutions_are_wrong_and_noticed() -> None:
    rng = random.Random(5)
    for seed in range(300):
        written = workshop.write(some_points(rng, rng.choice((1, 2))), random.Random(seed))
        spoiled, mistake = workshop.spoil(written.worked, random.Random(seed))
        assert mistake
        answer = boxed(spoiled.text)
        assert answer is None or not same(answer, written.worked.answer)
        marks = workshop.verify(written.statement, spoiled.text)
        assert marks.known
        assert not marks.answer_right
        assert not (marks.calculation and marks.logic and marks.complete)
        assert marks.first_wrong


def test_right_solutions_pass() -> None:
    rng = random.Random(6)
    for seed in range(200):
        written = workshop.write(some_points(rng, rng.choice((1, 2, 3))), random.Random(seed))
        marks = workshop.verify(written.statement, written.worked.text)
        assert (marks.answer_right, marks.calculation, marks.logic, marks.complete) == (True, True, True, True)
        assert marks.first_wrong == ""
    assert workshop.verify("Prove the Riemann hypothesis.", "Done.").known is False


def test_varied_hardened_reversed_and_distracted_problems_are_sound() -> None:
    rng = random.Random(7)
    turned = 0
    for seed in range(150):
        written = workshop.write(some_points(rng, 1), random.Random(seed))
        varied = workshop.vary(written.statement, random.Random(seed))
        harder = workshop.harden(written.statement, random.Random(seed))
        longer = workshop.distract(written.statement, random.Random(seed))
        back = workshop.reverse(written.statement, random.Random(seed))
        assert varied
        assert varied.families == written.families
        assert varied.statement != written.statement
        assert harder
        assert harder.difficulty > written.difficulty
        assert longer
        assert longer.worked.answer == written.worked.answer
        assert len(longer.statement) > len(written.statement)
        turned += back is not None
        for made in filter(None, (varied, harder, longer, back)):
            assert workshop.solve(made.statement) == made.worked, made.statement
    assert turned > 25


def test_a_chain_of_two_families_is_solved_from_its_text() -> None:
    solved = workshop.solve(
        "Let $A$ be the greatest common divisor of $84$ and $126$. Find the number of positive divisors of $A$."
    )
    assert solved
    assert solved.answer == "8"


def test_totals_multiply_letters_with_a_factor() -> None:
    """`2A` with A = 90 is 180; it once read as 290."""
    solved = workshop.solve(
        "Let $A$ be the least common multiple of $18$ and $15$. Let $B$ be the sum of the first $10$ odd positive"
        " integers. Find $2A + B$."
    )
    assert solved
    assert solved.answer == "280"


def test_contradicting_claims_about_a_letter_are_seen() -> None:
    statement = (
        "Let $A$ be the greatest common divisor of $84$ and $126$. It is also given that $A = 41$. Find the number of"
        " positive divisors of $A$."
    )
    assert workshop.inspect(statement, ["Greatest common divisor"]).flaw == "contradiction"
    assert workshop.inspect(statement.replace("41", "42"), ["Greatest common divisor"]).flaw is None


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("The Pythagorean Theorem", "hypotenuse"),
        ("GCD and the Euclidean algorithm", "greatest common divisor"),
        ("Sum of an arithmetic series", "sum of an arithmetic series"),
        ("conditional probability", "bayes"),
        ("Fermat's little theorem", "power modulo"),
        ("Shadows and proportional heights", "similar triangles"),
        ("solving a system of linear equations", "two linear equations"),
    ],
)
def test_points_are_matched_by_their_words(name: str, family: str) -> None:
    assert family in [made.name for made in match(name).families]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"3 \cdot (4 + \frac{1}{2})", Fraction(27, 2)),
        (r"\sqrt{\frac{9}{16}}", Fraction(3, 4)),
        (r"2^{10} - 4!", Fraction(1000)),
        (r"\binom{5}{2} \div 4", Fraction(5, 2)),
        ("-3^2", Fraction(-9)),
        ("1/0", None),
        ("2x", None),
        (r"\sqrt{2}", None),
        ("9^{9^{9}}", None),
        ("", None),
        ("(" * 300, None),
    ],
)
def test_written_arithmetic_has_its_exact_value(text: str, expected: Fraction | None) -> None:
    assert value(text) == expected


def test_false_equations_are_found() -> None:
    assert false_equation("So $3 \\cdot 4 = 13$ and $1 + 1 = 2$.") == "3 \\cdot 4 = 13"
    assert false_equation("$x = 3 + 4 = 7$") is None
    assert same("\\dfrac{1}{2}", "0.5")
