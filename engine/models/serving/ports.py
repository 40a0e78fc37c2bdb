"""Which port a server gets: the one that is set, else that of last time, so that addresses outlive a restart."""

from __future__ import annotations

import socket
from pathlib import Path

from engine.core.errors import BadSetting
from engine.models.serving.command import HOST

_KEPT = "port"


def choose(place: Path, wanted: int) -> int:
    """Return the port for the server whose folder is `place`; BadSetting where the one that is `wanted` is taken."""
    if wanted:
        if _free(wanted):
            return wanted
        raise BadSetting(f"port {wanted} is taken.", where=f"engine {place.name}", do="Set port to 0 for a free one.")
    before = _last(place)
    if before and _free(before):
        return before
    chosen = unused()
    (place / _KEPT).write_text(str(chosen), encoding="ascii")
    return chosen


def unused() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _last(place: Path) -> int:
    try:
        return int((place / _KEPT).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _free(port: int) -> bool:
    with socket.socket() as probe:
        # A port whose last connections are only fading away counts as free, as it does for the servers.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True
