"""Answers that are well meant and unlike what was asked for: refusals, wrappings, replies that hold no text."""

from __future__ import annotations

from typing import Any

import orjson
from aiohttp import web

from tests.support.chat_replies import as_json, completion, reply_to
from tests.support.quirks import QUIRKS, Refuses


def _refusing(refuses: Refuses) -> Any:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        said = refuses(body)
        if said.startswith("{"):
            return as_json(orjson.loads(said), 422)
        return (
            as_json({"error": {"message": said, "type": "invalid_request_error"}}, 400)
            if said
            else as_json(completion(body))
        )

    return behave


def _wrapped(before: bytes, behind: bytes = b"") -> Any:
    """A whole reply with something around it that is no JSON."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        return web.Response(body=before + orjson.dumps(completion(body)) + behind, content_type="application/json")

    return behave


def events(whole: dict[str, Any]) -> bytes:
    """A reply as the events of a stream, four characters at a time."""
    text = whole["choices"][0]["message"]["content"]
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]}]
    chunks += [{"choices": [{"index": 0, "delta": {"content": text[at : at + 4]}}]} for at in range(0, len(text), 4)]
    chunks += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
    chunks += [{"choices": [], "usage": whole["usage"]}]
    return b": keep-alive\n\n" + b"".join(b"data: %b\n\n" % orjson.dumps(one) for one in chunks) + b"data: [DONE]\n\n"


async def _events(request: web.Request, body: dict[str, Any]) -> web.Response:
    return web.Response(body=events(completion(body)), content_type="text/event-stream")


def _ended(reason: str, content: Any) -> Any:
    """A billed reply that ended for this reason."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        whole = completion(body)
        whole["choices"][0] |= {"finish_reason": reason, "message": {"role": "assistant", "content": content}}
        return as_json(whole)

    return behave


async def _parts(request: web.Request, body: dict[str, Any]) -> web.Response:
    whole = completion(body)
    parts = [{"type": "thinking", "thinking": "secret thoughts"}, {"type": "text", "text": reply_to(body)}]
    whole["choices"][0]["message"]["content"] = parts
    return as_json(whole)


async def _one_part(request: web.Request, body: dict[str, Any]) -> web.Response:
    whole = completion(body)
    whole["choices"][0]["message"]["content"] = {"type": "text", "text": reply_to(body)}
    return as_json(whole)


async def _completion(request: web.Request, body: dict[str, Any]) -> web.Response:
    whole = completion(body) | {"object": "text_completion"}
    whole["choices"] = [{"index": 0, "text": reply_to(body), "finish_reason": "stop", "logprobs": None}]
    return as_json(whole)


def ollama(text: str) -> list[dict[str, Any]]:
    """A reply as Ollama's own protocol streams it, four characters at a time, what was thought before it."""
    said = [
        {"thinking": "secret thoughts", "content": ""},
        *({"content": text[n : n + 4]} for n in range(0, len(text), 4)),
    ]
    pieces: list[dict[str, Any]] = [{"message": {"role": "assistant", **one}, "done": False} for one in said]
    told = {"done": True, "done_reason": "stop", "prompt_eval_count": 10, "eval_count": 5}
    return [{"model": "tiny", **one} for one in (*pieces, {"message": {"role": "assistant", "content": ""}, **told})]


async def _ollama(request: web.Request, body: dict[str, Any]) -> web.Response:
    lines = b"".join(orjson.dumps(one) + b"\n" for one in ollama(reply_to(body)))
    return web.Response(body=lines, content_type="application/x-ndjson")


async def _ollama_whole(request: web.Request, body: dict[str, Any]) -> web.Response:
    message = {"role": "assistant", "content": reply_to(body)}
    return as_json({**ollama("")[-1], "message": message})


async def _chunk_lines(request: web.Request, body: dict[str, Any]) -> web.Response:
    """Chunks of the OpenAI protocol, one a line, without the words of events."""
    found = [line[6:] for line in events(completion(body)).split(b"\n") if line.startswith(b"data: {")]
    return web.Response(body=b"\n".join(found), content_type="application/x-ndjson")


async def _redirect(request: web.Request, body: dict[str, Any]) -> web.Response:
    """Send the caller on to the host that the path of the model names."""
    return web.Response(status=307, headers={"Location": body["model"]})


WRONG_NUMBERS = (
    "18446744073709551615", "-1", "NaN", "Infinity", "1e400", "12.5", '"many"', "null", "true", "[]", '{"n": 1}',
    "1" + "0" * 4_000,
)  # fmt: skip
"""What servers say instead of a number of tokens, as JSON or as what they take for it."""


def _counting(number: str) -> Any:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        whole = completion(body) | {"usage": "@@"}
        said = f'{{"prompt_tokens": {number}, "completion_tokens": {number}}}'
        return web.Response(body=orjson.dumps(whole).replace(b'"@@"', said.encode()), content_type="application/json")

    return behave


ODD: dict[str, Any] = {
    **{f"usage {number}": _counting(number) for number in WRONG_NUMBERS},
    "parts": _parts,
    "one-part": _one_part,
    "completion": _completion,
    "ollama": _ollama,
    "ollama-whole": _ollama_whole,
    "chunk-lines": _chunk_lines,
    "events": _events,
    "comments": _wrapped(b": PROCESSING\n\n: PROCESSING\n\n\n"),
    "blank-lines": _wrapped(b"\n\n   \r\n\n"),
    "comment-behind": _wrapped(b"", b"\n: done\n"),
    "filtered": _ended("content_filter", "Problem: half of"),
    "ended-error": _ended("error", ""),
    "only-reasoned": _ended("stop", None),
    "only-thought": _ended("stop", "<think>secret thoughts</think>"),
    "torn-billed": _wrapped(b"{", b'"usage'),
    "redirect": _redirect,
} | {name: _refusing(refuses) for name, (refuses, _, _) in QUIRKS.items()}
"""Behaviours of an endpoint by name."""
