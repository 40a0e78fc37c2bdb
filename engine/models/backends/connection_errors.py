"""What kept an answer away, in a few words: refused, reset, no such name, TLS, a proxy, no connection in time."""

from __future__ import annotations

import errno
import socket
import ssl

from engine.core.errors import NotSent, Unreachable
from engine.models.backends.http import CutOff, NotHttp, StaleConnection
from engine.models.proxy import ProxyRefused

REFUSED, RESET, NAME, TLS, PROXY, LATE, BROKEN, CUT, STRANGE = (
    "connection refused",
    "connection reset",
    "name not found (DNS)",
    "TLS failed",
    "proxy refused",
    "no connection in time",
    "no connection",
    "reply cut off",
    "not HTTP",
)
_WAYLESS = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN))


def unreachable(message: str, error: OSError) -> Unreachable:
    """Return an error of a connection as what it means for a call."""
    kind = NotSent if isinstance(error, StaleConnection) else Unreachable
    return kind(message, reason=connection_error(error))


def connection_error(error: OSError) -> str:
    """Return what an error of a connection is counted as."""
    if isinstance(error, ssl.SSLError):
        return TLS
    if isinstance(error, ProxyRefused):
        return PROXY
    if isinstance(error, CutOff | NotHttp):
        return CUT if isinstance(error, CutOff) else STRANGE
    if isinstance(error, socket.gaierror):
        return NAME
    # A host with several addresses fails with one error for all of them, which has no number.
    if isinstance(error, ConnectionRefusedError) or f"Errno {errno.ECONNREFUSED}]" in str(error):
        return REFUSED
    if isinstance(error, TimeoutError):
        return LATE
    return BROKEN if error.errno in _WAYLESS else RESET
