"""A server that an actor starts for itself: one replica of a model per actor, on the GPUs that Ray gave the actor."""

from __future__ import annotations

import select
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

from engine.core.errors import BadSetting, Unreachable
from engine.core.files import tail
from engine.models.serving import ports

_START = 1800.0
"""Seconds in which a server must answer: a large model is read from a slow disk before."""
_EVERY = 0.5


class Replica:
    """A running server; it ends with this object, and with this process at the latest."""

    def __init__(self, command: str, log: Path) -> None:
        """Start `command`, in which {port} stands for a free port; its output goes to `log`."""
        if "{port}" not in command:
            raise BadSetting("the command of a replica must hold {port}.", where="--replica")
        self.port = ports.unused()
        self.url = f"http://127.0.0.1:{self.port}/v1"
        self._log = log
        words = [word.replace("{port}", str(self.port)) for word in shlex.split(command)]
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as sink:
            self._guardian = subprocess.Popen(
                [sys.executable, "-m", "engine.execution.ray.reaper", *words],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink,
            )  # fmt: skip

    def wait(self, seconds: float = _START) -> None:
        """Wait until it lists its models; Unreachable with its last words where it ends before, or takes too long."""
        until = time.monotonic() + seconds
        while not self._answers():
            if self.ended():
                raise Unreachable(f"the server of a replica ended: {self._last_words()}")
            if time.monotonic() > until:
                self.stop()
                raise Unreachable(f"the server of a replica did not answer within {seconds:g} s: {self._last_words()}")
            time.sleep(_EVERY)

    def ended(self) -> bool:
        """Whether the server has ended: its reaper closes a pipe then, and writes nothing to it before."""
        assert self._guardian.stdout is not None
        return self._guardian.stdout.closed or bool(select.select([self._guardian.stdout], [], [], 0)[0])

    def stop(self) -> None:
        """End the server and wait for it."""
        self._guardian.communicate()
        self._guardian.wait()

    def _answers(self) -> bool:
        try:
            # This machine's own server, so no proxy stands between.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with closing(opener.open(f"{self.url}/models", timeout=5)) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError, ValueError):
            return False

    def _last_words(self) -> str:
        said = tail(self._log, 1)
        return said[0].strip()[:300] if said else "it said nothing"
