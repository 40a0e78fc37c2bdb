"""One reader: which answer a text gives, where it stands, what speaks for it, and why there is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.turn_marks import without_marks
from engine.verification.answers import extract_answer, find_answer
from tests.support.answer_texts import NEIGHBOURS

FIELD = [
    (r"\boxed{42} … Note: \boxed marks the answer.", "42", "box"),
    (r"The roots are $\boxed{2}$ and $\boxed{7}$.", "2, 7", "box"),
    ("#### Step 2: check\nThe final answer is 42.", "42", "words"),
    ("**Final Answer**\n\n42", "42", "heading"),
    ("The final answer is:\n\n\\[ 42 \\]", "42", "heading"),
    ("<answer>42</answer>", "42", "tag"),
    (r"It is \boxed 5", "5", "box"),
    (r"It is \boxed {5}", "5", "box"),
    (r"It is \fbox{5}", "5", "box"),
    ("He eats 2, so 14 slices. #### 14", "14", "hashes"),
    ("She eats 2 of 16. So she needs 14 slices.", "14 slices", "sentence"),
]
MARKS = ["<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<｜end▁of▁sentence｜>", "<|endoftext|>", "<|return|>"]


@pytest.mark.parametrize(("text", "value", "evidence"), FIELD)
def test_the_forms_of_the_field(text, value, evidence):
    found = find_answer(text)
    assert (found.value, found.evidence) == (value, evidence)
    assert extract_answer(text) == (None if evidence == "sentence" else value)


@pytest.mark.parametrize(("kind", "text", "values"), NEIGHBOURS)
def test_neighbours(kind, text, values):
    found = find_answer(text)
    assert (list(found.values) or None) == values
    assert (found.value is None) == bool(found.reason)


@given(
    st.integers(-(10**6), 10**6),
    st.sampled_from(MARKS),
    st.sampled_from(["So {}", "The answer is {}", r"\boxed{{{}}}"]),
)
def test_a_mark_of_a_turn_is_in_no_answer_and_no_text(value, mark, form):
    text = form.format(value)
    assert find_answer(text + mark).value == find_answer(text).value == str(value)
    assert without_marks(f"{text}{mark}\n<|im_start|>user\nNext?") == text


@given(st.text(max_size=60), st.integers(-(10**6), 10**6))
def test_a_span_is_where_the_answer_stands(before, value):
    text = before.replace("<", "").replace("[", "").replace("\\", "") + f"\nThe answer is {value}"
    found = find_answer(text)
    assert found.value == str(value)
    assert found.span
    assert text[slice(*found.span)] == str(value)


@settings(deadline=None)
@given(st.text(alphabet="a1 .,\n#*|$\\{}<>()=:-答案是", max_size=300))
def test_any_text_is_read(text):
    found = find_answer(text)
    assert (found.value is None) == bool(found.reason)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"\boxed{A, C, D}", "A, C, D"),
        (r"\boxed{B, C}", "B, C"),
        (r"\boxed{A. 3}", "A"),
        ("The answer is (B) 14.", "B"),
    ],
)
def test_several_letters_are_one_answer(text, value):
    assert find_answer(text).value == value
