"""A real forward proxy on this machine: CONNECT for TLS, whole addresses for the rest, and a note of all it was told.

Every name leads to 127.0.0.1, so a host that nobody has can be asked through it and in no other way.
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class ForwardProxy:
    """Runs in a thread of its own. With `secret` it wants to hear that in Proxy-Authorization."""

    secret: str = ""
    heads: list[str] = field(default_factory=list)
    """The head of every request that came to the proxy itself."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> ForwardProxy:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(10)

    async def _run(self, ready: threading.Event) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._over.wait()
        server.close()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        # They close what they hold, before the loop is gone.
        await asyncio.gather(*left, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                self.heads.append(head)
                method, where, _ = head.split(" ", 2)
                if self.secret and f"proxy-authorization: {self.secret}".lower() not in head.lower():
                    writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                elif method == "CONNECT":
                    await self._tunnel(int(where.rpartition(":")[2]), reader, writer)
                    return
                else:
                    await self._forward(method, where, head, reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _tunnel(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, away = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n")
        await asyncio.gather(_pipe(reader, away), _pipe(there, writer))

    async def _forward(
        self, method: str, where: str, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Pass one request on, without what was meant for the proxy, and its answer back."""
        parts = urlsplit(where)
        lines = [line for line in head.split("\r\n")[1:] if line and not line.lower().startswith("proxy-")]
        length = next((int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length")), 0)
        body = await reader.readexactly(length)
        there, away = await asyncio.open_connection("127.0.0.1", parts.port or 80)
        asked = "\r\n".join([f"{method} {parts.path} HTTP/1.1", *lines, "Connection: close", "", ""])
        try:
            away.write(asked.encode("latin-1") + body)
            await _pipe(there, writer)
        finally:
            away.close()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
