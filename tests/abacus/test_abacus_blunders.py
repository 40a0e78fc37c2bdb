"""Filter 1 must know bad points by their signs, not by a list of the ones that Abacus itself writes."""

import random

import pytest

from engine.abacus import blunders
from engine.abacus.lexicon import lexicon
from engine.abacus.workshop import all_points


@pytest.mark.parametrize(
    ("point", "label"),
    [
        ("Problem solving", "vague"),
        ("problem-solving skills", "vague"),
        ("Logical thinking", "vague"),
        ("Basic arithmetic operations", "vague"),
        ("Reading the question carefully", "vague"),
        ("Critical thinking and reasoning skills", "vague"),
        ("All prime numbers are odd", "wrong"),
        ("every prime is odd", "wrong"),
        ("1 is a prime number", "wrong"),
        ("The sum of the angles in a triangle is 360 degrees", "wrong"),
        ("Angles in any triangle add up to 270°", "wrong"),
        ("Division by zero equals zero", "wrong"),
        ("(a + b)^2 = a^2 + b^2", "wrong"),
        (r"\sqrt{a + b} = \sqrt{a} + \sqrt{b}", "wrong"),
        ("Matrix multiplication is commutative", "wrong"),
        ("Photosynthesis", "wrong"),
        ("English grammar", "wrong"),
        ("Solving 3x + 5 = 20", "over-detailed"),
        ("The equation x^2 - 5x + 6 = 0", "over-detailed"),
        ("Multiplying 12 * 7", "over-detailed"),
        ("Computing 48 / 2", "over-detailed"),
        ("Adding $4.50 and $3.25", "over-detailed"),
        ("Sharing 24 apples among 6 children", "over-detailed"),
        ("The value of x in this problem", "over-detailed"),
        (
            "Knowing that the train leaves the first station before the second train leaves the other one",
            "over-detailed",
        ),
    ],
)
def test_bad_points_are_known_by_their_signs(point, label):
    """GSDP-05: vague, wrong and over-detailed points each get their label and a reason that quotes them."""
    fault = blunders.fault(point)
    assert fault is not None
    assert fault.label == label
    assert point[:20] in fault.reason


@pytest.mark.parametrize(
    "point",
    [
        "30-60-90 triangles", "Divisibility by 9", "Difference of squares a^2 - b^2 = (a - b)(a + b)", "2x2 matrices",
        "Base 10 numerals", "Arithmetic modulo 7", "3D geometry", "Complex numbers", "Real numbers",
        "Word problems on ages",
        "The sum of the angles in a triangle is 180 degrees", "Systems of 3 linear equations", "Hensel lifting",
        "勾股定理", "Divisibility rules (2/3/5)", "Two-digit numbers", "Number sense", "Inverse operations",
        "Historical numeral systems",
    ],
)  # fmt: skip
def test_good_points_are_left_alone(point):
    assert blunders.fault(point) is None


def test_no_standard_name_is_called_bad():
    names = [name for entry in lexicon().entries for name in (entry.name, *entry.also)]
    assert [name for name in (*names, *all_points()) if blunders.fault(name)] == []


def test_what_a_careless_reader_adds_is_known_to_be_bad():
    """GSDP-05: every bad point that a persona writes can be told by its signs."""
    rng = random.Random(1)
    problem, solution = "Solve $3x + 5 = 20$. There are 12 apples.", "48 + 24 = <<48+24=72>>72"
    for _ in range(200):
        cases = (
            blunders.vague(rng),
            blunders.false(rng),
            blunders.detailed(problem, solution, rng),
            blunders.detailed(problem, "", rng),
            blunders.detailed("There are 12 apples and 5 pears.", "", rng),
            blunders.detailed("", "", rng),
        )
        for made in cases:
            fault = blunders.fault(made.name)
            assert fault is not None, made
            assert fault.label == made.label, made
