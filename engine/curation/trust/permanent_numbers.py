"""Permanent random numbers: one number from 0 to 1 for each row, which hangs on a salt and the row's id alone.

Whoever has salt and ids draws the same rows again, in any order and in any number of pieces (Ohlsson 1995). The hash
is SipHash-2-4 (Aumasson & Bernstein 2012), a keyed 64-bit hash with published vectors, worked out for many ids at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Words = NDArray[np.uint64]
_AT_ONCE = 1 << 15
"""Ids that are hashed together: their state stays in the processor's cache."""
_START = (0x736F6D6570736575, 0x646F72616E646F6D, 0x6C7967656E657261, 0x7465646279746573)


def numbers(salt: str, ids: Sequence[str] | pa.Array) -> NDArray[np.float64]:
    """Return hash64(salt, id) / 2^64 for each id (N,)."""
    return hash64(key_of(salt), ids) / 2.0**64


def key_of(salt: str) -> bytes:
    """Return the 16 bytes by which the hash is keyed."""
    return hashlib.blake2b(salt.encode(), digest_size=16).digest()


def hash64(key: bytes, ids: Sequence[str] | pa.Array) -> Words:
    """Return SipHash-2-4 of each text in UTF-8 under a key of 16 bytes (N,)."""
    texts = pa.array(ids, pa.string()) if not isinstance(ids, pa.Array) else ids
    if not len(texts):
        return np.zeros(0, np.uint64)
    sizes = pc.binary_length(texts).to_numpy(zero_copy_only=False)
    made = np.zeros(len(sizes), np.uint64)
    for size in np.unique(sizes).tolist():
        rows = np.flatnonzero(sizes == size)
        same = texts if len(rows) == len(sizes) else texts.take(pa.array(rows))
        blocks = _blocks(_bytes(same, size), size)
        for start in range(0, len(rows), _AT_ONCE):
            made[rows[start : start + _AT_ONCE]] = _siphash(key, blocks[:, start : start + _AT_ONCE])
    return made


def _bytes(texts: Any, size: int) -> NDArray[np.uint8]:
    """Return the bytes of N texts of one size as a matrix (N, size)."""
    joined = pa.concat_arrays([texts.cast(pa.large_binary())])
    _, offsets, data = joined.buffers()
    first = np.frombuffer(offsets, np.int64)[joined.offset] if len(joined) else 0
    count = len(joined) * size
    whole = np.frombuffer(data, np.uint8, count, int(first)) if count else np.zeros(0, np.uint8)
    return whole.reshape(len(joined), size)


def _blocks(texts: NDArray[np.uint8], size: int) -> Words:
    """Return texts as little-endian words (words, N): padded with zeros, the length in the last byte."""
    padded = np.zeros((len(texts), (size // 8 + 1) * 8), np.uint8)
    padded[:, :size] = texts
    padded[:, -1] = size & 0xFF
    return np.ascontiguousarray(padded.view("<u8").T.astype(np.uint64))


def _siphash(key: bytes, blocks: Words) -> Words:
    """Return the hash of N texts; `blocks` (words, N)."""
    keys = np.frombuffer(key, "<u8").astype(np.uint64)
    state = [np.full(blocks.shape[1], np.uint64(word) ^ keys[n % 2], np.uint64) for n, word in enumerate(_START)]
    for block in blocks:
        state[3] ^= block
        _rounds(state, 2)
        state[0] ^= block
    state[2] ^= np.uint64(0xFF)
    _rounds(state, 4)
    made: Words = state[0] ^ state[1] ^ state[2] ^ state[3]
    return made


def _rounds(state: list[Words], count: int) -> None:
    for _ in range(count):
        a, b, c, d = state
        a += b
        b = _turned(b, 13) ^ a
        a = _turned(a, 32)
        c += d
        d = _turned(d, 16) ^ c
        a += d
        d = _turned(d, 21) ^ a
        c += b
        b = _turned(b, 17) ^ c
        c = _turned(c, 32)
        state[:] = [a, b, c, d]


def _turned(word: Words, bits: int) -> Words:
    turned: Words = (word << np.uint64(bits)) | (word >> np.uint64(64 - bits))
    return turned
