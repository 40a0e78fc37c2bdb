"""Servers that listen on this machine already, on the ports that they usually take."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import aiohttp
import orjson

from engine.core.project import EngineSpec

USUAL: tuple[tuple[int, str], ...] = (
    (8000, "vllm"),
    (30000, "sglang"),
    (11434, "ollama"),
    (8080, "llama.cpp"),
    (1234, "lm-studio"),
    (8001, "vllm-2"),
)
"""Ports and what usually listens there."""
_LONGEST_BODY = 1 << 20


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server that answered with a list of models."""

    name: str
    base_url: str
    models: tuple[str, ...]

    @property
    def spec(self) -> EngineSpec:
        """The engine to save."""
        return EngineSpec(base_url=self.base_url)


async def look(ports: tuple[tuple[int, str], ...] = USUAL, timeout: float = 1.5) -> tuple[FoundServer, ...]:
    """Return what answers on the ports, in their order; nothing outside this machine is asked."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout)) as session:
        found = await asyncio.gather(*(_ask(session, port, name) for port, name in ports))
    return tuple(one for one in found if one)


def discover(ports: tuple[tuple[int, str], ...] = USUAL, timeout: float = 1.5) -> tuple[FoundServer, ...]:
    """Do the same outside an event loop."""
    return asyncio.run(look(ports, timeout))


async def _ask(session: aiohttp.ClientSession, port: int, name: str) -> FoundServer | None:
    base = f"http://127.0.0.1:{port}/v1"
    try:
        async with session.get(f"{base}/models", allow_redirects=False) as answer:
            body = await answer.content.read(_LONGEST_BODY)
            if answer.status != 200:
                return None
        entries = orjson.loads(body)["data"]
        return FoundServer(name, base, tuple(str(entry["id"]) for entry in entries))
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError, KeyError, TypeError):
        return None
