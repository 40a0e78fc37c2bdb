"""Marks of what a model thinks aloud: one list for replies and for the reader of answers (X-03, X-04)."""

from __future__ import annotations

import pytest

from engine.core import reasoning_marks
from engine.models.backends.reply_text import without_reasoning
from engine.verification.answers import find_answer

TAGS = [
    *("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "analysis", "scratchpad"),
    *("antthinking", "seed:think", "mm:think", "longcat_think", "THINK"),
]
PAIRS = [
    *((f"<{name}>", f"</{name}>") for name in TAGS),
    *(("[THINK]", "[/THINK]"), ("◁think▷", "◁/think▷")),
    *(("<|begin_of_thought|>", "<|end_of_thought|>"), ("<|START_THINKING|>", "<|END_THINKING|>")),
]


@pytest.mark.parametrize(("opening", "closing"), PAIRS)
def test_every_mark_is_known_to_replies_and_to_the_reader(opening: str, closing: str) -> None:
    text = f"{opening}perhaps \\boxed{{3}}{closing}\nIt is \\boxed{{4}}."
    assert without_reasoning(text) == "It is \\boxed{4}."
    assert find_answer(text).values == ("4",)
    assert find_answer(f"{opening}perhaps \\boxed{{3}}").value is None
    assert without_reasoning(f"{opening}perhaps 3") == ""


@pytest.mark.parametrize("closing", [closing for _, closing in PAIRS[:3]])
def test_a_block_that_the_template_opened_ends_with_its_mark(closing: str) -> None:
    assert find_answer(f"perhaps \\boxed{{3}}{closing} So \\boxed{{4}}").values == ("4",)


def test_places_stay_what_they_are() -> None:
    text = "<think>ab</think> cd"
    assert reasoning_marks.blanked(text) == " " * 17 + " cd"
    assert reasoning_marks.blanked("a < b") == "a < b"
    assert (reasoning_marks.begins("a <think>"), reasoning_marks.opens("a <think>")) == (False, True)
    assert reasoning_marks.closes("a") is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("ab</think>c<think>d</think>e", "e"),
        ("<think>a</think>b<thought>c</thought>d<think>e", "bd<think>e"),
        ("<think>a<think>b</think>c</think>d", "c</think>d"),
        ("◁think▷a◁/think▷b[THINK]c[/THINK]d[THINK]e", "bd[THINK]e"),
        ("◁think▷a◁/think▷b</think>c", "c"),
        ("<Think>a</tHINK>b<thoughts>c</thought>", "b<thoughts>c</thought>"),
    ],
)
def test_each_block_ends_with_its_own_mark(text: str, left: str) -> None:
    assert "".join(reasoning_marks.blanked(text).split()) == left
    assert len(reasoning_marks.blanked(text)) == len(text)


def test_a_model_that_repeats_a_mark_is_read_in_one_pass() -> None:
    """From each mark the rest was searched: these would take hours."""
    again = "</think>" + "<think>" * 300_000
    assert reasoning_marks.blanked(again) == " " * 8 + again[8:]
    assert without_reasoning("<|channel|>" + "a" * 3_000_000).startswith("<|channel|>")
