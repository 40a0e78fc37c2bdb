"""One reader: which answer a text gives, where it stands, what speaks for it, and why there is none."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.turn_marks import without_marks
from engine.verification.answers import compare, extract_answer, find_answer
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("所以，小明一共有15个苹果。", "15"),
        ("There is no solution.", "\\emptyset"),
        ("So the roots are 2 and 5.", "5, 2"),
        ("So (x, y) = (3, 4).", "(3,4)"),
        ("So x > 3.", "(3,\\infty)"),
    ],
)
def test_what_a_last_sentence_says_is_compared_as_any_answer(text, expected):
    assert compare(find_answer(text).value, expected) == "same"
    assert extract_answer(text) is None


@pytest.mark.parametrize("text", ["Answer: (B)", "The answer is (B).", "Answer: B", "**Answer:** B) 14", "答案：B"])
def test_a_letter_is_the_letter_however_it_is_written(text):
    assert extract_answer(text) == "B"


def test_a_tag_behind_a_box_takes_nothing_from_it():
    """What counts as an answer may be a box alone."""
    assert find_answer("It is \\boxed{4}. <answer>4</answer>").evidence == "box"
    assert find_answer("It is \\boxed{4}. <answer>5</answer>").evidence == "tag"
    found = find_answer("The answer is 4.")
    assert [found.at_least(kind) for kind in ("box", "words", "sentence")] == [None, "4", "4"]


HOSTILE = [
    *(
        "$a$. ",
        "\\boxed{",
        "answer is ",
        "#### ",
        "<answer>",
        "\n",
        "answer: \n\n",
        "3",
        "1,",
        "x = 1, ",
        "| answer | ",
    ),
    *("<think>", "the answer to ", "<s>", "\nQ: ", "答案是", "option ", "A:\n", "{", "**", "```", "[INST]"),
]


HOSTILE += [
    "Wait, no. ",
    "`3` ",
    "choose ",
    "option A is correct ",
    "correct (",
    "\\boxed{3} and ",
    "a total of 3 ",
    "- $x=3$\n",
]


@pytest.mark.parametrize("part", ["correct\n", "choose *", "The answer is 3. Wait, no", "so there are 3"])
@pytest.mark.parametrize("sign", ["\n", "*", "`", " ", "("])
def test_a_word_before_a_long_run_of_one_sign_is_read_to_its_end(part, sign):
    found = find_answer(part + sign * 100_000)
    assert (found.value is None) == bool(found.reason)


@pytest.mark.parametrize("part", HOSTILE)
def test_a_text_of_one_thing_over_and_over_is_read_to_its_end(part):
    """The longest field of an import; a pattern that looks at it from each of its places would not come back."""
    found = find_answer(part * (100_000 // len(part)))
    assert (found.value is None) == bool(found.reason)
