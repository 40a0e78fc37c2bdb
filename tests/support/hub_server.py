"""The few calls of a hub that an upload makes, over real HTTP, with the files kept as a hub would keep them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Hub:
    """What arrived: repositories with their visibility, files by path, and the tokens that came with the calls."""

    url: str = ""
    refuse: int = 0
    """Status that every call gets; 0 for an answer."""
    repos: dict[str, bool] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    calls: list[str] = field(default_factory=list)


@contextmanager
def running() -> Iterator[Hub]:
    """Serve a hub on a port of its own."""
    hub = Hub()

    class Handler(_Handler):
        kept = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    kept: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        hub = self.kept
        hub.calls.append(self.path)
        hub.tokens.add(self.headers.get("authorization", "").removeprefix("Bearer "))
        if hub.refuse:
            self._answer({"error": "You don't have the rights to create this"}, hub.refuse)
        elif self.path == "/api/repos/create":
            said = json.loads(body)
            name = f"{said.get('organization', 'me')}/{said['name']}"
            hub.repos[name] = bool(said.get("private", said.get("visibility") == "private"))
            self._answer({"url": f"{hub.url}/datasets/{name}"})
        elif "/preupload/" in self.path:
            asked = json.loads(body)["files"]
            self._answer(
                {"files": [{"path": f["path"], "uploadMode": "regular", "shouldIgnore": False} for f in asked]}
            )
        elif "/commit/" in self.path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    hub.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            self._answer({"commitUrl": f"{hub.url}/datasets/me/set/commit/abc", "commitOid": "abc"})
        else:
            self._answer({})

    def do_GET(self) -> None:
        self.kept.calls.append(self.path)
        self._answer({"id": "me/set", "sha": "abc", "siblings": []})

    def _answer(self, body: dict[str, object], status: int = 200) -> None:
        said = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
