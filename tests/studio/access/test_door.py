"""The door: what it lets through to Streamlit, and what it does not."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlencode

import pytest
from starlette.types import Receive, Scope, Send

from studio.access import door, members, passes, passwords
from studio.access.door import Door
from studio.access.entrance import Entrance
from studio.access.hosting import Hosting
from studio.access.members import Member
from tests.support import asgi

WORD = "a long enough word"
HERE = [("host", "localhost:8501")]
STREAM = "/_stcore/stream"
SECRET = "<p>page content</p>"


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    """What stands for Streamlit: it answers everybody, and echoes what a socket sends."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
        await send({"type": "http.response.body", "body": SECRET.encode()})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "bytes": message["bytes"]})


def _alone() -> Door:
    return Door(inner, Hosting())


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("shared")
    one = Member("ada", "curator", passwords.hashed(WORD))
    members.change(folder, lambda people: people.update(ada=one))
    return folder


@pytest.fixture
def shared(root: Path) -> Door:
    names = ("localhost", "127.0.0.1", "lab.example")
    return Door(inner, Hosting(names, "https", "", login=True), Entrance(root))


def _cookie(root: Path) -> tuple[str, str]:
    people = members.read(root)
    given = passes.given(people.secret, people.people["ada"], time.time())
    return "cookie", f"other=1; {passes.cookie_name(people.secret)}={given}"


HOSTS = [
    "evil.com",
    "localhost.evil.com",
    "127.0.0.1.nip.io",
    "",
    "localhost@evil.com",
    "[::2]",
    "localhost:x",
    "0",
    "127.1",
    "0.0.0.0",
]


@pytest.mark.parametrize("host", HOSTS)
def test_who_means_another_host_gets_nothing(host: str) -> None:
    said = asgi.request(_alone(), "GET", "/", [("host", host)])
    assert (said.status, SECRET in said.body) == (421, False)
    socket = asgi.socket(_alone(), STREAM, [("host", host), ("origin", f"http://{host}")])
    assert socket.kinds == ["websocket.close"]


@pytest.mark.parametrize("headers", [[], [*HERE, *HERE], [*HERE, ("host", "evil.com")], [("host", "evil.com"), *HERE]])
def test_a_request_means_one_host(headers: asgi.Headers) -> None:
    assert asgi.request(_alone(), "GET", "/", headers).status == 421


@pytest.mark.parametrize(
    "host", ["localhost:8501", "LOCALHOST:8501", "localhost", "localhost.", "127.0.0.1:9", "[::1]:8501"]
)
def test_this_studio_is_found_by_all_its_names(host: str) -> None:
    assert asgi.request(_alone(), "GET", "/", [("host", host)]).status == 200


FOREIGN = [
    [], [("origin", "null")], [("origin", "")], [("origin", "http://evil.com")], [("origin", "http://localhost:8502")],
    [("origin", "http://127.0.0.1:8501")], [("origin", "https://localhost:8501")], [("origin", "http://localhost")],
    [("origin", "http://localhost.evil.com:8501")], [("origin", "http://localhost:8501@evil.com")],
    [("origin", "http://localhost:8501/")], [("origin", "http://localhost:8501"), ("origin", "http://evil.com")],
    [("origin", "http://localhost:8501, http://evil.com")], [("origin", "HTTP://localhost:8501 ")],
]  # fmt: skip


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_websocket_comes_from_a_page_of_this_studio(origin: list[tuple[str, str]]) -> None:
    assert asgi.socket(_alone(), STREAM, [*HERE, *origin]).kinds == ["websocket.close"]


def test_the_studios_own_page_opens_a_websocket() -> None:
    said = asgi.socket(_alone(), STREAM, [*HERE, ("origin", "http://localhost:8501")], [b"a"])
    assert said.kinds == ["websocket.accept", "websocket.send"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "ANY"])
def test_what_acts_comes_from_a_page_of_this_studio(method: str) -> None:
    for origin in FOREIGN:
        assert asgi.request(_alone(), method, "/_stcore/upload_file/a/b", [*HERE, *origin]).status == 403
    own = [*HERE, ("origin", "http://localhost:8501")]
    assert asgi.request(_alone(), method, "/_stcore/upload_file/a/b", own).status == 200


def test_programs_have_no_interface_to_the_pages() -> None:
    own = [*HERE, ("origin", "http://localhost:8501")]
    for method, path in (("POST", "interact"), ("POST", "mcp"), ("GET", "openapi.json"), ("POST", "")):
        assert asgi.request(_alone(), method, f"{door.AGENTS}/{path}", own).status == 404


@pytest.mark.parametrize("host", ["localhost:8501", "evil.com"])
def test_every_answer_says_that_no_other_origin_may_frame_it(host: str) -> None:
    said = asgi.request(_alone(), "GET", "/graph?point=x", [("host", host)]).headers
    assert "frame-ancestors 'self'" in said["content-security-policy"]
    assert said["x-frame-options"] == "SAMEORIGIN"
    assert said["x-content-type-options"] == "nosniff"


PATHS = [
    "/",
    "/graph",
    "/static/js/main.js",
    "/media/abc.html",
    "/component/x",
    "/_stcore/host-config",
    "/_stcore/metrics",
    "/favicon.png",
    "/SIGN-IN",
    "/sign-in/x",
    "//sign-in",
    "/_stcore/healthz",
    "/auth/login",
    "/oauth2callback",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_gets_nothing_but_the_sign_in(shared: Door, path: str) -> None:
    for method in ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"):
        for accept in ("text/html", "*/*"):
            said = asgi.request(
                shared, method, path, [("host", "lab.example"), ("origin", "https://lab.example"), ("accept", accept)]
            )
            assert said.status in (303, 401, 404)
            assert SECRET not in said.body
    assert asgi.socket(shared, STREAM, [("host", "lab.example"), ("origin", "https://lab.example")]).kinds == [
        "websocket.close"
    ]


def test_a_stranger_is_shown_the_way_in_and_back(shared: Door) -> None:
    said = asgi.request(shared, "GET", "/graph?point=a%20b", [("host", "lab.example"), ("accept", "text/html")])
    assert said.headers["location"] == "/sign-in?next=%2Fgraph%3Fpoint%3Da%2520b"
    page = asgi.request(shared, "GET", said.headers["location"], [("host", "lab.example")])
    assert page.status == 200
    assert 'action="/sign-in?next=%2Fgraph%3Fpoint%3Da%2520b"' in page.body
    # It needs nothing that a stranger would not get.
    assert not any(word in page.body for word in ("src=", "<script", "url(", "<link"))
    assert asgi.request(shared, "GET", door.HEALTH, [("host", "localhost")]).status == 200


def _tried(
    shared: Door, name: str, word: str, url: str = "/sign-in?next=%2Fgraph", client: str = "192.0.2.7"
) -> asgi.Answered:
    own = [
        ("host", "lab.example"),
        ("origin", "https://lab.example"),
        ("content-type", "application/x-www-form-urlencoded"),
    ]
    return asgi.request(shared, "POST", url, own, urlencode({"name": name, "password": word}).encode(), client)


def test_a_name_and_its_password_come_in(shared: Door) -> None:
    said = _tried(shared, "Ada", WORD)
    assert (said.status, said.headers["location"]) == (303, "/graph")
    cookie = said.headers["set-cookie"]
    assert cookie.startswith("__Host-lemma-")
    assert {"httponly", "secure", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "domain" not in cookie.lower()
    brought = [("host", "lab.example"), ("origin", "https://lab.example"), ("cookie", cookie.split(";")[0])]
    assert asgi.request(shared, "GET", "/graph", brought).body == SECRET
    assert asgi.socket(shared, STREAM, brought, [b"a"]).kinds == ["websocket.accept", "websocket.send"]
    assert asgi.request(shared, "GET", "/sign-in", brought).status == 303


def test_nobody_learns_which_names_there_are(shared: Door) -> None:
    wrong, nobody = _tried(shared, "ada", "not the word at all"), _tried(shared, "bob", "not the word at all")
    assert (wrong.status, wrong.body, wrong.headers.keys()) == (nobody.status, nobody.body, nobody.headers.keys())
    assert wrong.status == 401
    assert "set-cookie" not in wrong.headers


def test_guessing_comes_to_an_end_for_names_that_are_and_are_not(shared: Door) -> None:
    for name in ("ada", "bob"):
        seen = [_tried(shared, name, f"guess {number} of many", client=name).status for number in range(7)]
        assert seen == [401] * 5 + [429] * 2
    assert int(_tried(shared, "ada", WORD, client="ada").headers["retry-after"]) > 0
    assert _tried(shared, "ada", WORD, client="another place").status == 303


NEXT = [
    "//evil.com",
    "/\\evil.com",
    "https://evil.com",
    "javascript:alert(1)",
    "/\tevil",
    "",
    "/sign-in",
    "/a\r\nset-cookie: x=1",
    "\\evil",
    "/é",
]


@pytest.mark.parametrize("onward", NEXT)
def test_the_way_on_stays_in_the_studio(shared: Door, onward: str) -> None:
    said = _tried(shared, "ada", WORD, f"/sign-in?{urlencode({'next': onward})}")
    assert (said.status, said.headers["location"]) == (303, "/")


def test_what_is_no_name_and_password_is_refused(shared: Door) -> None:
    own = [("host", "lab.example"), ("origin", "https://lab.example")]
    for body in (b"", b"name=ada", b"password=" + WORD.encode(), b"\xff\xfe", b"&" * 50, b"name=ada&" * 20, b"{}"):
        assert asgi.request(shared, "POST", "/sign-in", own, body, client=str(len(body))).status == 401
    assert asgi.request(shared, "POST", "/sign-in", own, b"x" * 9000).status == 413
    page = asgi.request(shared, "GET", '/sign-in?next=/"><script>alert(1)</script>', own).body
    assert "<script>" not in page


def test_another_page_cannot_sign_in_for_somebody(shared: Door) -> None:
    """Signing a person in as somebody else would have their work kept under that name."""
    body = urlencode({"name": "ada", "password": WORD}).encode()
    for origin in ([], [("origin", "https://evil.com")], [("origin", "http://lab.example")]):
        assert asgi.request(shared, "POST", "/sign-in", [("host", "lab.example"), *origin], body).status == 403


def test_a_socket_ends_with_its_holder(root: Path, shared: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = [("host", "lab.example"), ("origin", "https://lab.example"), _cookie(root)]
    monkeypatch.setattr(door, "_LOOK_AT_ACTS_S", 0.0)
    entrance, seen = shared._entrance, []
    assert entrance
    inner_who = entrance.who

    def who(cookies: dict[str, str]) -> Member | None:
        seen.append(cookies)
        return inner_who(cookies) if len(seen) < 4 else None

    monkeypatch.setattr(entrance, "who", who)
    said = asgi.socket(shared, STREAM, brought, [b"one", b"two", b"three", b"four"])
    echoed = [one["bytes"] for one in said.messages if one["type"] == "websocket.send"]
    assert echoed == [b"one", b"two"]
    assert said.messages[-1] == {"type": "websocket.close", "code": 1008}


def test_behind_a_proxy_only_its_own_address_acts(root: Path) -> None:
    public = "https://lab.example"
    shared = Door(inner, Hosting(("127.0.0.1", "lab.example"), "http", public, login=True), Entrance(root))
    for host in ("127.0.0.1:8501", "lab.example"):
        said = [
            asgi.socket(shared, STREAM, [("host", host), ("origin", origin), _cookie(root)], [b"a"]).kinds
            for origin in (public, f"http://{host}", "https://evil.com")
        ]
        assert said == [["websocket.accept", "websocket.send"], ["websocket.close"], ["websocket.close"]]


def test_a_login_needs_people() -> None:
    with pytest.raises(ValueError, match="people"):
        Door(inner, Hosting(login=True))
