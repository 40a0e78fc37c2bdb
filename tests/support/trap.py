"""A trap in another process: notes every host that its sockets would reach, from its first line on.

A folder with this as `sitecustomize.py` on PYTHONPATH, and the file to write into in LEMMA_TRAP. Python tells of each
connection and each name that is looked up (audit events), whoever makes it.
"""

from __future__ import annotations

import os
from pathlib import Path

SOURCE = """
import os, sys

def _hear(event, arguments):
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        said = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"):
        said = arguments[0]
    else:
        return
    if isinstance(said, tuple):
        said = said[0]
    if isinstance(said, bytes):
        said = said.decode("latin-1")
    if said is None or said in ("localhost", "::1", "") or str(said).startswith("127."):
        return
    descriptor = os.open(os.environ["LEMMA_TRAP"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.write(descriptor, f"{event} {said}\\n".encode())
    os.close(descriptor)

sys.addaudithook(_hear)
"""


def trapped(folder: Path, proxy: str) -> dict[str, str]:
    """Return the environment that sets the trap, with every way out led to a proxy that notes what comes."""
    hooks = folder / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "sitecustomize.py").write_text(SOURCE, encoding="utf-8")
    ways = {name: proxy for one in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (one, one.lower())}
    path = os.pathsep.join([str(hooks), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {"PYTHONPATH": path, "LEMMA_TRAP": str(folder / "caught"), "NO_PROXY": "127.0.0.1,localhost", **ways}


def caught(folder: Path) -> list[str]:
    """Return what was caught."""
    path = folder / "caught"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
