"""The requests of the OpenAI protocol as the small server reads them: every value checked, every refusal a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_CHOICES = 128
MOST_STOPS = 16
MOST_TOP = 20


class BadRequest(Exception):
    """A request that can never be answered; the message goes back with status 400."""


@dataclass(frozen=True, slots=True)
class PromptRequest:
    """One prompt with its sampling. `seed` None throws dice of its own."""

    ids: tuple[int, ...]
    max_tokens: int
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    """0 for all."""
    repetition_penalty: float = 1.0
    stop: tuple[str, ...] = ()
    logprobs: bool = False
    top: int = 0
    """How many likely tokens are told beside each token of the answer."""
    seed: int | None = None


def asked(body: Mapping[str, Any], ids: list[int], context: int) -> tuple[PromptRequest, ...]:
    """Return a prompt once for each answer that is wanted; BadRequest where it leaves no room for one."""
    if len(ids) >= context:
        raise BadRequest(
            f"This model's maximum context length is {context} tokens. However, your request has {len(ids)} tokens."
        )
    name = "max_tokens" if body.get("max_tokens") is not None else "max_completion_tokens"
    longest = int(_number(body, name, context, 1, 1 << 31, whole=True))
    seed = None if body.get("seed") is None else int(_number(body, "seed", 0, -(1 << 63), 1 << 64, whole=True))
    wants, top = _logprobs(body)
    count = int(_number(body, "n", 1, 1, MOST_CHOICES, whole=True))
    return tuple(
        PromptRequest(
            tuple(ids),
            min(longest, context - len(ids)),
            _number(body, "temperature", 1.0, 0.0, 100.0),
            _number(body, "top_p", 1.0, 0.0, 1.0),
            max(0, int(_number(body, "top_k", 0, -1, 1 << 31, whole=True))),
            _number(body, "repetition_penalty", 1.0, 0.01, 100.0),
            _stops(body.get("stop")),
            wants,
            top,
            None if seed is None else seed + place,
        )
        for place in range(count)
    )


def messages(body: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the turns of a conversation; BadRequest where there are none."""
    turns = body.get("messages")
    if not isinstance(turns, list) or not turns:
        raise BadRequest("messages must be a list that is not empty")
    if _kind(body.get("response_format")) in ("json_schema", "json_object"):
        raise BadRequest("response_format is not supported by this server")
    return [{"role": _role(turn), "content": _content(turn)} for turn in turns]


def prompt(body: Mapping[str, Any]) -> str:
    """Return the text to continue; BadRequest where there is none."""
    text = body.get("prompt")
    if not isinstance(text, str) or not text:
        raise BadRequest("prompt must be a text that is not empty")
    return text


def _role(turn: object) -> str:
    role = turn.get("role") if isinstance(turn, dict) else None
    if role not in ("system", "user", "assistant"):
        raise BadRequest("each of messages needs a role: system, user or assistant")
    return str(role)


def _content(turn: dict[str, Any]) -> str:
    """Return the text of a turn, which may come in parts."""
    said = turn.get("content")
    parts = said if isinstance(said, list) else [{"type": "text", "text": said}]
    texts = [part.get("text") for part in parts if _kind(part) == "text"]
    if len(texts) < len(parts) or not all(isinstance(text, str) for text in texts):
        raise BadRequest("each of messages needs a content that is text")
    return "".join(str(text) for text in texts)


def _kind(part: object) -> object:
    return part.get("type") if isinstance(part, dict) else None


def _logprobs(body: Mapping[str, Any]) -> tuple[bool, int]:
    """Return whether log-probabilities are wanted, and how many tokens beside each; completions give one number."""
    said = body.get("logprobs")
    if said is None or said is False:
        return False, 0
    name = "top_logprobs" if said is True else "logprobs"
    return True, int(_number(body, name, 0, 0, MOST_TOP, whole=True))


def _stops(said: object) -> tuple[str, ...]:
    marks = [said] if isinstance(said, str) else said or []
    if not isinstance(marks, list) or len(marks) > MOST_STOPS or not all(isinstance(m, str) and m for m in marks):
        raise BadRequest(f"stop must be a text or a list of at most {MOST_STOPS} texts")
    return tuple(marks)


def _number(
    body: Mapping[str, Any], name: str, default: float, low: float, high: float, *, whole: bool = False
) -> float:
    """Return a number of the request; BadRequest names the one that is none or lies outside its bounds."""
    value = body.get(name)
    if value is None:
        return default
    kinds = int if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
        raise BadRequest(f"{name} must be a {'whole ' if whole else ''}number from {low:g} to {high:g}")
    return value
