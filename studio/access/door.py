"""The door: what every request passes before Streamlit sees it, pages, files and WebSockets alike.

1. It must mean this studio: `Host` is one of its names (a page that had its name point here, DNS rebinding, is not).
2. What can act must come from a page of this studio: a WebSocket and every method but reading carries its `Origin`,
   scheme and port included. Streamlit itself would take any port of this machine, and requests without one.
3. A shared studio wants to know who it is; nothing but the sign-in is given to anybody else. An open WebSocket is asked
   again and again, so that whoever is signed out, removed or out of time sees nothing more.
4. No page of another origin may show a page of this one in a frame.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from studio.access import oidc
from studio.access.entrance import Entrance
from studio.access.hosting import Hosting
from studio.access.hosts import host_name, origin_of
from studio.access.sign_in import PATH, SignIn

HEALTH = "/_stcore/health"
AGENTS = "/_stcore/agent"
"""Streamlit's interface for programs, which runs the page's callbacks; an experiment that nobody here needs."""
POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' {sockets} data: blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
"""Scripts of Streamlit are inline and evaluated; what counts is that nothing is fetched from, sent to or framed by
another host, whatever a text of a model makes of itself. Not every browser takes a WebSocket for `'self'`."""
HEADERS = {
    "x-frame-options": "SAMEORIGIN",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_LOOK_AT_ACTS_S, _LOOK_AT_NEWS_S = 1.0, 5.0
"""Seconds after which the holder of an open WebSocket is looked up again when they send something, and when they are
sent something: a page that signs its reader out must still be able to say so."""
_POLICY_VIOLATION = 1008


class Door:
    """ASGI middleware around the studio."""

    def __init__(self, app: ASGIApp, hosting: Hosting, entrance: Entrance | None = None) -> None:
        if hosting.login and entrance is None:
            raise ValueError("a studio with a login needs to know its people")
        self._app, self._hosting = app, hosting
        self._entrance = entrance if hosting.login else None
        self._sign_in = SignIn(entrance, hosting) if entrance and hosting.login else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or let it through."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if scope["type"] == "websocket":
            await self._socket(scope, headers, receive, send, refused=refusal is not None)
            return
        answer = refusal or await self._stranger(scope, headers, receive)
        own = "" if refusal else self._hosting.origin or origin_of(self._hosting.scheme, headers["host"])
        await (answer or self._app)(scope, receive, _with_headers(send, own))

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Return why a request is none of this studio's, None where it is one."""
        asked = headers.getlist("host")
        if len(asked) != 1 or host_name(asked[0]) not in self._hosting.names:
            return PlainTextResponse("This is not the host that was asked.", 421)
        if scope["type"] == "http" and scope["method"] in _READING:
            return PlainTextResponse("Not found", 404) if scope["path"].startswith(AGENTS) else None
        own = self._hosting.origin or origin_of(self._hosting.scheme, asked[0])
        if headers.getlist("origin") != [own]:
            return PlainTextResponse("Only pages of this studio may do this.", 403)
        return PlainTextResponse("Not found", 404) if scope["path"].startswith(AGENTS) else None

    async def _stranger(self, scope: Scope, headers: Headers, receive: Receive) -> Response | None:
        """Return what somebody is told who has not signed in, and the sign-in itself; None where they may go on."""
        if self._sign_in is None or self._entrance is None or scope["path"] == HEALTH:
            return None
        if scope["path"].startswith(PATH):
            return await self._sign_in.answer(scope, receive)
        if self._hosting.oidc and scope["path"] in oidc.PATHS:
            return None
        if self._entrance.who(_cookies(headers)) is not None:
            return None
        if "text/html" in headers.get("accept", "") and scope["method"] == "GET":
            asked = scope["path"] + (f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else "")
            return RedirectResponse(f"{PATH}?next={quote(asked, safe='')}", 303)
        return PlainTextResponse("Sign in first.", 401)

    async def _socket(self, scope: Scope, headers: Headers, receive: Receive, send: Send, *, refused: bool) -> None:
        """Serve a WebSocket for as long as its holder may be there."""
        cookies = _cookies(headers)
        if refused or (self._entrance is not None and self._entrance.who(cookies) is None):
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        elif self._entrance is None:
            await self._app(scope, receive, send)
        else:
            held = _HeldSocket(self._entrance, cookies, receive, send)
            await self._app(scope, held.receive, held.send)


@dataclass
class _HeldSocket:
    """A WebSocket whose holder is looked up again with what goes over it."""

    entrance: Entrance
    cookies: dict[str, str]
    inner_receive: Receive
    inner_send: Send
    looked: float = field(default_factory=time.monotonic)
    ended: bool = False

    async def receive(self) -> Message:
        message = await self.inner_receive()
        if message["type"] != "websocket.receive" or await self._welcome(_LOOK_AT_ACTS_S):
            return message
        return {"type": "websocket.disconnect", "code": _POLICY_VIOLATION}

    async def send(self, message: Message) -> None:
        welcome = message["type"] != "websocket.send" or await self._welcome(_LOOK_AT_NEWS_S)
        # After its end a socket takes nothing, and says so by an error that would fill the log.
        if welcome and not self.ended:
            await self.inner_send(message)

    async def _welcome(self, every: float) -> bool:
        now = time.monotonic()
        if not self.ended and now - self.looked >= every:
            self.looked = now
            if self.entrance.who(self.cookies) is None:
                self.ended = True
                await self.inner_send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        return not self.ended


def _cookies(headers: Headers) -> dict[str, str]:
    return cookie_parser("; ".join(headers.getlist("cookie")))


def _with_headers(send: Send, own: str) -> Send:
    policy = POLICY.format(sockets=own.replace("http", "ws", 1)).replace("  ", " ")

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            said = MutableHeaders(scope=message)
            for name, value in {"content-security-policy": policy, **HEADERS}.items():
                said[name] = value
        await send(message)

    return send_on
