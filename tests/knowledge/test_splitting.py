"""A point that means two things falls into them; one that means one thing is left whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.knowledge.splitting import halves
from engine.similarity import embedder

BANKS = [
    ("A river bank rises 3 m over 12 m of water. Find its slope.", ("Slope",)),
    ("A bank pays 4 % interest a year on 500 dollars. Find the interest.", ("Interest", "Percentages")),
    ("The bank of a river has slope 1/4 and rises 5 m. How wide is it?", ("Slope",)),
    ("A bank pays 3 % interest a year on 900 dollars. Find the interest.", ("Interest",)),
    ("Find the slope of a river bank that rises 2 m over 10 m.", ("Slope", "Lengths")),
]


def _halves(rows):
    vectors = embedder.load("hashing").embed([text for text, _ in rows])
    return halves("Bank", vectors, [others for _, others in rows])


def test_two_meanings_fall_apart_and_are_named_after_their_company():
    found = _halves(BANKS)
    assert found.second == (False, True, False, True, False)
    assert found.names == ("Bank: Slope", "Bank: Interest")


def test_company_alone_and_text_alone_tell_meanings_apart():
    flat = np.ones((5, 4), dtype=np.float32)
    assert halves("Bank", flat, [others for _, others in BANKS]).second == (False, True, False, True, False)
    alone = _halves([(text, ()) for text, _ in BANKS])
    assert alone.second == (False, True, False, True, False)
    assert alone.names == ("Bank (1)", "Bank (2)")


@pytest.mark.parametrize("degrees", [(0, 95, 80, 10), (95, 0, 10, 80), (10, 80, 95, 0)])
def test_of_equal_halves_the_first_is_that_of_the_first_row(degrees):
    """The first half keeps the rows that a person reads first, wherever the search for two middles began."""
    angles = np.radians(degrees)
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    assert halves("Bank", vectors, [()] * 4).second == (False, True, True, False)


def test_what_cannot_be_told_apart_stays_together():
    assert _halves([BANKS[0]] * 4).second == (False,) * 4
    assert _halves(BANKS[:1]).second == (False,)
    assert halves("Bank", np.zeros((0, 8), dtype=np.float32), []).second == ()
    assert halves("Bank", np.zeros((3, 8), dtype=np.float32), [(), (), ()]).second == (False,) * 3


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text("abc ", max_size=12), st.lists(st.sampled_from("xyz"), max_size=3)), max_size=12))
def test_a_proposal_is_the_same_every_time_and_its_first_part_the_larger(rows):
    found = _halves(rows)
    assert found == _halves(rows)
    assert len(found.second) == len(rows)
    assert 2 * sum(found.second) <= len(rows)
    assert len(set(found.names)) == 2
