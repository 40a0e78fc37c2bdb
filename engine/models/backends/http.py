"""HTTP/1.1 as far as an endpoint needs it: one request, one whole answer, connections that are kept.

A general client spends two thirds of a call's CPU time on what no endpoint asks for: cookies, redirects, streams,
hooks. A redirect is an answer like any other here, so a key never goes where it was not sent. What is hard about
HTTP, its syntax, is left to llhttp (httptools), what is hard about TLS to ssl.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast
from urllib.parse import SplitResult, quote

import httptools

from engine.models.proxy import Proxy, proxy_of, trusted, tunnel

_CONNECT = 30.0
"""Seconds in which a connection must stand."""
_FRESH = 15.0
"""Seconds for which an idle connection is trusted; many servers close theirs soon after."""
_LONGEST_HEAD = 128 << 10
"""Bytes that the head of an answer may have."""
_FRAMED = 8
"""Bytes on the line by byte of a body at most: one that comes byte by byte has six."""
_STALE = 1.0
"""Seconds in which a kept connection shows that it was closed before the request came."""


class BrokenConnection(OSError):
    """The connection ended, or carried something else, before an answer was whole."""


class CutOff(BrokenConnection):
    """The connection ended within an answer."""


class NotHttp(BrokenConnection):
    """What came is no answer of HTTP/1.1."""


class StaleConnection(BrokenConnection):
    """A connection that was kept had been closed before the request could be read: it may be sent again at once."""


class TooLong(Exception):
    """The answer is longer than it may be."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it came."""

    status: int
    content_type: str
    retry_after: str | None
    body: bytes


class Wire:
    """Kept connections to one origin; not safe for threads, bound to the loop that uses it."""

    def __init__(self, base: SplitResult, headers: Mapping[str, str], longest: int) -> None:
        """`base` is the address that paths are added to; no answer may be longer than `longest` bytes."""
        assert base.hostname is not None
        self._host, self._tls = base.hostname, base.scheme == "https"
        self._port = base.port or (443 if self._tls else 80)
        self._proxy = proxy_of(base)
        self._path = quote(base.path, safe="/%:@!$&'()*+,;=~").rstrip("/")
        self._longest = longest
        where = base.netloc.encode("idna").decode()
        named = {"Host": where, "Accept-Encoding": "identity", **headers}
        if self._proxy and not self._tls:
            # Without TLS a proxy reads the request and sends it on: it is told the whole address (RFC 9112, 3.2.2).
            self._path = f"http://{where}{self._path}"
            named |= {"Proxy-Authorization": self._proxy.authorization} if self._proxy.authorization else {}
        self._head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        self._starts: dict[tuple[str, str], bytes] = {}
        self._context = trusted() if self._tls else None
        self._idle: list[_Connection] = []

    async def exchange(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        heard: Callable[[bytes], None] | None = None,
        longest: int = 0,
    ) -> Raw:
        """Send one request and return its answer, whatever its status; OSError or TooLong where there is none.

        Raises StaleConnection for a kept connection that was no more; another try takes another one. `longest` is
        how many bytes this answer may have; what is longer is cut off where it becomes so, and dropped.

        `heard` is called with each part of the answer's body as it comes. Whoever stops waiting closes the connection,
        which is how a server learns that the answer is no longer wanted.
        """
        start = self._starts.get((method, path)) or self._start(method, path)
        request = b"%b%d\r\n\r\n%b" % (start, len(body), body)
        kept = self._kept()
        connection = kept or await self._connect()
        try:
            raw = await connection.ask(request, heard, min(longest or self._longest, self._longest))
        except BrokenConnection as broken:
            connection.end()
            # Some servers, llama.cpp's among them, close a connection behind a streamed answer without a word.
            if kept and kept.was_stale():
                raise StaleConnection(str(broken)) from None
            raise
        except BaseException:
            connection.end()
            raise
        if connection.keep():
            self._idle.append(connection)
        return raw

    async def aclose(self) -> None:
        """Close the connections that are kept."""
        for connection in self._idle:
            connection.end()
        self._idle = []
        # One turn of the loop, in which the sockets are really closed.
        await asyncio.sleep(0)

    def _start(self, method: str, path: str) -> bytes:
        start = f"{method} {self._path}{path} HTTP/1.1\r\n{self._head}Content-Length: ".encode("ascii")
        self._starts[method, path] = start
        return start

    def _kept(self) -> _Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable():
                return connection
            connection.end()
        return None

    async def _connect(self) -> _Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(_CONNECT):
            if self._proxy and self._context:
                return await self._through(loop, self._proxy, self._context)
            host, port = (self._proxy.host, self._proxy.port) if self._proxy else (self._host, self._port)
            _, connection = await loop.create_connection(lambda: _Connection(loop), host, port, ssl=self._context)
        return connection

    async def _through(self, loop: asyncio.AbstractEventLoop, proxy: Proxy, context: ssl.SSLContext) -> _Connection:
        """Connect through a proxy: TLS begins where the tunnel ends, with the server itself."""
        connection, transport = _Connection(loop), await tunnel(loop, proxy, self._host, self._port)
        try:
            secure = await loop.start_tls(transport, connection, context, server_hostname=self._host)
        except BaseException:
            transport.abort()
            raise
        if secure is None:
            raise BrokenConnection("the server closed the connection within the handshake")
        connection.connection_made(secure)
        return connection


class _Connection(asyncio.Protocol):
    """One connection with at most one request under way; its own methods are also those that the parser calls."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._longest = loop, 0
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Raw] | None = None
        self._heard: Callable[[bytes], None] | None = None
        self._idle_since = self._sent = 0.0
        self._lasts = True
        self._clear()

    def _clear(self) -> None:
        self._type, self._framed, self._promised = "", False, 0
        self._after: str | None = None
        self._begun = self._touched = False
        self._body: list[bytes] = []
        self._size = self._came = 0

    def ask(self, request: bytes, heard: Callable[[bytes], None] | None, longest: int) -> asyncio.Future[Raw]:
        """Send a request; the future holds its answer."""
        self._heard, self._longest, self._sent = heard, longest, self._loop.time()
        waiter = self._waiter = self._loop.create_future()
        if self._transport is None:
            waiter.set_exception(BrokenConnection("the connection is closed"))
        else:
            self._transport.write(request)
        return waiter

    def was_stale(self) -> bool:
        """Whether it was lost before the server can have read its last request: at once, and without a word."""
        return not self._touched and self._loop.time() - self._sent < _STALE

    def usable(self) -> bool:
        """Whether another request may go this way."""
        lasts = self._lasts and self._transport is not None and not self._transport.is_closing()
        return lasts and self._loop.time() - self._idle_since < _FRESH

    def keep(self) -> bool:
        """Rest after an answer; False, and closed, where the connection does not outlast it."""
        self._idle_since = self._loop.time()
        # An answer that came before the request was sent leaves the rest of the request in the buffer.
        if self._transport and not self._transport.get_write_buffer_size() and self.usable():
            return True
        self.end()
        return False

    def end(self) -> None:
        """Close at once."""
        self._waiter = None
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:
            # Said without being asked, as servers do before they hang up.
            self._lasts = False
            return
        self._touched = True
        self._came += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(NotHttp(f"not an HTTP answer: {error}"))
        # Heads, trailers and what frames the parts of a body are no body, and have an end as well.
        if self._came > _LONGEST_HEAD + (_FRAMED * self._longest if self._begun else 0):
            self._cut()

    def connection_lost(self, error: Exception | None) -> None:
        self._transport = None
        if self._waiter is None:
            return
        if error is None and self._begun and not self._framed:
            self._finish()  # An answer without a length ends with its connection.
        else:
            why = f"the server closed the connection: {error}" if error else "the server closed the connection"
            self._fail(
                CutOff(f"{why} within its answer") if self._begun else BrokenConnection(f"{why} before its answer")
            )

    def on_message_begin(self) -> None:
        if self._waiter is None:
            # Behind the answer begins another one, which is nobody's; what is still to come of it must not be
            # taken for the answer to the next request.
            self._lasts = False

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name == b"content-type":
            self._type = value.decode("latin-1")
        elif name == b"retry-after":
            self._after = value.decode("latin-1")
        elif name in (b"content-length", b"transfer-encoding"):
            self._framed = True
            self._promised = int(value) if name == b"content-length" and value.isdigit() else 0

    def on_headers_complete(self) -> None:
        self._begun = True
        if self._promised > self._longest:
            self._cut()

    def on_body(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > self._longest:
            self._cut()
        elif self._waiter is not None:
            self._body.append(data)
            if self._heard is not None:
                self._heard(data)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:
            came = self._came
            # "Go on" is no answer yet, and a thousand of them are no more; it shows that the request was read.
            self._clear()
            self._came, self._touched = came, True
            return
        self._lasts = self._lasts and self._parser.should_keep_alive()
        self._finish()

    def _finish(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
            waiter.set_result(Raw(self._parser.get_status_code(), self._type, self._after, body))
        self._clear()

    def _cut(self) -> None:
        """Hang up on an answer that is longer than it may be, and keep nothing of it."""
        self._fail(TooLong())
        self._clear()
        self.end()

    def _fail(self, error: Exception) -> None:
        waiter, self._waiter, self._lasts = self._waiter, None, False
        if waiter is not None and not waiter.done():
            waiter.set_exception(error)
