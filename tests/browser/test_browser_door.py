"""A real studio is asked by strangers: raw sockets, pages of other origins, browsers without and with a sign-in."""

from __future__ import annotations

import base64
import os
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from engine.core import project as projects
from studio.access import members, passwords
from studio.access.members import Member
from studio.navigation import ROAD
from tests.support.browser import (
    ANY_CERTIFICATE,
    PATIENCE_S,
    STUDIO,
    QuietFiles,
    Server,
    Watch,
    free_port,
    let_in,
    serve,
    settle,
)
from tests.support.certificate import certificate
from tests.support.forward_proxy import ForwardProxy
from tests.support.page_project import filled
from tests.support.trap import caught, trapped

WORD = "a long enough word"
STREAM = "/_stcore/stream"


def _asked(server: Server, path: str, headers: dict[str, str], method: str = "GET") -> str:
    """Send one request as it is written and return all that comes back within a moment."""
    at = urlsplit(server.url)
    assert at.port
    line = socket.create_connection(("127.0.0.1", at.port), timeout=PATIENCE_S)
    with ANY_CERTIFICATE.wrap_socket(line) if at.scheme == "https" else line as line:
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        line.sendall("\r\n".join(lines).encode("latin-1"))
        return line.recv(65_536).decode("latin-1")


def _socket(server: Server, host: str, origin: str | None, more: dict[str, str] | None = None) -> str:
    """Ask for a WebSocket and return the first line of the answer."""
    key = base64.b64encode(os.urandom(16)).decode()
    headers = {"Host": host, "Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    headers |= {"Sec-WebSocket-Key": key, "Sec-WebSocket-Protocol": "streamlit"}
    headers |= ({} if origin is None else {"Origin": origin}) | (more or {})
    return _asked(server, STREAM, headers).partition("\r\n")[0]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path, ForwardProxy]]:
    """A studio for one person on a project with problems, in a trap."""
    folder: Path = tmp_path_factory.mktemp("alone")
    with ForwardProxy() as proxy:
        root = filled(folder / "project")
        server = serve(STUDIO, folder / "log", project=root, more=trapped(folder, proxy.url))
        yield server, folder, proxy
        server.stop()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """A studio over TLS for people who sign in, listening at every address, in a trap."""
    folder: Path = tmp_path_factory.mktemp("shared")
    root = projects.create(folder / "project").root
    kept = passwords.hashed(WORD)
    people = {"ada": Member("ada", "owner", kept), "vic": Member("vic", "viewer", kept)}
    members.change(root, lambda known: known.update(people))
    cert, key = certificate(folder)
    options = ("--address", "0.0.0.0", "--login", "--cert", str(cert), "--key", str(key), "--name", "127.0.0.1")
    server = serve(STUDIO, folder / "log", project=root, options=options, more=trapped(folder, "http://127.0.0.1:9"))
    yield server, folder
    server.stop()


@pytest.mark.slow
def test_a_studio_for_one_person_asks_nobody_and_answers_no_other_origin(
    alone: tuple[Server, Path, ForwardProxy], open_page: Callable[..., Page], watch: Watch
) -> None:
    server, folder, proxy = alone
    port = urlsplit(server.url).port
    own, names = f"127.0.0.1:{port}", ("localhost", "127.0.0.1", "[::1]")
    for name in names:
        assert " 101 " in _socket(server, f"{name}:{port}", f"http://{name}:{port}"), name
    strangers = [
        (own, None),
        (own, "null"),
        (own, "http://evil.com"),
        (own, f"http://127.0.0.1:{free_port()}"),
        (own, f"http://localhost:{port}"),
        (own, f"https://{own}"),
        (own, "http://127.0.0.1"),
        ("evil.com", "http://evil.com"),
        (f"evil.com:{port}", f"http://evil.com:{port}"),
        (f"localhost.evil.com:{port}", f"http://localhost.evil.com:{port}"),
        (f"127.0.0.1.nip.io:{port}", f"http://127.0.0.1.nip.io:{port}"),
        (f"0:{port}", f"http://0:{port}"),
        (f"127.1:{port}", f"http://127.1:{port}"),
        (f"user@{own}", f"http://user@{own}"),
        (f"[::]:{port}", f"http://[::]:{port}"),
        (f"0.0.0.0:{port}", f"http://0.0.0.0:{port}"),
    ]
    for host, origin in strangers:
        said = _socket(server, host, origin)
        assert " 101 " not in said, (host, origin)
        assert said.startswith("HTTP/1.1 4"), (host, origin, said)
    # A second Host, a whole address in the first line: what proxies and servers read in two ways.
    assert " 421 " in _asked(server, "/", {"Host": own, "host": "evil.com"})
    assert " 421 " in _asked(server, f"http://{own}/", {"Host": "evil.com"})
    assert " 404 " in _asked(server, "/_stcore/agent/openapi.json", {"Host": own})
    for path in ("/", "/graph", "/_stcore/health", "/no-such-page", "/static/none.js", "/media/none"):
        head = _asked(server, path, {"Host": own}).lower()
        assert "x-frame-options: sameorigin" in head, path
        assert "frame-ancestors 'self'" in head, path
    for stop in ROAD:
        page = open_page(f"{server.url}/{stop.name if stop.name != 'home' else ''}")
        assert page.get_by_text("This part of the page failed").count() == 0, stop.name
        page.context.close()
    assert (watch.outside, watch.errors) == ([], [])
    assert caught(folder) == []
    assert proxy.heads == []


@pytest.mark.slow
def test_a_page_of_another_origin_shows_no_page_of_this_one(
    alone: tuple[Server, Path, ForwardProxy], browser: Browser, tmp_path: Path
) -> None:
    """The frame stays empty, and nothing of the studio runs in it."""
    server, _, _ = alone
    frame = f'<p id="own">theirs</p><iframe src="{server.url}/graph?build=1" width="900" height="600"></iframe>'
    (tmp_path / "page.html").write_text(frame, encoding="utf-8")
    theirs = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietFiles, directory=str(tmp_path)))
    threading.Thread(target=theirs.serve_forever, daemon=True).start()
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    try:
        page.goto(f"http://127.0.0.1:{theirs.server_port}/page.html")
        expect(page.locator("#own")).to_be_visible()
        inside = next(one for one in page.frames if one is not page.main_frame)
        inside.wait_for_load_state()
        page.wait_for_timeout(1_000)
        assert inside.evaluate("document.querySelectorAll('[data-testid=stApp], #root').length") == 0
        assert any("frame-ancestors" in text for text in refused)
    finally:
        page.close()
        theirs.shutdown()
        theirs.server_close()


def _context(browser: Browser, watch: Watch) -> BrowserContext:
    context = browser.new_context(ignore_https_errors=True)
    context.set_default_timeout(PATIENCE_S * 1_000)
    context.route("**/*", lambda route: let_in(route, watch))
    return context


def _sign_in(page: Page, name: str, word: str = WORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(word)
    page.get_by_role("button", name="Sign in").click()


@pytest.mark.slow
def test_a_shared_studio_shows_itself_to_its_people_only(
    shared: tuple[Server, Path], browser: Browser, watch: Watch
) -> None:
    server, folder = shared
    own = server.url.removeprefix("https://")
    assert " 403 " in _socket(server, own, server.url)
    for path in ("/", "/graph", "/static/js/index.js", "/media/x", "/_stcore/metrics", "/_stcore/host-config"):
        said = _asked(server, path, {"Host": own})
        assert said.startswith("HTTP/1.1 401 "), path
    with _context(browser, watch) as context:
        page = context.new_page()
        page.goto(f"{server.url}/engines")
        _sign_in(page, "ada", "not the right word")
        expect(page.get_by_role("alert")).to_have_text("Name and password do not belong together.")
        _sign_in(page, "ada")
        settle(page)
        assert urlsplit(page.url).path == "/engines"
        expect(page.get_by_text("ada · owner")).to_be_visible()
        kept = next(one for one in context.cookies() if one.get("name", "").startswith("__Host-lemma-"))
        assert (kept["httpOnly"], kept["secure"], kept["sameSite"]) == (True, True, "Lax")
        cookie = {"Cookie": f"{kept['name']}={kept['value']}"}
        assert " 101 " in _socket(server, own, server.url, cookie)
        assert " 403 " in _socket(server, own, "https://evil.com", cookie)
        assert " 403 " in _socket(server, own, None, cookie)
        page.get_by_role("button", name="Sign out").click()
        page.get_by_label("Password").wait_for()
        # What was given before is worth nothing now, wherever it was kept.
        assert " 403 " in _socket(server, own, server.url, cookie)
    with _context(browser, watch) as context:
        page = context.new_page()
        page.goto(server.url)
        _sign_in(page, "vic")
        settle(page)
        expect(page.get_by_text("vic · viewer")).to_be_visible()
        page.goto(f"{server.url}/review")
        settle(page)
        expect(page.get_by_text("who decides")).to_be_visible()
        # An owner takes the right to be there away; the open page shows nothing new.
        members.change(folder / "project", lambda people: people.pop("vic"))
        page.reload()
        page.get_by_label("Password").wait_for()
    assert caught(folder) == []
    assert (watch.outside, watch.errors) == ([], [])
