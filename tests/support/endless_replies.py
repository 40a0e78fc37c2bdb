"""Replies that are far too long, or never end: each writes until the other side hangs up."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

_PART = b"x" * 65_536
GIB = 1 << 30


def _writing(part: bytes, pause: float = 0.0, start: bytes = b"", **headers: str) -> Any:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json", **headers})
        await response.prepare(request)
        try:
            await response.write(start)
            for _ in range(GIB // len(part)):
                await response.write(part)
                await asyncio.sleep(pause)
        except ConnectionError:
            pass
        return response

    return behave


async def _head(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
    """A head without an end."""
    transport = request.transport
    assert transport is not None
    transport.write(b"HTTP/1.1 200 OK\r\n")
    while not transport.is_closing():
        transport.write(b"X-Long: " + _PART + b"\r\n")
        await asyncio.sleep(0.005)
    return web.Response()


ENDLESS: dict[str, Any] = {
    "a GiB": _writing(_PART),
    "a GiB, promised": _writing(_PART, **{"Content-Length": str(GIB)}),
    "a GiB of text": _writing(_PART, start=b'{"choices": [{"message": {"content": "'),
    "endless events": _writing(b'data: {"choices": [{"delta": {"content": "more "}}]}\n\n' * 900),
    "dribble": _writing(b" ", 0.05),
    "endless head": _head,
}
