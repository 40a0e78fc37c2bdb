"""One request to an ASGI application, without a server or a socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Headers = Iterable[tuple[str, str]]


@dataclass
class Answered:
    """What an application sent."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        return next((int(one["status"]) for one in self.messages if one["type"] == "http.response.start"), 0)

    @property
    def headers(self) -> dict[str, str]:
        start = next(one for one in self.messages if one["type"] == "http.response.start")
        return {name.decode(): value.decode("latin-1") for name, value in start["headers"]}

    @property
    def body(self) -> str:
        return b"".join(one.get("body", b"") for one in self.messages).decode()

    @property
    def kinds(self) -> list[str]:
        return [one["type"] for one in self.messages]


def request(
    app: Any, method: str, url: str, headers: Headers, body: bytes = b"", client: str = "192.0.2.7"
) -> Answered:
    """Send one HTTP request whose headers are `headers` and nothing else."""
    return asyncio.run(_exchange(app, _scope("http", url, headers, client) | {"method": method}, _body(body)))


def socket(app: Any, url: str, headers: Headers, sent: Iterable[bytes] = ()) -> Answered:
    """Open one WebSocket, send what is to be sent, and leave."""
    come = [{"type": "websocket.connect"}, *({"type": "websocket.receive", "bytes": one} for one in sent)]
    return asyncio.run(_exchange(app, _scope("websocket", url, headers, "192.0.2.7"), come))


def _body(body: bytes) -> list[dict[str, Any]]:
    return [{"type": "http.request", "body": body, "more_body": False}]


def _scope(kind: str, url: str, headers: Headers, client: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return {
        "type": kind,
        "scheme": "http",
        "http_version": "1.1",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in headers],
        "client": (client, 1),
        "server": ("127.0.0.1", 8501),
        "root_path": "",
    }


async def _exchange(app: Any, scope: Mapping[str, Any], come: list[dict[str, Any]]) -> Answered:
    answered, rest = Answered(), list(come)

    async def receive() -> dict[str, Any]:
        return rest.pop(0) if rest else {"type": f"{scope['type']}.disconnect", "code": 1005}

    async def send(message: dict[str, Any]) -> None:
        answered.messages.append(message)

    await app(scope, receive, send)
    return answered
