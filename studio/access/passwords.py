"""Passwords as they are kept: scrypt with a salt of their own, compared in constant time.

The cost is the one that the OWASP Password Storage Cheat Sheet gives for 32 MiB (N = 2^15, r = 8, p = 3); length is
what NIST SP 800-63B asks for instead of kinds of characters.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from base64 import b64decode, b64encode

from engine.core.errors import UserError

SHORTEST, LONGEST = 12, 1024
_LOG_N, _R, _P = 15, 8, 3
_MOST_LOG_N, _MOST_R, _MOST_P = 18, 16, 16


def hashed(password: str) -> str:
    """Return what is kept of a password; UserError where it is too short or too long."""
    said = _bytes(password)
    if len(password) < SHORTEST or len(said) > LONGEST:
        raise UserError(f"has {len(password)} characters.", where="the password", do=f"Take {SHORTEST} or more.")
    salt = secrets.token_bytes(16)
    return _kept(salt, _scrypt(said, salt, _LOG_N, _R, _P))


def fits(password: str, kept: str) -> bool:
    """Return whether a password is the one that was kept; what was never kept right fits nothing."""
    try:
        kind, log_n, r, p, salt, digest = kept.split("$")
        cost = int(log_n), int(r), int(p)
        within = cost[0] <= _MOST_LOG_N and cost[1] <= _MOST_R and cost[2] <= _MOST_P
        if kind != "scrypt" or not within:
            return False
        found = _scrypt(_bytes(password)[: LONGEST + 1], b64decode(salt, validate=True), *cost)
        return hmac.compare_digest(found, b64decode(digest, validate=True))
    except ValueError:
        return False


def decoy() -> str:
    """Return what fits no password and takes as long to find out; for people who are not there."""
    return _kept(bytes(16), secrets.token_bytes(32))


def _kept(salt: bytes, digest: bytes) -> str:
    return "$".join(["scrypt", str(_LOG_N), str(_R), str(_P), b64encode(salt).decode(), b64encode(digest).decode()])


def _bytes(password: str) -> bytes:
    # What looks the same is the same, whichever keyboard wrote it.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _scrypt(password: bytes, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    most = 132 * (1 << log_n) * r + (1 << 20)
    return hashlib.scrypt(password, salt=salt, n=1 << log_n, r=r, p=p, maxmem=most, dklen=32)
