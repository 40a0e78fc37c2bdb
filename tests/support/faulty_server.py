"""A real HTTP server on this machine that answers a share of its questions wrong, by seed, in the kinds of a table."""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.models.backends import quirks as learnt
from tests.support.fault_kinds import KINDS, PAUSING, End, Steps, bomb, good, http

OK = "ok"


@dataclass
class FaultyServer:
    """Runs in a thread of its own, with its own loop; it writes its bytes itself, for no library would write them."""

    share: float = 0.0
    """How many replies are wrong."""
    seed: int = 0
    delay: float = 0.0
    """Seconds that a good reply takes."""
    kinds: tuple[str, ...] = tuple(KINDS)
    spared: int = 0
    """Questions that are answered well before the first that is not."""
    sent: Counter[str] = field(default_factory=Counter)
    """Replies by kind."""
    answered: Counter[str] = field(default_factory=Counter)
    """Good replies by question."""
    asked: Counter[bytes] = field(default_factory=Counter)
    tls: ssl.SSLContext | None = None
    port: int = 0

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/v1"

    @property
    def waits_s(self) -> float:
        """Seconds that it asked to wait, all calls together."""
        return sum(KINDS[name].asks * count for name, count in self.sent.items() if name in KINDS)

    def __enter__(self) -> FaultyServer:
        ready = threading.Event()
        bomb()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        # Ports come back, and what another server on this one refused is no longer so.
        learnt.forget(self.url)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    def drawn(self, raw: bytes) -> str:
        """Return the kind of the next answer to a question: the same in whatever order the questions come."""
        before = self.asked[raw]
        self.asked[raw] += 1
        body = orjson.loads(raw)
        if self.asked.total() <= self.spared:
            return OK
        dice = random.Random(f"{self.seed} {body['messages']} {body.get('seed')} {before}")
        return dice.choice(self.kinds) if dice.random() < self.share else OK

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._over.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:  # type: ignore[operator]
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while not writer.is_closing():
                line, _, rest = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
                length = int(rest.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or b"0")
                raw = await reader.readexactly(length)
                steps = self._answer(raw) if line.startswith(b"POST") else _list(line)
                await _played(steps, writer)
        writer.close()

    def _answer(self, raw: bytes) -> Steps:
        name = self.drawn(raw)
        self.sent[name] += 1
        body: dict[str, Any] = orjson.loads(raw)
        if name != OK:
            yield from (KINDS | PAUSING)[name].play(body)
            return
        yield self.delay
        self.answered[str(body["messages"])] += 1
        yield http(good(body))


def _list(line: bytes) -> Steps:
    """The models, and nothing else that one may GET."""
    if b" /v1/models " in line:
        yield http(b'{"data": [{"id": "tiny"}]}')
    else:
        yield http(b"{}", "404 Not Found")


async def _played(steps: Steps, writer: asyncio.StreamWriter) -> None:
    for step in steps:
        if step is End.RESET:
            writer.transport.abort()
        elif step is End.CLOSED:
            writer.close()
        elif isinstance(step, bytes):
            writer.write(step)
            await writer.drain()
        elif isinstance(step, float):
            await asyncio.sleep(step)
