"""Whether a node is one that a run can go to: the same folder, the same Python, the same Lemma Studio."""

from __future__ import annotations

import importlib.metadata
import platform
import socket
import time
from dataclasses import dataclass
from pathlib import Path

TOKEN = "token"
"""A file among the shards: whoever reads from it what the head wrote sees the head's folder."""
_SEEN = 10.0
"""Seconds in which a shared disk shows a new file to other machines."""
_EVERY = 0.2


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the items of a run come from, as their head sees it."""

    token: str
    python: str
    lemma: str

    @staticmethod
    def here(token: str) -> Origin:
        """Return what holds on this machine."""
        return Origin(token, python(), lemma())

    def difference(self, run_dir: Path) -> str:
        """Return what this node has otherwise and what to do about it, in one sentence; '' where all is the same."""
        node = socket.gethostname()
        if (version := python()) != self.python:
            return f"{node} has Python {version} and the head {self.python}: use the same one, then resume the run"
        if (version := lemma()) != self.lemma:
            return f"{node} has Lemma Studio {version} and the head {self.lemma}: install the same, then resume the run"
        if not self._seen(run_dir):
            return (
                f"{node} does not see the head's folder {run_dir}: "
                "keep the project on a disk that all nodes have under this path, then resume the run"
            )
        return ""

    def _seen(self, run_dir: Path) -> bool:
        until = time.monotonic() + _SEEN
        while _text(run_dir / "shards" / TOKEN) != self.token:
            if time.monotonic() > until:
                return False
            time.sleep(_EVERY)
        return True


def python() -> str:
    """Return the version that decides whether code travels: 3.11, whatever comes behind."""
    return ".".join(platform.python_version_tuple()[:2])


def lemma() -> str:
    """Return the version of what is installed."""
    try:
        return importlib.metadata.version("lemma-studio")
    except importlib.metadata.PackageNotFoundError:
        return "without a version"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
