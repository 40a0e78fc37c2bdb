"""A real HTTP endpoint that speaks the OpenAI chat protocol and, when told so, misbehaves in every way servers do.

In a test: `with Endpoint(plan) as endpoint: ... endpoint.url`. On its own, for benchmarks and workers:
`python -m tests.support.endpoint PORT_FILE` answers at once until it is killed.
"""

from __future__ import annotations

import asyncio
import hashlib
import socketserver
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from engine.models.backends import quirks as learnt
from tests.support.chat_replies import as_json, completion, reply_to
from tests.support.endless_replies import ENDLESS
from tests.support.key_echoes import BODIES as ECHOES
from tests.support.key_echoes import echoes
from tests.support.odd_replies import ODD

Plan = Callable[[dict[str, Any], int], str]
"""From the request's body and how often this very request came before, to the name of a behaviour."""


def always(behaviour: str) -> Plan:
    return lambda body, before: behaviour


@dataclass
class Endpoint:
    """Runs in a thread of its own, with its own loop."""

    plan: Plan = lambda body, before: "ok"
    delay: float = 0.0
    listing: str = ""
    """How the list of models is answered, where it is not simply there."""
    asked: Counter[str] = field(default_factory=Counter)
    """How often each request came, by its content."""
    answered: Counter[str] = field(default_factory=Counter)
    """How often each request was answered well."""
    behaviours: Counter[str] = field(default_factory=Counter)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    inside: int = 0
    most_inside: int = 0
    port: int = 0
    """Where it listens; 0 before it does, for any that is free."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Endpoint:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        # Ports come back, and what another server on this one refused is no longer so.
        learnt.forget(self.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.run(self._run(ready))

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        runner, self.port = await start(self.handle, self.models, self.port)
        ready.set()
        await self._over.wait()
        await runner.cleanup()

    async def models(self, request: web.Request) -> web.StreamResponse:
        if self.listing:
            return await BEHAVIOURS[self.listing](request, {})  # type: ignore[no-any-return]
        return web.json_response({"data": [{"id": "tiny"}, {"id": "other"}]})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        body = orjson.loads(raw)
        key = hashlib.blake2b(raw, digest_size=8).hexdigest()
        before = self.asked[key]
        self.asked[key] += 1
        self.bodies.append(body)
        self.headers.append(dict(request.headers))
        self.times.append(time.monotonic())
        behaviour = self.plan(body, before)
        self.behaviours[behaviour] += 1
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            response = await BEHAVIOURS[behaviour](request, body)
        finally:
            self.inside -= 1
        self.answered[key] += behaviour in ("ok", "think", "reasoning")
        return response


@contextmanager
def hanging_up(port: int) -> Iterator[list[float]]:
    """What is left of a server that died: its port takes calls and hangs up; gives the times of the calls."""
    calls: list[float] = []

    class HangUp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            calls.append(time.monotonic())

    class Server(socketserver.TCPServer):
        allow_reuse_address = True

    with Server(("127.0.0.1", port), HangUp) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield calls
        finally:
            server.shutdown()
            thread.join(10)


async def start(chat: Any, models: Any, port: int = 0) -> tuple[web.AppRunner, int]:
    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/chat/completions", chat)
    app.router.add_get("/v1/models", models)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, backlog=1024)
    await site.start()
    return runner, runner.addresses[0][1]


def _error(status: int, message: str, **headers: str) -> Any:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        return as_json({"error": {"message": message, "type": "error"}}, status, **headers)

    return behave


def _text(text: str | bytes, content_type: str, status: int = 200) -> Any:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        data = text if isinstance(text, bytes) else text.encode()
        return web.Response(body=data, status=status, content_type=content_type)

    return behave


def _value(value: Any) -> Any:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        return as_json(value)

    return behave


async def _ok(request: web.Request, body: dict[str, Any]) -> web.Response:
    return as_json(completion(body))


async def _think(request: web.Request, body: dict[str, Any]) -> web.Response:
    return as_json(completion(body, "<think>secret thoughts</think>\n\n" + reply_to(body)))


async def _reasoning(request: web.Request, body: dict[str, Any]) -> web.Response:
    return as_json(completion(body, reasoning_content="secret thoughts"))


async def _soon(request: web.Request, body: dict[str, Any]) -> web.Response:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    return as_json({"error": {"message": "slow down"}}, 429, **{"Retry-After": when})


async def _reset(request: web.Request, body: dict[str, Any]) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _half(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """Promise the whole reply, send half of it, hang up."""
    data = orjson.dumps(completion(body))
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(data))})
    await response.prepare(request)
    await response.write(data[: len(data) // 2])
    assert request.transport is not None
    request.transport.close()
    return response


async def _half_json(request: web.Request, body: dict[str, Any]) -> web.Response:
    data = orjson.dumps(completion(body))
    return web.Response(body=data[: len(data) // 2], content_type="application/json")


async def _slow(request: web.Request, body: dict[str, Any]) -> web.Response:
    await asyncio.sleep(30)
    return as_json(completion(body))


RELEASED = threading.Event()
"""Set by a test: what is held is answered from then on."""


async def _held(request: web.Request, body: dict[str, Any]) -> web.Response:
    while not RELEASED.is_set():
        await asyncio.sleep(0.01)
    return as_json(completion(body))


async def _schema(request: web.Request, body: dict[str, Any]) -> web.Response:
    """A server that really holds replies to a schema: it says the one word that the schema allows."""
    shape = body.get("response_format", {}).get("json_schema", {}).get("schema")
    if shape is None:
        return as_json(completion(body))
    words = {name: (entry.get("enum") or ["text"])[0] for name, entry in shape["properties"].items()}
    return as_json(completion(body, orjson.dumps(words).decode()))


async def _picky(request: web.Request, body: dict[str, Any]) -> web.Response:
    """A hosted server of the strict kind."""
    for name in ("top_k", "repetition_penalty"):
        if name in body:
            return as_json({"error": {"message": f"Unrecognized request argument supplied: {name}"}}, 400)
    if "max_tokens" in body:
        said = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
        return as_json({"error": {"message": said}}, 400)
    return as_json(completion(body))


async def _echo_key(request: web.Request, body: dict[str, Any]) -> web.Response:
    """A server that repeats the caller's headers, as debugging proxies do."""
    return as_json({"error": {"message": f"bad header {request.headers.get('Authorization', '')}"}}, 401)


async def _echo_key_in_reply(request: web.Request, body: dict[str, Any]) -> web.Response:
    return as_json(completion(body, f"Problem: {request.headers.get('Authorization', '')}"))


BEHAVIOURS: dict[str, Any] = {
    "ok": _ok,
    "think": _think,
    "reasoning": _reasoning,
    "429": _error(429, "slow down"),
    "429-now": _error(429, "slow down", **{"Retry-After": "0"}),
    "429-half": _error(429, "slow down", **{"Retry-After": "0.5"}),
    "429-date": _soon,
    "429-tomorrow": _error(429, "the quota of today is used up", **{"Retry-After": "86400"}),
    "503-after": _error(503, "loading", **{"Retry-After": "0.2"}),
    "500": _error(500, "broken inside"),
    "502-html": _text("<html>bad gateway</html>", "text/html", 502),
    "401": _error(401, "wrong key"),
    "403": _error(403, "not for you"),
    "404": _error(404, "no such model"),
    "400": _error(400, "messages must alternate"),
    "400-long": _error(400, "This model's maximum context length is 512 tokens, reduce max_tokens or the prompt"),
    "302": _text("moved", "text/plain", 302),
    "reset": _reset,
    "half": _half,
    "half-json": _half_json,
    "slow": _slow,
    "held": _held,
    "garbage": _text(b"\x00\xff\xfe{{{", "application/json"),
    "html": _text("<html><body>Welcome</body></html>", "text/html"),
    "nothing": _text(b"", "application/json"),
    "empty-choices": _value({"choices": []}),
    "no-choices": _value({"id": "x"}),
    "null-content": _value({"choices": [{"message": {"content": None}, "finish_reason": "stop"}]}),
    "number-content": _value({"choices": [{"message": {"content": 7}, "finish_reason": "stop"}]}),
    "list": _value([1, 2, 3]),
    "error-in-200": _value({"error": {"message": "overloaded", "code": 503}}),
    "error-text": _value({"error": "something"}),
    "schema": _schema,
    "picky": _picky,
    "echo-key": _echo_key,
    "echo-key-in-reply": _echo_key_in_reply,
    **{name: echoes(name) for name in ECHOES},
    **ENDLESS,
} | ODD


async def _instant(port_file: Path) -> None:
    """Answer at once with a fixed body: as little work as a server can do."""
    body = orjson.dumps(completion({"model": "tiny", "messages": []}, "Problem: What is 6 times 7?\nAnswer: 42"))

    async def chat(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=body, content_type="application/json")

    async def models(request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "tiny"}]})

    _, port = await start(chat, models)
    fresh = port_file.with_suffix(".new")
    fresh.write_text(str(port), encoding="ascii")
    fresh.replace(port_file)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_instant(Path(sys.argv[1])))
