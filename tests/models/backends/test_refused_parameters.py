"""What refusals teach, in the words of many servers, and which refusals teach nothing."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.protocol import Chat, Message, PromptRef, Sampling
from engine.models.backends.http_errors import HttpAnswer
from engine.models.backends.quirks import NONE, Quirks
from engine.models.backends.refused_parameters import lesson
from engine.models.backends.request_body import request_body

CHAT = Chat(
    "writer",
    (Message("system", "Be careful."), Message("user", "How many?")),
    PromptRef("tests/one", "h"),
    Sampling(temperature=0.7, top_p=0.9, top_k=50, repetition_penalty=1.1, max_tokens=8192, seed=3, stop=("END",)),
    '{"type": "object"}',
)


def taught(said: str, chat: Chat = CHAT, known: Quirks = NONE) -> Quirks | None:
    found = lesson(said, request_body(chat, "m", chat.schema, known), known)
    return found.quirks if found else None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("System role not supported", "takes no system turn"),
        ("Developer instruction is not enabled for models/gemma-3-27b-it", None),
        ("The 'system' role is not supported by this model's chat template", "takes no system turn"),
        ("Unexpected role 'system' after role 'user'", "takes no system turn"),
        ("messages: role 'system' is not allowed, use the top-level parameter", "takes no system turn"),
        ("This model does not support system messages.", "takes no system turn"),
        ("Only user and assistant roles are supported!", "takes no system turn"),
        ("Conversation must start with a user message", "takes no system turn"),
        ("The first message must be from the user", "takes no system turn"),
        ("Conversation roles must alternate user/assistant/user/assistant/...", "takes no system turn"),
        ("roles must alternate between \"user\" and \"assistant\"", "takes no system turn"),
        ("`temperature` and `top_p` cannot both be specified for this model.", "temperature and top_p not together"),
        ("Please set only one of top_p and temperature.", "temperature and top_p not together"),
        ("temperature and top_k are mutually exclusive", "temperature and top_k not together"),
        ("invalid temperature: only 1 is allowed for this model", "temperature only 1"),
        ("invalid top_p: only 0.95 is allowed for this model", "top_p only 0.95"),
        ("'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
         "temperature only 1"),
        ("`temperature` may only be set to 1 when thinking is enabled", "temperature only 1"),
        ("temperature must be 1.0 for reasoning models", "temperature only 1.0"),
        ("`temperature` is deprecated for this model.", "takes no temperature"),
        ("temperature is not supported", "takes no temperature"),
        ("Unsupported parameter: 'top_p' is not supported with this model.", "takes no top_p"),
        ("Unrecognized request argument supplied: top_k", "takes no top_k"),
        ("[{'type': 'extra_forbidden', 'loc': ('body', 'top_k'), 'msg': 'Extra inputs are not permitted'}]",
         "takes no top_k"),
        ("seed is not supported by this provider", "takes no seed"),
        ("Unknown parameter: 'seed'.", "takes no seed"),
        ("Unsupported parameter: 'stop' is not supported with this model.", "takes no stop"),
        ("This model does not support response format `json_schema`.", "takes no response_format"),
        ("structured outputs are not available for this model", "takes no response_format"),
        ("repetition_penalty is not implemented", "takes no repetition_penalty"),
        ("Unknown arguments were supplied", "takes no repetition_penalty, top_k"),
        ("Use 'max_completion_tokens' instead of 'max_tokens': it is not supported with this model.",
         "max_completion_tokens for max_tokens"),
        ("max_tokens is too large: 8192. This model supports at most 4096 completion tokens, you provided 8192.",
         "at most 4,096 tokens a reply"),
        ("max_tokens is too large: 8192; the maximum is 4,000", "at most 4,000 tokens a reply"),
        ("max_tokens: 8192 > 4096, which is the maximum allowed number of output tokens for claude-3-haiku-20240307",
         "at most 4,096 tokens a reply"),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 4096]", "at most 4,096 tokens a reply"),
        ("Range of max_tokens should be [1,2000]", "at most 2,000 tokens a reply"),
        ("`max_tokens` must be less than or equal to `4096`, the maximum value for `max_tokens` is less than the "
         "`context_window` for this model", "at most 4,096 tokens a reply"),
        ("max_tokens must be less than 4096", "at most 4,095 tokens a reply"),
        ("it has a maxOutputTokens value of 8192 but the supported range is from 1 (inclusive) to 4097 (exclusive).",
         "at most 4,096 tokens a reply"),
        ("max_tokens is too large", "at most 4,096 tokens a reply"),
        ("This model's maximum context length is 8192 tokens. However, you requested 8222 tokens (30 in the messages, "
         "8192 in the completion).", "at most 6,144 tokens a reply"),
        ("'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 "
         "tokens and your request has 30 input tokens (8192 > 4096 - 30).", "at most 2,048 tokens a reply"),
    ],
)  # fmt: skip
def test_a_refusal_teaches_what_it_names_and_nothing_else(said: str, sentence: str | None) -> None:
    found = taught(said)
    assert found is not None
    assert found.sentence == (sentence or "takes no system turn")
    # What is learnt changes the request, else it would be sent again as it was.
    assert request_body(CHAT, "m", CHAT.schema, found) != request_body(CHAT, "m", CHAT.schema, NONE)


@pytest.mark.parametrize(
    "said",
    [
        "messages must not be empty",
        "The model `m` does not exist",
        "This model's maximum context length is 512 tokens, reduce the prompt",
        "temperature must be between 0 and 0.5",
        "top_p must be in (0, 1]",
        "Please stop sending so many requests: only 2 at a time are allowed",
        "Your credit balance is too low",
        "The system is not available",
        "Invalid API key provided",
        "prompt is too long: 212000 tokens > 200000 maximum",
        "",
    ],
)
def test_a_refusal_of_something_else_teaches_nothing(said: str) -> None:
    plain = Sampling(temperature=0.7, max_tokens=300, top_k=-1)
    chat = Chat("writer", (Message("user", "How many?"),), PromptRef("tests/one", "h"), plain)
    assert taught(said, chat) is None


def test_a_long_prompt_makes_its_own_reply_shorter_and_no_other() -> None:
    """Its context holds 4,096 tokens, its prompt 3,000: other prompts keep the room that they have."""
    said = (
        "This model's maximum context length is 4096 tokens. However, you requested 2048 output tokens and your prompt "
        "contains at least 3000 input tokens, for a total of at least 5048 tokens."
    )
    body = request_body(CHAT, "m", "", Quirks(longest=2048))
    found = lesson(said, body, Quirks(longest=2048))
    assert found is not None
    assert (found.longest, found.quirks.longest) == (1096, 2048)
    assert request_body(CHAT, "m", "", found.quirks, found.longest)["max_tokens"] == 1096


def test_the_systems_text_is_folded_and_turns_of_one_role_become_one() -> None:
    turns = (Message("system", "S"), Message("user", "U"), Message("user", "V"), Message("assistant", "A"))
    chat = Chat("writer", turns, PromptRef("tests/one", "h"))
    folded = request_body(chat, "m", "", Quirks(folded=True, merged=True))["messages"]
    assert folded == [{"role": "user", "content": "S\n\nU\n\nV"}, {"role": "assistant", "content": "A"}]
    led = Chat("writer", (turns[0], turns[3]), PromptRef("tests/one", "h"))
    assert request_body(led, "m", "", Quirks(folded=True))["messages"][0] == {"role": "user", "content": "S"}


def test_turns_of_one_role_in_a_row_are_merged_before_the_system_is_folded() -> None:
    turns = (Message("system", "S"), Message("user", "U"), Message("user", "V"))
    chat = Chat("writer", turns, PromptRef("tests/one", "h"))
    said = "After the optional system message, conversation roles must alternate user/assistant"
    first = taught(said, chat)
    assert first == Quirks(merged=True)
    assert taught(said, chat, first) == Quirks(merged=True, folded=True)


NAMES = ("temperature", "top_p", "top_k", "repetition_penalty", "seed")


@given(
    st.sampled_from(NAMES),
    st.sampled_from(("{} is not supported", "Unknown parameter: {}", "`{}` is deprecated", "extra field: '{}'")),
    st.sampled_from((str, str.upper, str.title)),
)
def test_only_the_named_parameter_goes(name: str, words: str, spelt: Any) -> None:
    found = taught(spelt(words.format(name)))
    assert found is not None
    before = request_body(CHAT, "m", "", NONE)
    after = request_body(CHAT, "m", "", found)
    assert before.keys() - after.keys() == {name}
    assert all(after[key] == before[key] for key in after)


@given(st.integers(16, 8191), st.sampled_from(("is {}", "of {}", "is [1, {}]", "is `{}`", "<= {}")))
def test_a_limit_is_read_as_it_stands(limit: int, words: str) -> None:
    found = taught(f"max_tokens is too large: 8192. The maximum {words.format(limit)}.")
    assert found == Quirks(longest=limit)


@pytest.mark.parametrize(
    "error",
    [
        {"message": "Unsupported value", "param": "temperature", "code": "unsupported_parameter"},
        {"message": "Provider returned error", "code": 400, "metadata": {"raw": "`temperature` is deprecated"}},
    ],
)
def test_what_stands_beside_the_message_is_read_too(error: dict[str, Any]) -> None:
    answer = HttpAnswer("e", 400, "application/json", None, orjson.dumps({"error": error}))
    assert answer.message == error["message"]
    assert taught(answer.said) == Quirks(left_out=frozenset(("temperature",)))
