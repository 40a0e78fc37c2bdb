"""A real HTTP endpoint that is slow: so many slots, so many seconds a token, and a queue for what is beyond.

It streams where it is asked to (`streams`), refuses that, or never does; it gives up what nobody waits for any longer,
as llama.cpp and vLLM do, and counts requests that were sent while the same one was still there.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from aiohttp import web

from engine.models.backends import quirks as learnt


@dataclass
class SlowServer:
    """Runs in a thread of its own, with its own loop."""

    slots: int = 2
    token_s: float = 0.05
    tokens: int = 20
    streams: Literal["yes", "never", "refused"] = "yes"
    tells: bool = True
    """Whether it tells its slots."""
    mute_after: int = 0
    """Tokens after which a stream says nothing more; 0 for never."""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    alive: Counter[str] = field(default_factory=Counter)
    doubled: int = 0
    """Requests that came while the same one was under way."""
    finished: int = 0
    given_up: int = 0
    inside: int = 0
    most_inside: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> SlowServer:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(30)
        learnt.forget(self.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._over, self._free = asyncio.get_running_loop(), asyncio.Event(), asyncio.Semaphore(self.slots)
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_get("/v1/models", self._models)
        app.router.add_get("/props", self._props)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.port = runner.addresses[0][1]
        ready.set()
        await self._over.wait()
        await runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"data": [{"id": "tiny", "max_model_len": 2048}]})

    async def _props(self, request: web.Request) -> web.Response:
        return web.json_response({"total_slots": self.slots} if self.tells else {}, status=200 if self.tells else 404)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        streamed = bool(body.pop("stream", False))
        body.pop("stream_options", None)
        self.bodies.append(body)
        if streamed and self.streams == "refused":
            return web.json_response({"error": {"message": "stream is not supported here"}}, status=400)
        key = orjson.dumps([body["messages"], body.get("seed")]).decode()
        self.doubled += self.alive[key] > 0
        self.alive[key] += 1
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        try:
            async with self._free:
                whole = await self._write(request, body, streamed and self.streams == "yes")
            self.finished += 1
            return whole
        except (asyncio.CancelledError, ConnectionError):
            self.given_up += 1
            raise
        finally:
            self.alive[key] -= 1
            self.inside -= 1

    async def _write(self, request: web.Request, body: dict[str, Any], streamed: bool) -> web.StreamResponse:
        count = min(self.tokens, body.get("max_tokens", self.tokens))
        words = ["Problem: ", *(f"{number} " for number in range(count - 1))]
        usage = {"prompt_tokens": 10, "completion_tokens": count}
        if not streamed:
            await asyncio.sleep(self.token_s * count)
            choice = {"message": {"role": "assistant", "content": "".join(words)}, "finish_reason": "stop"}
            return web.json_response({"choices": [choice], "usage": usage})
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for number, word in enumerate(words):
            if self.mute_after and number >= self.mute_after:
                await asyncio.Event().wait()
            await asyncio.sleep(self.token_s)
            await self._event(response, {"choices": [{"delta": {"content": word}, "finish_reason": None}]})
        await self._event(response, {"choices": [{"delta": {}, "finish_reason": "stop"}]})
        await self._event(response, {"choices": [], "usage": usage})
        await response.write(b"data: [DONE]\n\n")
        return response

    @staticmethod
    async def _event(response: web.StreamResponse, value: dict[str, Any]) -> None:
        await response.write(b"data: " + orjson.dumps(value) + b"\n\n")
