"""`lemma studio` ends with its server, whoever asks it to end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from engine.core.project import create
from tests.browser.conftest import free_port

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_a_studio_that_is_told_to_end_leaves_no_server(tmp_path: Path) -> None:
    project, port = create(tmp_path / "project"), free_port()
    entry = [sys.executable, "-c", "from studio.cli.main import main; main()", "studio"]
    studio = subprocess.Popen(
        [*entry, "--project", str(project.root), "--port", str(port), "--no-browser"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait(port, answers=True)
        studio.send_signal(signal.SIGTERM)
        assert studio.wait(timeout=60) == 0
        _wait(port, answers=False)
    finally:
        studio.kill()


def _wait(port: int, *, answers: bool) -> None:
    """Wait until the server answers, or until it no longer does."""
    ends = time.monotonic() + 90
    while _answers(port) != answers:
        assert time.monotonic() < ends, f"after 90 s the server {'is silent' if answers else 'still answers'}"
        time.sleep(0.3)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5):
            return True
    except (urllib.error.URLError, TimeoutError, ConnectionError):
        return False
