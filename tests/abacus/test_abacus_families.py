"""Every family states problems that it reads back, and solves them rightly."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

from engine.abacus.problem_family import ProblemFamily, WorkedSolution, say, worked
from engine.abacus.problem_family import family as declare
from engine.abacus.reckoner import boxed, false_equation
from engine.abacus.workshop import FAMILIES, all_points, solve

DRAWS = 40


def named(family: ProblemFamily) -> str:
    return family.name.replace(" ", "_")


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_every_text_reads_back_to_the_same_numbers(family: ProblemFamily) -> None:
    rng = random.Random(family.name)
    for _ in range(DRAWS):
        params = family.draw(rng, rng.random())
        for text in range(family.texts):
            statement = family.state(params, text)
            assert family.read(statement) == params, statement


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_solutions_come_from_the_text_alone_and_hold_no_false_equation(family: ProblemFamily) -> None:
    rng = random.Random(family.name + "!")
    for _ in range(DRAWS // 4):
        params = family.draw(rng, rng.random())
        truth = family.solve(params)
        statement = family.state(params, rng.randrange(family.texts))
        assert solve(statement) == truth, statement
        assert boxed(truth.text) == truth.answer
        assert len(truth.steps) >= 2
        for step in truth.steps:
            assert false_equation(step) is None, step
            assert step.count("$") % 2 == 0, step
            assert step.count("{") == step.count("}"), step


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_statements_are_clean_sentences(family: ProblemFamily) -> None:
    rng = random.Random(family.name + "?")
    params = family.draw(rng)
    assert len({family.state(params, text) for text in range(family.texts)}) == family.texts
    assert len(family.wordings) >= 3
    for text in range(family.texts):
        statement = family.state(params, text)
        assert statement[0].isupper()
        assert statement[-1] in ".?"
        assert statement.count("$") % 2 == 0
        assert "  " not in statement
        assert not re.search(r"<\w+(:\w+)?>", statement)
    assert any(family.phrase(params) in family.state(params, text) for text in range(family.texts))


def test_no_two_families_claim_the_same_text() -> None:
    rng = random.Random(3)
    for family in FAMILIES:
        params = family.draw(rng)
        for text in range(family.texts):
            statement = family.state(params, text)
            assert [other.name for other in FAMILIES if other.recognise(statement)] == [family.name], statement


def test_there_are_many_families_points_and_unique_names() -> None:
    assert len(FAMILIES) >= 70
    assert len({family.name for family in FAMILIES}) == len(FAMILIES)
    assert len(all_points()) >= 150
    assert all(1 <= len(family.points) <= 4 and 0 <= family.level <= 1 for family in FAMILIES)


def test_every_point_has_a_family_that_can_be_composed() -> None:
    composable = {point for family in FAMILIES if family.composable for point in family.points}
    assert composable == set(all_points())


def test_slots_are_numbers_that_a_letter_can_replace() -> None:
    for family in FAMILIES:
        if family.slot is not None:
            assert family.slot in family.names
            assert family.slot_wordings(), family.name


def test_numbers_that_contradict_are_not_read() -> None:
    impossible = {
        "heron": "Find the area of a triangle with the side lengths $3$, $4$ and $9$.",
        "leg of a right triangle": "Find the length of the other leg of a right triangle with a leg of length $13$"
        " and hypotenuse $5$.",
        "union of two sets": "Find the number of elements in the union of two sets with $4$ and $9$ elements that have"
        " $6$ elements in common.",
        "heads and legs": "In a yard there are 10 animals, only chickens and rabbits, with 55 legs in all. Find the"
        " number of rabbits.",
    }
    for family in FAMILIES:
        if family.name in impossible:
            statement = impossible.pop(family.name)
            assert family.recognise(statement), statement
            assert family.read(statement) is None
    assert not impossible


@pytest.mark.parametrize("family", FAMILIES, ids=named)
def test_a_drawn_problem_never_clashes(family: ProblemFamily) -> None:
    rng = random.Random(family.name + "c")
    assert not any(family.clash(*family.draw(rng, rng.random())) for _ in range(DRAWS))


def test_a_family_with_a_hole_that_is_no_number_of_it_is_refused() -> None:
    def half(a: int) -> WorkedSolution:
        return worked(Fraction(a, 2), f"Half of ${a}$.")

    wordings = (say("half of $<b>$"),)
    make = declare("half", "Halves", area="arithmetic", level=0.1, draw=lambda rng, size: (2,), wordings=wordings)
    with pytest.raises(ValueError, match=r"has \['b'\], not \['a'\]"):
        make(half)
