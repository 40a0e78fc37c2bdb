"""How questions are put: in their language, with published examples, the letter asked for where options stand."""

from __future__ import annotations

import pytest

from engine.core.protocol import Sampling
from engine.learning.evaluation import asking
from engine.learning.evaluation.benchmarks import BENCHMARKS
from engine.learning.evaluation.grading import grade
from engine.learning.evaluation.questions import from_row

CHOICE = {"question": "下列哪个是偶数？\nA. 3\nB. 8\nC. 5\nD. 7", "answer": "8", "choice_answer": "B"}


def test_five_worked_examples_before_a_choice():
    """CL-29: 5-shot for multiple choice; fill-in questions of the same benchmark have none."""
    chat = asking.chat(from_row("g", CHOICE, BENCHMARKS["cn_middle_school"]), "candidate", Sampling())
    assert [one.role for one in chat.messages] == ["system", *["user", "assistant"] * 5, "user"]
    assert "下列哪个是偶数" in chat.messages[-1].content
    assert all("下列哪个是偶数" not in one.content for one in chat.messages[:-1])
    plain = asking.chat(
        from_row("g", {"question": "计算 1+1", "answer": "2"}, BENCHMARKS["cn_middle_school"]), "candidate", Sampling()
    )
    assert [one.role for one in plain.messages] == ["system", "user"]


@pytest.mark.parametrize(
    ("row", "name", "prompt"),
    [
        ({"question": "What is 2 + 2?", "answer": "4"}, "gsm8k", "solving/self_play"),
        ({"question": "2 + 2 是多少？", "answer": "4"}, "cmath", "evaluation/chinese"),
        ({"question": "Which? A. 1 B. 2", "answer": "B"}, "arc_c", "evaluation/choice"),
        (CHOICE, "gaokao_mcq", "evaluation/choice_chinese"),
    ],
)
def test_prompt_by_language_and_kind(row, name, prompt):
    chat = asking.chat(from_row(name, row, BENCHMARKS[name]), "candidate", Sampling())
    assert chat.prompt.id == prompt
    assert "boxed" in chat.messages[-1].content


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_examples_are_right_and_varied(language):
    shown = asking.examples(language)
    assert len(shown) == 5
    letters = {grade(solution, "?").answer for _, solution in shown}
    assert len(letters) >= 3
    for text, solution in shown:
        letter = grade(solution, "?").answer
        assert grade(solution, letter, text).right
        question = from_row("x", {"question": text, "answer": letter}, None)
        assert question.choice
