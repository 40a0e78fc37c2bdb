"""How a record gets its id: the hash of its content."""

from __future__ import annotations

import hashlib

import orjson


def content_id(prefix: str, *parts: object) -> str:
    """Return `prefix-` and 16 hex digits of the BLAKE2b hash of `parts` as canonical JSON.

    `parts` may hold strings, numbers, booleans, None, and lists, tuples or dicts of them.
    """
    packed = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return f"{prefix}-{hashlib.blake2b(packed, digest_size=8).hexdigest()}"
