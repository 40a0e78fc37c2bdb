"""Passes: what a browser keeps of a sign-in, signed so that nobody can write one, and short-lived.

A pass holds a name, when it was given and a random number. Its signature also covers the person's password hash: a new
password, a sign-out and a removal each end every pass that was given before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

import orjson

from studio.access.members import Member, Members

LASTS_S = 12 * 3600
"""A working day; then people sign in again."""
_LONGEST = 1024
_EARLY_S = 60
"""How far the clock may have been set back since a pass was given."""


def cookie_name(secret: str) -> str:
    """Return the name of the cookie: bound to this host and TLS by its prefix, and to one of several studios."""
    return f"__Host-lemma-{hashlib.sha256(f'name {secret}'.encode()).hexdigest()[:8]}"


def given(secret: str, member: Member, now: float) -> str:
    """Return a new pass."""
    body = urlsafe_b64encode(orjson.dumps([member.name, int(now * 1000), secrets.token_hex(8)])).decode()
    return f"{body}.{_signature(secret, member, body)}"


def holder(members: Members, said: str, now: float) -> Member | None:
    """Return whose pass it is; None where it was not given here, is too old, or was ended."""
    body, dot, signature = said.partition(".")
    if not (members.secret and dot) or len(said) > _LONGEST:
        return None
    read = _read(body)
    member = members.find(read[0]) if read else None
    if read is None or member is None:
        return None
    # Bytes: text outside ASCII is no signature, and comparing it would raise.
    if not hmac.compare_digest(_signature(members.secret, member, body).encode(), signature.encode("utf-8", "replace")):
        return None
    begun, at = read[1], now * 1000
    alive = at - LASTS_S * 1000 < begun <= at + _EARLY_S * 1000
    return member if alive and begun > member.since else None


def _read(body: str) -> tuple[str, int] | None:
    try:
        name, begun, _ = orjson.loads(urlsafe_b64decode(body))
    except (ValueError, TypeError):
        return None
    return (name, begun) if isinstance(name, str) and isinstance(begun, int) else None


def _signature(secret: str, member: Member, body: str) -> str:
    key = hmac.digest(secret.encode(), member.password.encode(), "sha256")
    return hmac.new(key, body.encode("utf-8", "replace"), "sha256").hexdigest()
