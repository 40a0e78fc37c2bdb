"""Sends again what was read by nobody.

A run does this in its own loop, because the time at which a call was really sent tells whether an endpoint still lives.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from engine.core.errors import NotSent

T = TypeVar("T")


async def surely(send: Callable[[], Awaitable[T]]) -> T:
    """Return what `send` returns, called again as long as its request met a connection that was no more.

    It ends: each try takes one kept connection away, and a new one is never such a connection.
    """
    while True:
        try:
            return await send()
        except NotSent:
            continue
