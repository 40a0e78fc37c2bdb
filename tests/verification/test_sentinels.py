"""What stands in a column of answers and is none, and what must never be taken for it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.verification.answers.sentinels import says_no_answer
from tests.support.seed_shapes import REAL_ANSWERS, SENTINELS


@pytest.mark.parametrize("text", SENTINELS)
def test_a_word_for_no_answer_is_no_answer(text):
    assert says_no_answer(text)


@pytest.mark.parametrize("text", REAL_ANSWERS)
def test_an_answer_that_sounds_empty_is_an_answer(text):
    assert not says_no_answer(text)


@settings(deadline=None)
@given(st.integers() | st.sampled_from(["x", "n", "\\pi"]))
def test_no_value_is_taken_for_a_word(value):
    assert not says_no_answer(str(value))
    assert not says_no_answer(f"${value}$")


@settings(deadline=None)
@given(st.sampled_from(SENTINELS), st.sampled_from(["", " ", "\n"]), st.sampled_from([str.lower, str.upper, str.title]))
def test_case_and_white_space_do_not_matter(text, blank, case):
    assert says_no_answer(blank + (text if "\\" in text else case(text)) + blank)
