"""What the small server reads out of a request, and what it refuses."""

from __future__ import annotations

import pytest

from engine.models.serving import protocol
from engine.models.serving.protocol import BadRequest

IDS = [5, 6, 7]


def test_a_request_says_how_to_sample():
    body = {
        "max_tokens": 9, "temperature": 0.5, "top_p": 0.9, "top_k": 40, "repetition_penalty": 1.1, "stop": "END",
        "logprobs": True, "top_logprobs": 3, "seed": 11, "n": 2,
    }  # fmt: skip
    first, second = protocol.asked(body, IDS, 100)
    assert (first.max_tokens, first.temperature, first.top_p, first.top_k) == (9, 0.5, 0.9, 40)
    assert (first.repetition_penalty, first.stop, first.logprobs, first.top) == (1.1, ("END",), True, 3)
    assert (first.seed, second.seed) == (11, 12)


def test_an_answer_fits_into_the_context_and_no_seed_is_none():
    (one,) = protocol.asked({"max_completion_tokens": 500, "top_k": -1}, IDS, 20)
    assert (one.max_tokens, one.top_k, one.seed, one.logprobs) == (17, 0, None, False)
    (whole,) = protocol.asked({"logprobs": 0}, IDS, 20)
    assert (whole.max_tokens, whole.logprobs, whole.top) == (17, True, 0)


def test_a_prompt_that_fills_the_context_is_refused_in_the_usual_words():
    with pytest.raises(BadRequest, match=r"maximum context length is 3 tokens\. However, your request has 3 tokens"):
        protocol.asked({}, IDS, 3)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ({"temperature": "hot"}, "temperature must be a number"),
        ({"temperature": -1}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_p": 2}, "top_p"),
        ({"max_tokens": 1.5}, "max_tokens must be a whole number"),
        ({"max_tokens": True}, "max_tokens"),
        ({"n": 10_000}, "n must be"),
        ({"seed": "x"}, "seed"),
        ({"stop": [1]}, "stop must be"),
        ({"stop": [""]}, "stop must be"),
        ({"logprobs": True, "top_logprobs": 99}, "top_logprobs"),
    ],
)
def test_values_out_of_bounds_are_named(body, what):
    with pytest.raises(BadRequest, match=what):
        protocol.asked(body, IDS, 100)


def test_turns_may_come_in_parts():
    parts = [{"type": "text", "text": "What is "}, {"type": "text", "text": "1 + 1?"}]
    assert protocol.messages({"messages": [{"role": "user", "content": parts}]}) == [
        {"role": "user", "content": "What is 1 + 1?"}
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"messages": "hello"},
        {"messages": [{"content": "x"}]},
        {"messages": ["x"]},
        {"messages": [{"role": "tool", "content": "x"}]},
        {"messages": [{"role": "user", "content": None}]},
        {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
        {"messages": [{"role": "user", "content": "x"}], "response_format": {"type": "json_schema"}},
    ],
)
def test_conversations_that_cannot_be_answered_are_refused(body):
    with pytest.raises(BadRequest):
        protocol.messages(body)


@pytest.mark.parametrize("text", [None, "", ["x"], 3])
def test_a_prompt_is_a_text(text):
    with pytest.raises(BadRequest, match="prompt must be"):
        protocol.prompt({"prompt": text})
