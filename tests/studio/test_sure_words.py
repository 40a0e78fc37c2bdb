"""What Tune promises of a limit that it picked, and what it says of many looks."""

from __future__ import annotations

import re

import pytest

from studio.parts.tune.looks import consequence
from studio.parts.tune.pick import promise

SURE = re.compile(r"guarant|certif", re.IGNORECASE)


@pytest.mark.parametrize("exact", [True, False])
def test_cal34_the_pick_guarantees_by_an_exact_test_alone_and_says_what_it_does_not(exact: bool) -> None:
    text = promise(0.9, 0.1, 1234, exact)
    assert text.startswith("Guaranteed with 90% confidence") is exact
    assert bool(SURE.search(text)) is exact
    assert "verdicts are right" in text
    assert "still to come" in text
    assert exact or "about 10 of 100 such choices may still miss" in text


def test_cal19_many_looks_are_said_with_what_they_do() -> None:
    assert "beforehand" in consequence(1)
    assert "looks better than it is" not in consequence(1)
    assert consequence(14).startswith("Limits looked at: 14.")
    assert "the best of 14 looks better than it is" in consequence(14)
