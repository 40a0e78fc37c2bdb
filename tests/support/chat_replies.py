"""The replies of the endpoints of the tests, in the shape of the OpenAI chat protocol."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from aiohttp import web


def reply_to(body: dict[str, Any]) -> str:
    """A reply that depends on the question, the seed and the model alone."""
    asked = orjson.dumps([body["model"], body["messages"], body.get("seed")])
    return f"Problem: {hashlib.blake2b(asked, digest_size=8).hexdigest()}"


def completion(body: dict[str, Any], text: str | None = None, **message: Any) -> dict[str, Any]:
    text = reply_to(body) if text is None else text
    return {
        "id": "c",
        "object": "chat.completion",
        "model": body["model"],
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def as_json(value: Any, status: int = 200, **headers: str) -> web.Response:
    return web.Response(body=orjson.dumps(value), status=status, content_type="application/json", headers=headers)
