"""A real studio and a real Chromium, with every road to the outside closed and watched."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from engine.core import project as projects
from tests.support.page_project import filled

ROOT = Path(__file__).resolve().parents[2]
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


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


def serve(script: Path, log: Path, *, project: Path | None = None, port: int = 0) -> Server:
    """Start Streamlit on `script` and wait until it answers."""
    port = port or free_port()
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if project is not None:
        environment["LEMMA_PROJECT"] = str(project)
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true", f"--server.port={port}"]
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}", process, log)
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium per file, not per session: while it lives, playwright keeps an event loop in this thread."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def lens_files(browser: Browser) -> Iterator[Page]:
    """One bare page for all tests of a file, from a server that gives out the lens's own files and nothing else.

    In it `load("rows")` imports the module `rows.js`, and `bytes` reads what `base64.b64encode` wrote.
    """
    folder = ROOT / "studio" / "widgets" / "lens"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietFiles, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.server_port}/lens.css")
    page.evaluate("""() => {
        globalThis.load = (name) => import(`/${name}.js`);
        globalThis.bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    }""")
    yield page
    page.close()
    server.shutdown()
    server.server_close()


class _QuietFiles(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def open_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open pages in contexts that abort and record every request to another host."""
    contexts: list[BrowserContext] = []

    def open_one(
        url: str,
        *,
        theme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 900,
        rest: bool = True,
        cookies: dict[str, str] | None = None,
    ) -> Page:
        context = browser.new_context(color_scheme=theme, viewport={"width": width, "height": height})
        contexts.append(context)
        context.set_default_timeout(PATIENCE_S * 1_000)
        context.add_cookies([{"name": name, "value": value, "url": url} for name, value in (cookies or {}).items()])
        context.route("**/*", lambda route: _let_in(route, watch))
        page = context.new_page()
        page.on("pageerror", lambda error: watch.errors.append(str(error)))
        page.goto(url)
        if rest:
            settle(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    return projects.create(tmp_path / "project").root


@pytest.fixture
def studio(project: Path, tmp_path: Path) -> Iterator[Server]:
    """The whole studio on an empty project."""
    server = serve(ROOT / "studio" / "app.py", tmp_path / "studio.log", project=project)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The whole studio on a project with problems, for all tests that only look."""
    folder: Path = tmp_path_factory.mktemp("full")
    server = serve(ROOT / "studio" / "app.py", folder / "studio.log", project=filled(folder / "project"))
    yield server
    server.stop()


@pytest.fixture
def run_script(tmp_path: Path) -> Iterator[Callable[[str], Server]]:
    """Run a small Streamlit script of its own, to see one widget."""
    servers: list[Server] = []

    def run_one(source: str) -> Server:
        script = tmp_path / f"script{len(servers)}.py"
        script.write_text(source, encoding="utf-8")
        servers.append(serve(script, tmp_path / f"script{len(servers)}.log"))
        return servers[-1]

    yield run_one
    for server in servers:
        server.stop()


def _let_in(route: Route, watch: Watch) -> None:
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
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the studio did not come up within {PATIENCE_S:g} s")
