"""Answers that stand beside others, are corrected or chosen, or are followed by more: neighbours by kind (X-04)."""

from __future__ import annotations

import pytest

from engine.verification.answers import extract_answer, find_answer
from engine.verification.answers.corrections import TAKEN_BACK

BOXES: list[tuple[str, list[str]]] = [
    (r"\boxed{2}\boxed{3}", ["2", "3"]),
    (r"$\boxed{2}$ $\boxed{3}$", ["2", "3"]),
    (r"\(\boxed{x=1}\) \(\boxed{y=4}\)", ["x=1", "y=4"]),
    ("$$\\boxed{-1}$$\n\n$$\\boxed{6}$$", ["-1", "6"]),
    (r"\boxed{4}\boxed{4}", ["4"]),
    (r"$\boxed{\frac12}$ $\boxed{0.5}$", ["0.5"]),
    (r"The largest is \(\boxed{9}\), and the smallest is \(\boxed{2}\).", ["9", "2"]),
    (r"The area is $\boxed{12}$ while the perimeter is $\boxed{14}$.", ["12", "14"]),
    (r"So $a$ and $b$ are \(\boxed{-2}\) and \(\boxed{-2}\), respectively.", ["-2", "-2"]),
    (r"The sum is \boxed{5}. The product is \boxed{6}.", ["6"]),
    (r"We get \boxed{5}, so the answer is \boxed{10}.", ["10"]),
    (r"It is \boxed{3} because the other one is \boxed{1}.", ["1"]),
    (r"Either \boxed{3} or, written out, \boxed{3.0}.", ["3.0"]),
]
CORRECTED: list[tuple[str, list[str]]] = [
    ("The answer is 41. Wait, no. It is 42.", ["42"]),
    ("The answer is 41. Wait, no, it's 42.", ["42"]),
    ("The answer is 41. Actually, it should be 42.", ["42"]),
    ("The answer is 41 — no, 42.", ["42"]),
    ("Answer: 41\nOops, I made a mistake. The correct value is 42.", ["42"]),
    ("The answer is 41. Sorry, I meant 42.", ["42"]),
    ("The answer is 41. I made an arithmetic error: 6 * 7 = 42.", ["42"]),
    ("The answer is $41$. Correction: it is $42$.", ["42"]),
    (r"\boxed{41}. Wait, no. It is 42.", ["42"]),
    ("#### 41\nWait, no. It is 42.", ["42"]),
    ("Answer: B. Wait, it should be C.", ["C"]),
    ("答案是41。不对，应该是42。", ["42"]),
    ("The answer is 41. That is wrong. It is 42.", ["42"]),
    ("The answer is 41. Wait, no. The answer is 42.", ["42"]),
]
KEPT: list[tuple[str, list[str]]] = [
    ("The answer is 41. Actually, this can be checked by adding 40 and 1.", ["41"]),
    ("The answer is 41. Wait, let me check: 40 + 1 = 41. Yes.", ["41"]),
    ("The answer is 41. There is no other number with 2 digits.", ["41"]),
    (r"\boxed{41}. Note that it is 42 without the first one.", ["41"]),
    ("Wait, no, 40 is wrong. The answer is 41.", ["41"]),
    ("The answer is 41. It is not the wrong one.", ["41"]),
    ("<answer>41</answer> That is 40 plus 1, actually.", ["41"]),
    ("The answer is 41. Hmm, an odd one.", ["41"]),
    ("Answer: 41. No trick was needed.", ["41"]),
    ("The answer is 41, which is correct.", ["41"]),
]
UNDONE = [
    "The answer is 41. Wait, no, that is wrong.",
    "The answer is 41. Oops, I made a mistake.",
    r"\boxed{41} Wait, no.",
    "Answer: 41. Scratch that.",
    "答案是41。不对。",
]
CHOSEN: list[tuple[str, list[str]]] = [
    ("Option C is correct.", ["C"]),
    ("So option (B) is the correct one.", ["B"]),
    ("**Option D** is the right answer.", ["D"]),
    ("Therefore, choice A is correct.", ["A"]),
    ("(E) is correct.", ["E"]),
    ("C is the correct answer.", ["C"]),
    ("Statement B is true.", ["B"]),
    ("Choose B.", ["B"]),
    ("We choose option (C).", ["C"]),
    ("I pick D.", ["D"]),
    ("Go with **A**.", ["A"]),
    ("Select choice E!", ["E"]),
    ("选C", ["C"]),
    ("选择 B。", ["B"]),
    ("所以选(D).", ["D"]),
    ("本题选A。", ["A"]),
    ("Option C is not correct.", []),
    ("Which one should we choose? Is option C correct?", []),
    ("不选C。", []),
    ("Option A is correct about the area, and B is about 2.", []),
    ("从中选A、B两人。", []),
]
LETTERS: list[tuple[str, list[str]]] = [
    ("Answer: A, C", ["A", "C"]),
    ("Answer: A and C", ["A", "C"]),
    ("The answer is (A) and (C).", ["A", "C"]),
    ("The correct options are A, B and D.", ["A", "B", "D"]),
    ("**Answer:** B, D", ["B", "D"]),
    ("Answer: (A), (C), (D)", ["A", "C", "D"]),
    ("答案：A、C", ["A", "C"]),
    ("答案是B和D。", ["B", "D"]),
    ("Final answer: A, B, C", ["A", "B", "C"]),
    ("Answer: B & C", ["B", "C"]),
    ("Answer: A, which follows from C", ["A"]),
]
TICKS: list[tuple[str, list[str]]] = [
    ("The answer is: `42`", ["42"]),
    ("The answer is `42`.", ["42"]),
    ("Answer: `3/4`", ["3/4"]),
    ("Final answer: `-7`", ["-7"]),
    ("**Answer:** `12.5`", ["12.5"]),
    ("The final answer is `B`.", ["B"]),
    ("The answer is `(C)`.", ["C"]),
    ("The answer is `$18`.", ["18"]),
    ("The answer is `x = 5`.", ["x = 5"]),
    ("答案是`15`。", ["15"]),
    ("## Final Answer\n`10`", ["10"]),
    ("Run `print(answer)` with `5`. The answer is 4.", ["4"]),
    ("The answer is 4. Run `python 3`.", ["4"]),
]
FOLLOWED: list[tuple[str, list[str]]] = [
    ("Thus, she spends a total of 34 hours on both in 4 weeks.", ["34 hours"]),
    (r"Thus, he will make a total of \(\$440\) for the day.", [r"\$440"]),
    ("After taking away 3 and 4 of the 100, there are 50 numbers left.", ["50 numbers"]),
    ("Therefore, 20 workers are needed to make 36 parts in 4 hours.", ["20 workers"]),
    (r"The values are 2 and 4, giving us a total of \(2 + 1 = 3\) of them.", ["3"]),
    (r"The area of \(\triangle DEF\) is \(48\) square units.", ["48"]),
    (r"Thus the largest value of \(15 - \frac{y}{x}\) is **13**, where \(y\) is smallest.", ["13"]),
    (r"So the function is \(f(n) = n\) for all positive integers \(n\).", ["f(n) = n"]),
    (r"So the equation of the circle is \(x^2 + y^2 = 13\).", ["x^2 + y^2 = 13"]),
    (r"Thus, \( E(7, 3) = 3 \), as shown above.", ["3"]),
    (r"So the answer must be \(7\). This shows how useful the method is.", ["7"]),
    ("So the smallest number of handshakes is **12**. This approach keeps the total small.", ["12"]),
    (r"The range of \(f\) is \([0, 2]\). This covers all cases.", ["[0, 2]"]),
    ("Summary:\n- \\(d(6) = \\frac13\\)\n- \\(d(16) = 1\\)\n- \\(d(72) = \\frac19\\)", [r"\frac13", "1", r"\frac19"]),
    ("There are 3 ways to choose B.", ["3 ways"]),
    ("Solutions:\n* $x = 3$\n* $y = 4$", ["x = 3", "y = 4"]),
]
OPEN = [
    "So x is 7. This contradicts what was said.",
    "It may be 7. This is not what was asked.",
    r"We take \(n\). This estimation is based on fixed \(A\) and \(B\).",
    "She has 12 of 20. This gives us the",
    r"Both hold for \(x\) and \(y\).",
]


@pytest.mark.parametrize(("text", "values"), [*BOXES, *CORRECTED, *KEPT, *CHOSEN, *LETTERS, *TICKS, *FOLLOWED])
def test_neighbours(text: str, values: list[str]) -> None:
    assert list(find_answer(text).values) == values


@pytest.mark.parametrize("text", UNDONE)
def test_what_is_taken_back_is_no_answer(text: str) -> None:
    assert find_answer(text).reason == TAKEN_BACK


@pytest.mark.parametrize("text", OPEN)
def test_what_settles_on_nothing_gives_nothing(text: str) -> None:
    assert find_answer(text).value is None


@pytest.mark.parametrize(("text", "values"), [*CORRECTED, *CHOSEN, *LETTERS, *TICKS])
def test_announced_answers_count_and_their_span_holds_them(text: str, values: list[str]) -> None:
    found = find_answer(text)
    assert extract_answer(text) == (", ".join(values) or None)
    assert not values or (found.span and all(value in text[slice(*found.span)] for value in values))
