"""A server as a command: `python tiny_server.py PORT PIDS [ALL]` answers on PORT and adds its pid to the file PIDS.

With ALL it answers chats once that many servers have added theirs.
"""

from __future__ import annotations

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import orjson

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.chat_replies import completion


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._say({"data": [{"id": "tiny"}]})

    def do_POST(self) -> None:
        while len(PIDS.read_text().split()) < ALL:
            time.sleep(0.05)
        self._say(completion(orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))))

    def _say(self, value: object) -> None:
        body = orjson.dumps(value)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    PIDS, ALL = Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0
    with PIDS.open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
