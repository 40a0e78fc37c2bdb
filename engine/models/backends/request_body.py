"""A chat as the body of a request, written as the model takes it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import orjson

from engine.core.protocol import Chat, Message
from engine.models.backends.quirks import RENAMED, Quirks

LENGTHS = ("max_tokens", RENAMED)
STREAMED: Mapping[str, Any] = MappingProxyType({"stream": True, "stream_options": {"include_usage": True}})
"""What asks for a reply while it comes, and for its count of tokens at the end."""
SCHEMA = "response_format"
BOUNDS = frozenset(("minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "pattern"))
"""Keywords of JSON schema that not every endpoint knows; without them a schema still says members and words."""


def request_body(chat: Chat, model: str, schema: str, quirks: Quirks, longest: int = 0) -> dict[str, Any]:
    """Return the request; neutral values are not sent, because not every server knows their names.

    `longest` limits this one reply further, in tokens; 0 does not.
    """
    s, most = chat.sampling, chat.sampling.max_tokens
    for limit in (quirks.longest, longest):
        most = min(most, limit) if limit else most
    body: dict[str, Any] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in turns(chat.messages, quirks)],
        "temperature": s.temperature,
        "top_p": s.top_p,
        "seed": s.seed,
        "max_tokens": most,
    }
    if s.top_k > 0:
        body["top_k"] = s.top_k
    if s.repetition_penalty != 1.0:
        body["repetition_penalty"] = s.repetition_penalty
    if s.stop:
        body["stop"] = list(s.stop)
    if schema:
        rules = orjson.loads(schema)
        shape = {"name": "reply", "strict": True, "schema": _loose(rules) if quirks.loose else rules}
        body[SCHEMA] = {"type": "json_schema", "json_schema": shape}
    if quirks.renamed:
        body[RENAMED] = body.pop("max_tokens")
    for name in quirks.left_out:
        body.pop(name, None)
    return body


def _loose(rules: Any) -> Any:
    """Return a schema without the bounds that some endpoints refuse."""
    if isinstance(rules, list):
        return [_loose(each) for each in rules]
    if not isinstance(rules, dict):
        return rules
    # The keys of `properties` are names of members, whatever they are.
    return {
        key: {name: _loose(rule) for name, rule in value.items()} if key == "properties" else _loose(value)
        for key, value in rules.items()
        if key not in BOUNDS
    }


def turns(messages: tuple[Message, ...], quirks: Quirks) -> tuple[Message, ...]:
    """Return the turns with the system's text folded into the user's, and alternating, where the model wants it."""
    if quirks.folded:
        messages = _folded(messages)
    return _merged(messages) if quirks.merged else messages


def _folded(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    system = [m.content for m in messages if m.role == "system"]
    others = [m for m in messages if m.role != "system"]
    if not system:
        return messages
    if others and others[0].role == "user":
        system.append(others.pop(0).content)
    return (Message("user", "\n\n".join(system)), *others)


def _merged(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    merged: list[Message] = []
    for message in messages:
        if merged and merged[-1].role == message.role:
            merged[-1] = Message(message.role, f"{merged[-1].content}\n\n{message.content}")
        else:
            merged.append(message)
    return tuple(merged)
