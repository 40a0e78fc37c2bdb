"""How often a password may be tried: few times for a name, more from one address; names of nobody count alike."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 300.0
"""Failed tries are remembered for this long."""
PER_PLACE_AND_NAME, PER_PLACE, PER_NAME = 5, 20, 30
"""Failed tries within the window; a name from everywhere has more, so that one stranger cannot lock a person out."""
_MOST_KEYS = 20_000


class Attempts:
    """Counts failed tries of the last minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: dict[str, deque[float]] = {}

    def wait(self, address: str, name: str) -> float:
        """Return the seconds until another try is allowed; 0 where it is now."""
        now = self._clock()
        waits = [self._wait(key, most, now) for key, most in _keys(address, name)]
        return max(waits)

    def failed(self, address: str, name: str) -> None:
        """Note a failed try."""
        now = self._clock()
        for key, most in _keys(address, name):
            self._failed.setdefault(key, deque(maxlen=most)).append(now)
        if len(self._failed) > _MOST_KEYS:
            self._failed = {key: times for key, times in self._failed.items() if times and times[-1] > now - WINDOW_S}

    def right(self, address: str, name: str) -> None:
        """Take back the newest try, which was none; earlier ones stay, or an own account would buy tries on others."""
        for key, _ in _keys(address, name):
            if times := self._failed.get(key):
                times.pop()

    def _wait(self, key: str, most: int, now: float) -> float:
        times = self._failed.get(key)
        if times is None or len(times) < most:
            return 0.0
        return max(0.0, times[0] + WINDOW_S - now)


def _keys(address: str, name: str) -> tuple[tuple[str, int], ...]:
    place = _place(address)
    return (
        (_short("both", place, name), PER_PLACE_AND_NAME),
        (_short("place", place), PER_PLACE),
        (_short("name", name), PER_NAME),
    )


def _place(address: str) -> str:
    """Return the address, of IPv6 the network: whoever has one address there has 2^64 of them."""
    try:
        said = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(said, ipaddress.IPv6Address):
        return str(said.ipv4_mapped or ipaddress.ip_network((said, 64), strict=False))
    return str(said)


def _short(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
