"""Addresses: which are this machine alone, and which names and origins a request may carry.

A browser says in `Host` whom it means to reach and in `Origin` whose page asks. A page of somebody else can change
neither, so the two together tell a request of the studio's own pages from any other, DNS rebinding included.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from engine.core.errors import UserError

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")
_AUTHORITY = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.-]{1,253})(:(?P<port>[0-9]{1,5}))?")


def numeric(host: str) -> str:
    """Return the address that a server would listen at for `host`; UserError where it is none of this machine.

    The system reads it, as it would to listen: `0` is every address, `127.1` is loopback, a name may be either.
    """
    bare = host.strip().removeprefix("[").removesuffix("]")
    advice = "Give an address of this machine, such as 127.0.0.1 or 0.0.0.0."
    if not bare:
        raise UserError("is no address.", where=f"--host {host!r}", do=advice)
    try:
        found = socket.getaddrinfo(bare, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "it has no address"
        raise UserError(f"cannot be listened at: {reason}.", where=f"--host {host}", do=advice) from error
    addresses = [str(entry[4][0]) for entry in found]
    # IPv4 where there is a choice, as everybody types 127.0.0.1.
    return next((one for one in addresses if ":" not in one), addresses[0])


def is_loopback(address: str) -> bool:
    """Return whether only this machine reaches a server at this numeric address."""
    try:
        said = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(said, "ipv4_mapped", None)
    return bool((mapped or said).is_loopback)


def is_every(address: str) -> bool:
    """Return whether a server at this numeric address listens at every address of the machine."""
    return ipaddress.ip_address(address.partition("%")[0]).is_unspecified


def host_name(authority: str) -> str | None:
    """Return the name in `NAME`, `NAME:PORT` or `[IPV6]:PORT` in one spelling; None where it is nothing of the kind."""
    whole = _AUTHORITY.fullmatch(authority)
    if whole is None or int(whole["port"] or 0) > 65_535:
        return None
    bare = whole["name"]
    if bare.startswith("["):
        try:
            return str(ipaddress.IPv6Address(bare[1:-1]))
        except ValueError:
            return None
    name = bare.lower().removesuffix(".")
    return name if _NAME.fullmatch(name) else None


def origin_of(scheme: str, authority: str) -> str:
    """Return the origin that a browser sends from pages at this authority: lower case, no usual port."""
    usual = {"http": ":80", "https": ":443"}[scheme]
    return f"{scheme}://{authority.lower().removesuffix(usual)}"


def public(address: str) -> tuple[str, str]:
    """Return origin and name of the address at which a proxy offers the studio; UserError where it is not one."""
    where = f"--behind-proxy {address}"
    advice = "Give what people type: --behind-proxy https://studio.example.org"
    try:
        parts = urlsplit(address)
        name = host_name(parts.netloc)
    except ValueError:
        raise UserError("is no address.", where=where, do=advice) from None
    if parts.scheme != "https":
        raise UserError("is not https, so passwords would travel in the clear.", where=where, do=advice)
    if name is None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise UserError("is no address of a whole host.", where=where, do=advice)
    return origin_of("https", parts.netloc), name


def names_of(address: str, said: Sequence[str]) -> tuple[str, ...]:
    """Return the names by which a studio at this numeric address may be called; `said` are further ones."""
    wrong = next((name for name in said if host_name(_bracketed(name)) is None), None)
    if wrong is not None:
        raise UserError("is no host name.", where=f"--name {wrong!r}", do="Give a name without a port.")
    more = [str(host_name(_bracketed(name))) for name in said]
    return tuple(dict.fromkeys([*LOOPBACK_NAMES, *_own(address), *more]))


def _own(address: str) -> list[str]:
    if not is_every(address):
        return [address.partition("%")[0]]
    # Only here: a look at the network's cards, for a studio that listens on all of them.
    import psutil

    kinds = (socket.AF_INET, socket.AF_INET6)
    cards = [card.address for each in psutil.net_if_addrs().values() for card in each if card.family in kinds]
    own = [name.partition("%")[0] for name in cards]
    machine = host_name(socket.gethostname())
    return [*own, *([machine] if machine else [])]


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name and not name.startswith("[") else name
