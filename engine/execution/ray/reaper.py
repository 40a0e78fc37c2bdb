"""Runs a server and ends it when whoever started it is gone: `python -m engine.execution.ray.reaper COMMAND ...`.

Actors are killed, not asked to end, and their children with them, so they cannot take their servers along. This
process makes itself nobody's child and holds the other end of a pipe; when that closes, the server's whole process
group gets SIGTERM, and SIGKILL after a while. Its own standard output closes when the server has ended.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

_GRACE = 10.0


def main(command: list[str]) -> int:
    """Return the server's exit status; what the server prints goes to standard error."""
    if os.fork():
        return 0
    os.setsid()
    server = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=2, start_new_session=True)
    threading.Thread(target=_watch, args=(server,), daemon=True).start()
    return server.wait()


def _watch(server: subprocess.Popen[bytes]) -> None:
    """Read the pipe until it closes; nothing is ever written to it."""
    while os.read(0, 1024):
        pass
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(server.pid, number)
        with suppress(subprocess.TimeoutExpired):
            server.wait(_GRACE)


if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
