"""What a reply says, apart from what was thought aloud, in the shapes in which services send it."""

from __future__ import annotations

import orjson
import pytest

from engine.core.errors import UnusableReply
from engine.core.protocol import Completion
from engine.models.backends.http_errors import HttpAnswer, read_completion


def read(content: object, finish: str | None = "stop", **more: object) -> Completion:
    """Return what is read of one reply."""
    choice = {"message": {"role": "assistant", "content": content, **more}, "finish_reason": finish}
    whole = {"choices": [choice], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}
    return read_completion(HttpAnswer("e", 200, "application/json", "", orjson.dumps(whole)))


@pytest.mark.parametrize(
    "content",
    [
        [{"type": "thinking", "thinking": "6*7"}, {"type": "text", "text": "42"}],
        [{"type": "reasoning", "text": "6*7"}, {"type": "output_text", "text": "4"}, "2"],
        "<thinking>6*7</thinking>\n42",
        "<thought>6*7</thought>42",
        "[THINK]6*7[/THINK]42",
        "◁think▷6*7◁/think▷42",
        "<seed:think>6*7</seed:think>42",
        "<|begin_of_thought|>6*7<|end_of_thought|>\n42",
        "<|START_THINKING|>6*7<|END_THINKING|>42",
        "6*7</think>\n\n42",
        "<|channel|>analysis<|message|>6*7<|end|><|start|>assistant<|channel|>final<|message|>42<|return|>",
    ],
)
def test_text_is_kept_apart_from_reasoning(content: object) -> None:
    assert read(content).text == "42"


@pytest.mark.parametrize("opened", ["<thinking>6", "[THINK]6", "◁think▷6", "<|channel|>analysis<|message|>6"])
def test_reasoning_that_never_ends_holds_no_reply(opened: str) -> None:
    assert read(opened, "length").text == ""


@pytest.mark.parametrize("text", ["I think 42.", "<b>42</b>", "a [THINKER] b", "Use <think> to reason."])
def test_text_that_only_looks_like_a_mark_stays(text: str) -> None:
    assert read(text).text == text


@pytest.mark.parametrize("finish", ["length", "MAX_TOKENS", "max_tokens", "model_context_window_exceeded"])
def test_a_cut_is_a_cut_in_every_spelling(finish: str) -> None:
    assert read("4", finish).finish == "length"


@pytest.mark.parametrize("finish", ["error", "content_filter", "SAFETY", "network_error"])
def test_a_failed_reply_is_no_reply_and_was_paid_for(finish: str) -> None:
    with pytest.raises(UnusableReply, match=finish) as met:
        read("4", finish)
    assert (met.value.tokens_in, met.value.tokens_out, met.value.raw) == (7, 3, "4")


@pytest.mark.parametrize("content", [None, 7, [], [{"type": "thinking", "thinking": "6*7"}], "<think>6*7</think>\n"])
def test_a_reply_of_reasoning_alone_says_what_to_change(content: object) -> None:
    with pytest.raises(UnusableReply, match="only reasoned, raise max_tokens or switch its thinking off"):
        read(content)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"reasoning_content": "6*7"}, "the model only reasoned"),
        ({"reasoning": "6*7"}, "the model only reasoned"),
        ({}, "the model probably only reasoned"),
        ({"refusal": "I can't help with that."}, "the model refused: I can't help with that"),
        ({"tool_calls": [{"id": "1"}]}, "the model called a tool"),
    ],
)
def test_why_there_is_no_text_is_told_as_far_as_it_is_known(more: dict[str, object], why: str) -> None:
    with pytest.raises(UnusableReply, match=why):
        read(None, **more)


def test_an_empty_text_is_a_reply() -> None:
    """Nothing shows that the model reasoned: whoever reads the text says what is missing in it."""
    assert read("").text == ""
    with pytest.raises(UnusableReply):
        read("", reasoning_content="6*7")


@pytest.mark.parametrize("finish", ["stop", "STOP", "end_turn", None])
def test_an_end_is_an_end_in_every_spelling(finish: str | None) -> None:
    assert read("4", finish).finish == "stop"
