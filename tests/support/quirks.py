"""How families of models refuse ordinary requests, in the words that their servers use; each looks at one body."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

Refuses = Callable[[dict[str, Any]], str]
"""From the body of a request to the words of its refusal, '' where it is taken."""
LONGEST = 48
CONTEXT = 128


def _has(name: str, words: str) -> Refuses:
    return lambda body: words if name in body else ""


def _roles(body: dict[str, Any]) -> list[str]:
    return [turn["role"] for turn in body["messages"]]


def _length(body: dict[str, Any]) -> int:
    return int(body.get("max_tokens", body.get("max_completion_tokens", 0)))


def _no_system(body: dict[str, Any]) -> str:
    return "System role not supported" if "system" in _roles(body) else ""


def _alternating(body: dict[str, Any]) -> str:
    roles = _roles(body)
    fine = roles[0] == "user" and all(one != other for one, other in pairwise(roles))
    return "" if fine else "Conversation roles must alternate user/assistant/user/assistant/..."


def _only_one(body: dict[str, Any]) -> str:
    return "invalid temperature: only 1 is allowed for this model" if body.get("temperature", 1) != 1 else ""


def _default_only(body: dict[str, Any]) -> str:
    said = "Unsupported value: 'temperature' does not support 0.7 here. Only the default (1) value is supported."
    return said if body.get("temperature", 1) != 1 else ""


def _not_both(body: dict[str, Any]) -> str:
    both = "temperature" in body and "top_p" in body
    return "`temperature` and `top_p` cannot both be specified for this model. Please use only one." if both else ""


def _too_large(body: dict[str, Any]) -> str:
    asked = _length(body)
    said = f"This model supports at most {LONGEST} completion tokens, whereas you provided {asked}."
    return f"max_tokens is too large: {asked}. {said}" if asked > LONGEST else ""


def _beyond_context(body: dict[str, Any]) -> str:
    """The words of vLLM; a prompt of ten tokens."""
    asked = _length(body)
    if asked <= CONTEXT - 10:
        return ""
    return (
        f"'max_tokens' or 'max_completion_tokens' is too large: {asked}. This model's maximum context length is "
        f"{CONTEXT} tokens and your request has 10 input tokens ({asked} > {CONTEXT} - 10)."
    )


def _completion_tokens(body: dict[str, Any]) -> str:
    said = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    return said if "max_tokens" in body else ""


def _reasoning_model(body: dict[str, Any]) -> str:
    """A hosted model that reasons, one refusal after the other."""
    checks = (_completion_tokens, _has("top_k", "Unrecognized request argument supplied: top_k"), _default_only, _top_p)
    return next((said for check in checks if (said := check(body))), "")


def _top_p(body: dict[str, Any]) -> str:
    return "Unsupported parameter: 'top_p' is not supported with this model." if "top_p" in body else ""


def _tgi(body: dict[str, Any]) -> str:
    """The words of TGI; a prompt of ten tokens."""
    asked = _length(body)
    given = f"10 `inputs` tokens and {asked} `max_new_tokens`"
    said = f"Input validation error: `inputs` tokens + `max_new_tokens` must be <= {CONTEXT}. Given: {given}"
    refused = {"error": said, "error_type": "validation"}
    return json.dumps(refused) if asked + 10 > CONTEXT else ""


def _unfit_role(**words: Any) -> Refuses:
    """A server whose schema knows two roles; the entry of FastAPI says so in these words."""

    def refuses(body: dict[str, Any]) -> str:
        if "system" not in _roles(body):
            return ""
        return json.dumps({"detail": [{"loc": ["body", "messages", 0, "role"], **words}]})

    return refuses


QUIRKS: dict[str, tuple[Refuses, str, int]] = {
    "no-system": (_no_system, "takes no system turn", 1),
    "alternating": (_alternating, "takes no system turn", 1),
    "temperature-only-1": (_only_one, "temperature only 1", 1),
    "temperature-default": (_default_only, "temperature only 1", 1),
    "temperature-deprecated": (
        _has("temperature", "`temperature` is deprecated for this model."), "takes no temperature", 1,
    ),
    "not-both": (_not_both, "temperature and top_p not together", 1),
    "too-large": (_too_large, f"at most {LONGEST} tokens a reply", 1),
    "beyond-context": (_beyond_context, f"at most {CONTEXT // 2} tokens a reply", 1),
    "completion-tokens": (_completion_tokens, "max_completion_tokens for max_tokens", 1),
    "no-seed": (_has("seed", "Extra inputs are not permitted: seed"), "takes no seed", 1),
    "no-stop": (_has("stop", "Unsupported parameter: 'stop' is not supported with this model."), "takes no stop", 1),
    "tgi": (_tgi, f"at most {CONTEXT // 2} tokens a reply", 1),
    "schema-of-roles": (
        _unfit_role(
            type="literal_error", msg="Input should be 'user' or 'assistant'", input="system",
            ctx={"expected": "'user' or 'assistant'"},
        ),
        "takes no system turn", 1,
    ),
    "schema-of-roles-in-ctx": (
        _unfit_role(
            type="type_error.enum", msg="value is not a valid enumeration member",
            ctx={"enum_values": ["user", "assistant"]},
        ),
        "takes no system turn", 1,
    ),
    "reasoning-model": (
        _reasoning_model,
        "temperature only 1; takes no top_k, top_p; max_completion_tokens for max_tokens",
        4,
    ),
}  # fmt: skip
"""By name: who refuses, what is learnt of it in words, and how many requests that takes."""
