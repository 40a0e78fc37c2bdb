"""A map from 64-bit keys to numbers in 16 bytes an entry, so that a run of millions of replies fits into memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

_FRESH_AT_LEAST = 4096


def key_of(identity: str) -> int:
    """Return the 64-bit key of any id string."""
    return int.from_bytes(hashlib.blake2b(identity.encode(), digest_size=8).digest())


class OffsetIndex:
    """Sorted arrays for the bulk, a dict for what is new; the last value put under a key wins."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._values: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._fresh: dict[int, int] = {}
        self._fold_at = _FRESH_AT_LEAST

    def put(self, key: int, value: int) -> None:
        """Remember `value` under `key`; both are below 2**64."""
        self._fresh[key] = value
        if len(self._fresh) >= self._fold_at:
            self._fold()

    def get(self, key: int) -> int | None:
        """Return the value of `key`, None where it has none."""
        found = self._fresh.get(key)
        if found is not None or not len(self._keys):
            return found
        at = int(np.searchsorted(self._keys, np.uint64(key)))
        if at < len(self._keys) and int(self._keys[at]) == key:
            return int(self._values[at])
        return None

    def values(self) -> Iterator[int]:
        """Yield the value of every key."""
        self._fold()
        for value in self._values:
            yield int(value)

    def _fold(self) -> None:
        """Merge what is new into the arrays; growing steps keep the total work linear-logarithmic."""
        if not self._fresh:
            return
        keys = np.concatenate([self._keys, np.fromiter(self._fresh.keys(), np.uint64, len(self._fresh))])
        values = np.concatenate([self._values, np.fromiter(self._fresh.values(), np.uint64, len(self._fresh))])
        order = np.argsort(keys, kind="stable")
        keys, values = keys[order], values[order]
        last = np.append(keys[1:] != keys[:-1], True)
        self._keys, self._values = keys[last], values[last]
        self._fresh = {}
        self._fold_at = max(_FRESH_AT_LEAST, len(self._keys) // 8)
