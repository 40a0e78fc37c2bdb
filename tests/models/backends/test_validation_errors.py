"""Lists of faults, as servers with a schema answer: what they refuse is learnt from their fields."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from engine.models.backends.http_errors import HttpAnswer
from engine.models.backends.quirks import NONE, Quirks
from engine.models.backends.refused_parameters import lesson
from engine.models.backends.request_body import request_body
from tests.models.backends.test_refused_parameters import CHAT

ROLE = ["body", "messages", 0, "role"]
UNION = "Input tag 'system' found using 'role' does not match any of the expected tags: 'user', 'assistant'"
NO_SYSTEM = "takes no system turn"


def learnt(body: dict[str, Any], known: Quirks = NONE) -> str | None:
    answer = HttpAnswer("e", 422, "application/json", None, orjson.dumps(body))
    found = lesson(answer.said, request_body(CHAT, "m", CHAT.schema, known), known)
    return found.quirks.sentence if found else None


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        (
            {"loc": ROLE, "msg": "Input should be 'user' or 'assistant'", "type": "literal_error", "input": "system"},
            NO_SYSTEM,
        ),
        ({"loc": ROLE, "msg": "Input should be 'user' or 'assistant'", "type": "literal_error"}, NO_SYSTEM),
        (
            {"loc": ROLE, "msg": "Input should be a valid value", "ctx": {"expected": "'user' or 'assistant'"}},
            NO_SYSTEM,
        ),
        (
            {"loc": ROLE, "msg": "unexpected value; permitted: 'user', 'assistant'", "type": "value_error.const"},
            NO_SYSTEM,
        ),
        (
            {"loc": ROLE, "msg": "not a valid enumeration member", "ctx": {"enum_values": ["user", "assistant"]}},
            NO_SYSTEM,
        ),
        ({"loc": ["body", "messages", 0], "msg": UNION, "type": "union_tag_invalid"}, NO_SYSTEM),
        (
            {
                "loc": ["body", "messages", 0],
                "msg": "Invalid tag",
                "type": "union_tag_invalid",
                "ctx": {"discriminator": "'role'", "tag": "system", "expected_tags": "'user', 'assistant'"},
            },
            NO_SYSTEM,
        ),
        (
            {
                "loc": ["body", "messages", 0, "system"],
                "msg": "Extra inputs are not permitted",
                "type": "extra_forbidden",
            },
            NO_SYSTEM,
        ),
        (
            {"loc": [*ROLE[:3], "SystemMessage", "role"], "msg": "Input should be 'user'", "type": "literal_error"},
            NO_SYSTEM,
        ),
        (
            {"loc": ROLE, "msg": "Value error, role system is not allowed", "type": "value_error", "input": "system"},
            NO_SYSTEM,
        ),
        ({"loc": ["body", "messages", 0, "role"], "msg": "", "type": "enum", "input": "system"}, NO_SYSTEM),
        (
            {"loc": ["body", "top_k"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden", "input": 50},
            "takes no top_k",
        ),
        (
            {"loc": ["body", "repetition_penalty"], "msg": "extra fields not permitted", "type": "value_error.extra"},
            "takes no repetition_penalty",
        ),
        (
            {"loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden", "input": 3},
            "takes no seed",
        ),
        (
            {
                "loc": ["body", "max_tokens"],
                "msg": "Input should be less than or equal to 4096",
                "ctx": {"le": 4096},
                "input": 8192,
            },
            "at most 4,096 tokens a reply",
        ),
        (
            {"loc": ["body", "max_tokens"], "msg": "ensure this value is less than 4097", "ctx": {"limit_value": 4097}},
            "at most 4,096 tokens a reply",
        ),
    ],
)
def test_what_an_entry_refuses_is_learnt_from_its_fields(entry: dict[str, Any], sentence: str) -> None:
    assert learnt({"detail": [entry]}) == sentence
    assert learnt({"error": {"message": [entry], "code": 422}}) == sentence


@pytest.mark.parametrize(
    "entry",
    [
        {"loc": ["body", "messages", 1, "content"], "msg": "Input should be a valid string", "type": "string_type"},
        {
            "loc": ROLE,
            "msg": "Input should be 'system', 'user' or 'assistant'",
            "type": "literal_error",
            "input": "boss",
        },
        {"loc": ["body", "model"], "msg": "Field required", "type": "missing"},
        {"loc": ["body", "temperature"], "msg": "Input should be less than or equal to 0.5", "ctx": {"le": 0.5}},
        {"loc": ["body", "messages"], "msg": "List should have at least 1 item", "ctx": {"min_length": 1}},
        {"loc": ["header", "authorization"], "msg": "Field required", "type": "missing", "input": None},
        {"loc": 5, "msg": {"a": 1}, "ctx": [1]},
        {"loc": True, "msg": "what is wrong"},
        {"loc": {"body": 1}, "msg": None, "input": {"a": []}},
    ],
)
def test_what_is_asked_of_the_user_teaches_nothing(entry: dict[str, Any]) -> None:
    assert learnt({"detail": [entry]}) is None


def test_several_faults_are_learnt_one_after_the_other() -> None:
    faults = [
        {"loc": ROLE, "msg": "Input should be 'user' or 'assistant'", "input": "system"},
        {"loc": ["body", "top_k"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"},
    ]
    assert learnt({"detail": faults}) == NO_SYSTEM
    assert learnt({"detail": faults[1:]}, Quirks(folded=True)) == f"{NO_SYSTEM}; takes no top_k"


@pytest.mark.parametrize(
    ("said", "longest", "fits"),
    [
        (
            "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 30 "
            "`inputs` tokens and 8192 "
            "`max_new_tokens`",
            2048,
            4066,
        ),
        (
            "`inputs` tokens + `max_new_tokens` must be <= 4,096. Given: 30 `inputs` tokens and 8192 `max_new_tokens`",
            2048,
            4066,
        ),
        ("inputs tokens + max_new_tokens must be <= 4096. Given: 30 inputs tokens", 2048, 4066),
        ("`inputs` tokens + `max_new_tokens` must be <= 2048. Given: 1500 `inputs` tokens", 1024, 548),
        ("prompt tokens + max_tokens must be at most 4096. Given: 30 prompt tokens", 2048, 4066),
        (
            "`inputs` tokens plus `max_new_tokens` must be less than or equal to 4096. Given: 30 `inputs` tokens",
            2048,
            4066,
        ),
        ("`inputs` tokens + `max_new_tokens` must be <= 8000. Given: 30 `inputs` tokens", 5952, 7970),
    ],
)
def test_a_limit_of_prompt_and_reply_together_leaves_room_for_prompts(said: str, longest: int, fits: int) -> None:
    answer = HttpAnswer("e", 422, "application/json", None, orjson.dumps({"error": said, "error_type": "validation"}))
    found = lesson(answer.said, request_body(CHAT, "m", "", NONE), NONE)
    assert found is not None
    assert (found.quirks.longest, found.longest) == (longest, fits)


@pytest.mark.parametrize(
    "said",
    [
        "`inputs` must have less than 4096 tokens. Given: 9000",
        "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4090 `inputs` tokens and 8192 `max_new_tokens`",
    ],
)
def test_a_prompt_that_is_too_long_by_itself_stays_a_refusal(said: str) -> None:
    assert lesson(said, request_body(CHAT, "m", "", NONE), NONE) is None


def test_tgi_s_own_limit_of_a_reply_is_its_limit() -> None:
    assert learnt({"error": "`max_new_tokens` must be <= 512. Given: 8192"}) == "at most 512 tokens a reply"
