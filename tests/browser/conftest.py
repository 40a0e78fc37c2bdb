"""A real studio and a real Chromium, with every road to the outside closed and watched."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from engine.core import project as projects
from tests.support.browser import (
    CHROMIUM_ARGS,
    PATIENCE_S,
    ROOT,
    QuietFiles,
    Server,
    Watch,
    chromium,
    let_in,
    serve,
    settle,
)
from tests.support.page_project import filled


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


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
    folder = ROOT / "studio" / "lens"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(folder)))
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
        context.route("**/*", lambda route: let_in(route, watch))
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
