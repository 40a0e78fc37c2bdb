"""Answers whose numbers are equal and whose meaning is not, and texts that only look as if they gave an answer."""

from __future__ import annotations

import pytest

from engine.models.backends.reply_text import ending, without_reasoning
from engine.verification.answers import compare, find_answer

NOT_THE_SAME = [
    ("(A) and (C)", "(A) and (B)"), ("(A), (B)", "(A), (C)"), ("(A) or (B)", "(A)"), ("(A)(B)", "(A)(C)"),
    ("(B) 14", "(B) 15"), ("5 trillion", "5"), ("5万", "5"), ("5 lakh", "5 crore"), ("7 eighths", "7"),
    ("5 hundredths", "5 tenths"), ("9 tens", "9 ones"), ("5 factorial", "5"), ("5 acres", "5 hectares"),
    ("5 pints", "5 gallons"), ("5 nickels", "5 dimes"), ("5 apples", "5 oranges"), ("50 cents", "$50"),
    (r"\$5", "5 cents"), ("€5", "$5"), ("£5", "€5"), ("5 (extraneous)", "5"), ("10--20", "30"), ("10–20", "-10"),
    ("x=1 or x=2", "(1,2)"), ("1 or 2", "(1,2)"), ("x=1 or x=2", "x=1, y=2"), (r"\pm1", "(1,-1)"),
    (r"\pm1", "x=1, y=-1"), ("f'(x)=2x", "f(x)=2x"), ("f''(x)=2x", "f'(x)=2x"), ("P(A)=0.5", "P(B)=0.5"),
    ("5% increase", "5% decrease"), ("20% discount", "20% tax"), ("5 twelfths", "5"), ("7 fifteenths", "7"),
    ("5 ppm", "5"), ("7 quadrillion", "7"), ("11 thirty-seconds", "11"), ("a_1=1, a_2=2", "a_1=2, a_2=1"),
    ("3 quarters", "3"), ("7 tenths of a mile", "7"),
    ("10-20", "-10"), ("5-7 days", "-2 days"), ("2024-05-01", "2018"), ("3/4/2024", "3/8096"),
]  # fmt: skip
THE_SAME = [
    ("(B) 14", "B"), ("(A) I only", "A"), ("3万", "30000"), ("3万元", "30000"), ("5 apple", "5 apples"),
    ("5 apples", "5"), ("14 slices of pizza", "14 slices"), ("15个苹果", "15"), ("9 (apples)", "9"), (r"\$5", "5"),
    ("$5$", "5"), ("$5", "5 dollars"), ("10 - 20", "-10"), ("5 km", "5000 m"), ("2 million", "2000000"),
    ("x=1 or x=2", "1, 2"), ("2, 3, and 5", "2,3,5"), ("1 or 2", r"\{1,2\}"),
    ("x_1=1, x_2=2", "x_1=2, x_2=1"), ("a_1=1, a_2=2", "1, 2"),
    ("5% increase", "5%"), ("f(x)=x", "f(y)=y"), ("5 cm^2", "500 mm^2"), ("1 m^3", "1000000 cm^3"),
    (r"\sqrt[3]{2+\sqrt5}+\sqrt[3]{2-\sqrt5}", "1"), (r"\sqrt[3]{-\sqrt8}", r"-\sqrt2"),
    ("5 positive integers", "5"), ("88 (quarters)", "88"), ("88 (quarters)", "88 quarters"),
    ("41 (fourth graders)", "41 fourth graders"),
    ("41 third graders", "41"), ("396 (degrees)", "396 degrees"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), NOT_THE_SAME)
def test_equal_numbers_of_unlike_things_are_not_the_same(a: str, b: str) -> None:
    assert compare(a, b) == compare(b, a) != "same"
    assert compare(a, a) == "same"


@pytest.mark.parametrize(("a", "b"), THE_SAME)
def test_words_beside_a_value_do_not_part_what_is_the_same(a: str, b: str) -> None:
    assert compare(a, b) == compare(b, a) == "same"


TEXTS: list[tuple[str, tuple[str, ...]]] = [
    ("The answer is 42.\n\nFinal check: all is well. The answer is correct.", ("42",)),
    ("The answer is 42. I verified it: the answer is right.", ("42",)),
    ("The answer is correct.", ("correct",)),
    ("The answers are 2, 3, and 5.", ("2, 3, and 5",)),
    ("The answer is 5, and 3 is not.", ("5",)),
    ("故选：B．", ("B",)),
    ("答案：B．", ("B",)),
    ("故答案为：3．5", ("3．5",)),
    (
        r"<|channel|>analysis<|message|>maybe \boxed{3}<|end|><|start|>assistant<|channel|>final<|message|>"
        r"The answer is \boxed{4}<|return|>",
        ("4",),
    ),
    (r"<|channel|>analysis<|message|>maybe \boxed{3}", ()),
    ("The answer is not 5.", ()),
    ("It is not 5. So x = 7.", ("7",)),
    ("The answer is $5$ or $6$.", ("5", "6")),
    ("The answer is $2$, $3$, and $5$.", ("2", "3", "5")),
    (r"<think>Try \boxed{3}. Hmm no, wait", ()),
    ("<think>so #### 3", ()),
    ("[THINK] The answer is 3", ()),
    ("◁think▷ The answer is 3", ()),
    (r"[THINK]\boxed{3}?[/THINK] So it is \boxed{4}.", ("4",)),
    ("#### The answer is 42", ("42",)),
    ("#### Answer: 42", ("42",)),
    ("####: 42", ("42",)),
    ("The answer is 42<|END_OF_TURN_TOKEN|>", ("42",)),
]


@pytest.mark.parametrize(("text", "values"), TEXTS)
def test_what_a_text_really_settles_on(text: str, values: tuple[str, ...]) -> None:
    assert find_answer(text).values == values


@pytest.mark.parametrize("name", ["incomplete", "max_new_tokens", "FinishReason.MAX_TOKENS", "context_window_exceeded"])
def test_a_cut_is_known_by_every_name(name: str) -> None:
    assert ending(name) == "length"


@pytest.mark.parametrize("name", ["content-filter", "cancelled", "aborted", "server_error", "FinishReason.SAFETY"])
def test_a_failure_is_known_by_every_name(name: str) -> None:
    assert ending(name) == "failed"


@pytest.mark.parametrize("name", ["reasoning", "reflection", "thoughts", "analysis", "scratchpad", "mm:think"])
def test_reasoning_is_known_by_every_mark(name: str) -> None:
    assert without_reasoning(f"<{name}>perhaps 3</{name}>\nIt is 4.") == "It is 4."
    assert without_reasoning(f"<{name}>perhaps 3") == ""
