"""How many calls a server works on at a time, as far as it tells: llama.cpp does, vLLM may, Ollama and others do not.

Only a server nearby is asked, on this machine or in its network: services far away have room for many, and other
paths of theirs are nobody's business here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from engine.core.protocol import Places
from engine.models.backends.bounded import count
from engine.models.backends.http import Raw, TooLong

LONGEST_S = 3.0
"""Seconds that all questions may take together."""
FEW = Places(first=4)
"""Ollama and LM Studio work on one to four replies at a time unless somebody changed that."""
LOADING = Places(first=4, loading=True)
NEARBY = Places(first=8)
"""A server of this machine or network that says nothing of itself."""
MANY = Places(first=32)
"""vLLM takes hundreds, services far away more."""
_SEQUENCES = re.compile(r'\bmax_num_seqs="(\d+)"')
Get = Callable[[str], Awaitable[Raw]]


async def ask_places(get: Get) -> Places:
    """Return what the server at the root that `get` asks says of itself, and what its kind usually has otherwise."""
    try:
        async with asyncio.timeout(LONGEST_S):
            return await _of_llama(get) or await _of_vllm(get) or await _of_laptop(get) or NEARBY
    except (OSError, TooLong):
        return NEARBY


async def _of_llama(get: Get) -> Places | None:
    """Read `total_slots` of llama.cpp's /props, which answers 503 while the model is loaded."""
    answer = await get("/props")
    if answer.status == 503:
        return LOADING
    said = _json(answer)
    slots = count(said.get("total_slots")) if isinstance(said, dict) else None
    return Places(told=slots) if slots else None


async def _of_vllm(get: Get) -> Places | None:
    page = await get("/metrics")
    text = page.body.decode("utf-8", "replace") if page.status == 200 else ""
    if "vllm:" not in text:
        return None
    told = _SEQUENCES.search(text)
    slots = count(told[1]) if told else None
    return Places(told=slots) if slots else MANY


async def _of_laptop(get: Get) -> Places | None:
    """Know Ollama by its version and LM Studio by its list."""
    for path, key in (("/api/version", "version"), ("/api/v0/models", "data")):
        said = _json(await get(path))
        if isinstance(said, dict) and key in said:
            return FEW
    return None


def _json(answer: Raw) -> Any:
    if answer.status != 200:
        return None
    try:
        return orjson.loads(answer.body)
    except ValueError:
        return None
