"""The way out of a closed network: the proxy and the certificates that the environment names.

`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in small or capital letters, as curl reads them; what stays on
this machine never goes through a proxy. TLS goes through it in a tunnel (CONNECT, RFC 9110, section 9.3.6), so the
proxy sees no request, no reply and no key. `SSL_CERT_FILE` and `SSL_CERT_DIR` are OpenSSL's, `REQUESTS_CA_BUNDLE` and
`CURL_CA_BUNDLE` are trusted beside them.
"""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from urllib.parse import SplitResult, unquote, urlsplit

from engine.core.errors import BadSetting

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_LONGEST_HEAD = 1 << 16


class ProxyRefused(OSError):
    """The proxy did not open a way to the server."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where to go instead, and what to say there."""

    host: str
    port: int
    authorization: str = ""
    """Value of the header Proxy-Authorization; '' where the proxy asks for none."""

    @property
    def name(self) -> str:
        """HOST:PORT, which holds no password."""
        return f"{self.host}:{self.port}"


def proxy_of(base: SplitResult, environment: Mapping[str, str] = os.environ) -> Proxy | None:
    """Return the proxy that the environment names for an address, None for the straight way.

    BadSetting where it names one that is not spoken here.
    """
    host, scheme = base.hostname or "", base.scheme
    port = base.port or (443 if scheme == "https" else 80)
    if stays_here(host) or _excepted(host, port, _said(environment, "no_proxy")):
        return None
    name = next((name for name in (f"{scheme}_proxy", "all_proxy") if _said(environment, name)), "")
    return _parsed(_said(environment, name), name.upper()) if name else None


def trusted(environment: Mapping[str, str] = os.environ) -> ssl.SSLContext:
    """Return what TLS trusts: the system's certificates, or those that the environment names; BadSetting for none."""
    for name in ("SSL_CERT_FILE", *_BUNDLES):
        if (place := environment.get(name)) and not Path(place).exists():
            raise BadSetting(
                f"{name} names {place}, which is not there.", where="environment", do="Correct or unset it."
            )
    context = ssl.create_default_context()
    for name in _BUNDLES:
        if place := environment.get(name):
            try:
                context.load_verify_locations(**{"capath" if Path(place).is_dir() else "cafile": place})
            except (OSError, ssl.SSLError) as error:
                raise BadSetting(f"{name} holds no certificates: {error}.", where="environment") from None
    return context


async def tunnel(loop: asyncio.AbstractEventLoop, proxy: Proxy, host: str, port: int) -> asyncio.Transport:
    """Return a connection that ends at `host`, whatever the proxy is; OSError where the proxy does not open one."""
    transport, way = await loop.create_connection(lambda: _Tunnel(loop, proxy), proxy.host, proxy.port)
    try:
        await way.open(f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    except BaseException:
        transport.abort()
        raise
    return transport


class _Tunnel(asyncio.Protocol):
    """Asks a proxy for the way and reads its answer; what comes after that belongs to the server."""

    def __init__(self, loop: asyncio.AbstractEventLoop, proxy: Proxy) -> None:
        self._proxy, self._head, self._opened = proxy, b"", loop.create_future()
        self._transport: asyncio.Transport | None = None

    async def open(self, where: str) -> None:
        """Ask for the way; only the proxy's own password is said, nothing that is meant for the server."""
        assert self._transport is not None
        said = f"CONNECT {where} HTTP/1.1\r\nHost: {where}\r\n"
        if self._proxy.authorization:
            said += f"Proxy-Authorization: {self._proxy.authorization}\r\n"
        self._transport.write(f"{said}\r\n".encode("ascii"))
        await self._opened

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._head += data
        whole = b"\r\n\r\n" in self._head
        if self._opened.done() or not (whole or len(self._head) > _LONGEST_HEAD):
            return
        first = self._head.partition(b"\r\n")[0].decode("latin-1")
        version, _, status = first.partition(" ")
        if whole and version.startswith("HTTP/1.") and status.startswith("2"):
            self._opened.set_result(None)
        else:
            self._fail(f"the proxy {self._proxy.name} opens no way: {status or first}"[:200])

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"the proxy {self._proxy.name} closed the connection")

    def _fail(self, why: str) -> None:
        if not self._opened.done():
            self._opened.set_exception(ProxyRefused(why))


def _said(environment: Mapping[str, str], name: str) -> str:
    return (environment.get(name) or environment.get(name.upper()) or "").strip()


def stays_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def stays_near(host: str) -> bool:
    """Whether a host is this machine, or one of its own network: a private address, or a name without a domain."""
    if stays_here(host) or ("." not in host.strip("[]") and ":" not in host):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_private
    except ValueError:
        return host.endswith((".local", ".lan", ".internal"))


def _excepted(host: str, port: int, listed: str) -> bool:
    """Whether NO_PROXY names the host: itself, a domain that it is in, an address range, with or without a port."""
    return any(_names(entry, host.lower().rstrip("."), port) for entry in listed.lower().replace(",", " ").split())


def _names(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:
        name, colon, number = entry.rpartition(":")
    if colon and number.isdigit():
        if int(number) != port:
            return False
        entry = name
    domain = entry.strip("[]").removeprefix("*").strip(".")
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _parsed(url: str, name: str) -> Proxy:
    try:
        parts = urlsplit(url if "://" in url else f"http://{url}")
        port = parts.port or 80
    except ValueError:
        raise BadSetting("is not an address of a proxy.", where=name, do="Write http://HOST:PORT.") from None
    if parts.scheme != "http" or not parts.hostname:
        raise BadSetting(
            f"a proxy of the kind {parts.scheme!r} is not spoken.", where=name, do="Name one as http://HOST:PORT."
        )
    secret = ""
    if parts.username:
        both = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
        secret = f"Basic {base64.b64encode(both).decode('ascii')}"
    return Proxy(parts.hostname, port, secret)
