"""One question to a backend, as benchmarks ask: sent again where the line broke, and never waited for without end."""

from __future__ import annotations

import asyncio
from functools import partial

from engine.core.protocol import Backend, Chat, Completion
from engine.core.resending import surely

TIMEOUT_S = 300.0


async def asked_once(backend: Backend, model: str, chat: Chat) -> Completion:
    """Return the reply; ProviderError or TimeoutError where there is none."""
    async with asyncio.timeout(TIMEOUT_S):
        return await surely(partial(backend.complete, chat, model))
