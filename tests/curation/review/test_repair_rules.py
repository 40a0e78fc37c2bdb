"""An edit as a rule: what it finds in other texts, what it leaves alone, and that it never repairs twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.curation.review import repair_rules
from engine.curation.review.repair_rules import Repair


def _one(before: str, after: str) -> Repair:
    (found,) = repair_rules.derive(before, after)
    return found


@pytest.mark.parametrize(
    ("before", "after", "other", "mended"),
    [
        ("A pole of 3 metres.", "A pole of 3 meters.", "Two metres, 9 metres.", "Two meters, 9 meters."),
        (r"$\dfrac{1}{2}$", r"$\frac{1}{2}$", r"$\dfrac ab$ \dfraction", r"$\frac ab$ \dfraction"),
        ("It costs $5 a day.", "It costs 5 dollars a day.", "He pays $12.50 now.", "He pays 12.50 dollars now."),
        ("Find $3 x 4$.", r"Find $3 \times 4$.", "$17 x 20$ and $x$", r"$17 \times 20$ and $x$"),
        ("A real number k.", "An integer k.", "Let a real number be.", "Let a real number be."),
        ("the real number k", "the whole number k", "a real number r", "a whole number r"),
        ("5 km per hour", "5 km/h", "at 80 km per hour.", "at 80 km/h."),
        ("Drive at 5 km.", "Drive at 5 km fast.", "They go at 5 km.", "They go at 5 km fast."),
        ("a ÷ b", "a / b", "9 ÷ 3", "9 / 3"),
        ("colour of it, colour", "color of it, color", "The colours", "The colours"),
    ],
)
def test_what_an_edit_repairs_is_found_elsewhere(before: str, after: str, other: str, mended: str) -> None:
    """FEATURES 4: one manual edit becomes a rule for all rows like it."""
    found = repair_rules.derive(before, after)
    assert found
    assert found[0].apply(before) != before
    assert found[0].apply(other) == mended


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It has 12 apples.", "It has 13 apples."),
        ("So $x = 4$.", "So $x = 5$."),
        ("The same.", "The same."),
        ("", "Something."),
        ("x " * 2_000, "y " * 2_000),
    ],
)
def test_a_correction_of_one_problem_is_no_rule(before: str, after: str) -> None:
    assert repair_rules.derive(before, after) == ()


def test_several_changes_are_several_repairs() -> None:
    found = repair_rules.derive(
        "Let the colour be red. Then find the metres.", "Let the color be red. Then find the meters."
    )
    assert [(each.before, each.after) for each in found] == [("colour", "color"), ("metres", "meters")]


def test_what_is_repaired_already_stays() -> None:
    found = _one("Give the area of it.", "Give the area in square metres of it.")
    once = found.apply("The area in square metres of it and the area of them.")
    assert once == "The area in square metres of it and the area in square metres of them."
    assert found.apply(once) == once


def test_numbers_are_shown_open_and_words_are_whole() -> None:
    found = _one("It costs $5 a day.", "It costs 5 dollars a day.")
    assert (found.before, found.after, found.masked) == ("$…", "… dollars", True)
    assert found.apply("US$5x $5 $5$ $7 + x$") == "US$5x 5 dollars $5$ $7 + x$"
    assert re.search(found.loose, "He pays $12.50 now.")


@given(st.text(alphabet="ab 12.$\\{}frac^_", max_size=60), st.text(alphabet="ab 12.$\\{}frac^_", max_size=60))
@settings(max_examples=300, deadline=None)
def test_any_edit_gives_repairs_that_can_be_applied(before: str, after: str) -> None:
    for found in repair_rules.derive(before, after):
        assert found.apply(before) != before
        assert re.search(found.loose, before)
        assert isinstance(found.apply(after), str)
