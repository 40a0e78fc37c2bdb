"""Servers, pages and waiting for them: what tests share that drive a real Chromium."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

ROOT = Path(__file__).resolve().parents[2]
STUDIO = ROOT / "studio" / "app.py"
ANY_CERTIFICATE = ssl._create_unverified_context()
"""Servers of tests sign their own certificates."""


AT_REST = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    if (!app || app.dataset.testScriptState !== 'notRunning') return null;
    if (document.querySelector('[data-testid=stSkeleton], [data-testid=stAppSkeleton], [data-stale=true]')) return null;
    const main = document.querySelector('[data-testid=stMain]');
    return main && main.innerText.trim() !== '' ? main.scrollHeight : null;
}"""


PATIENCE_S = 120.0
"""How long anything may take to appear: a bound for what is broken, not a measure of how fast the machine is."""
expect.set_options(timeout=PATIENCE_S * 1_000)
CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass(frozen=True)
class Server:
    """A running Streamlit process."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process and wait until it is gone."""
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=PATIENCE_S)


@dataclass
class Watch:
    """What a browser context asked for outside of this machine, and what broke in its pages."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def serve(
    script: Path,
    log: Path,
    *,
    project: Path | None = None,
    port: int = 0,
    options: tuple[str, ...] = (),
    more: dict[str, str] | None = None,
) -> Server:
    """Start `script` and wait until it answers: the studio by its own server, others by Streamlit's.

    `options` are the server's, `more` is added to the environment.
    """
    port = port or free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", **(more or {})}
    if project is not None:
        environment["LEMMA_PROJECT"] = str(project)
    if script == STUDIO:
        command = [sys.executable, "-m", "studio.server", "--port", str(port), *options]
    else:
        command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", *options]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    server = Server(f"{'https' if '--cert' in options else 'http'}://127.0.0.1:{port}", process, log)
    _wait_until_healthy(server)
    return server


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def settle(page: Page, *, timeout_s: float = PATIENCE_S, quiet: int = 4) -> None:
    """Wait until `quiet` looks in a row, a tenth of a second apart, find the script done and the page at rest.

    One look is not enough: after a click the browser needs a moment before it says that a script is running.
    """
    deadline = time.monotonic() + timeout_s
    calm, last = 0, None
    while calm < quiet:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the page did not settle within {timeout_s:g} s")
        now = page.evaluate(AT_REST)
        calm = calm + 1 if now is not None and now == last else 0
        last = now
        page.wait_for_timeout(100)


def chromium() -> str:
    """Return the system's Chromium; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("no Chromium on this machine: apt-get install chromium")


class QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def let_in(route: Route, watch: Watch) -> None:
    address = urlsplit(route.request.url)
    if address.scheme in ("data", "blob") or address.hostname == "127.0.0.1":
        route.continue_()
        return
    watch.outside.append(route.request.url)
    route.abort()


def _wait_until_healthy(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            raise RuntimeError(f"the studio ended at once:\n{server.log.read_text(encoding='utf-8', errors='replace')}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2, context=ANY_CERTIFICATE) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the studio did not come up within {PATIENCE_S:g} s")
