"""The first request of each kind goes ahead of its like, so that a refusal is met once, not by every call in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from engine.core.protocol import Chat

AHEAD_S = 2.0
"""Seconds after which the others follow a request that is neither answered nor refused: refusals come at once."""


def kind_of(chat: Chat, model: str, schema: str) -> Hashable:
    """Return what an endpoint may refuse about a request: its parameters and the order of its turns, not its words."""
    s, roles = chat.sampling, [message.role for message in chat.messages]
    alternates = all(one != other for one, other in pairwise(roles))
    return (
        model, s.temperature, s.top_p, s.top_k, s.repetition_penalty, s.max_tokens, bool(s.stop), bool(schema),
        tuple(roles[:1]), alternates,
    )  # fmt: skip


class Pilots:
    """Who is ahead, by kind of request."""

    def __init__(self) -> None:
        """Nothing has been asked yet."""
        self.settled: set[Hashable] = set()
        self._ahead: dict[Hashable, asyncio.Event] = {}

    async def follow(self, kind: Hashable) -> None:
        """Wait while another request of this kind is ahead; returns at once for the one that has to go."""
        while kind not in self.settled and (ahead := self._ahead.get(kind)) is not None:
            await ahead.wait()

    @contextmanager
    def lead(self, kind: Hashable) -> Iterator[Callable[[], None]]:
        """Go ahead; call what is yielded whenever a refusal has taught something and the request goes out again.

        An answer lets the others go, a failure sends the next one ahead.
        """
        ahead = self._ahead[kind] = asyncio.Event()
        loop = asyncio.get_running_loop()
        timer = loop.call_later(AHEAD_S, self._settle, kind, ahead)

        def again() -> None:
            nonlocal timer
            timer.cancel()
            timer = loop.call_later(AHEAD_S, self._settle, kind, ahead)

        try:
            yield again
            self.settled.add(kind)
        finally:
            timer.cancel()
            self._let_go(kind, ahead)

    def _settle(self, kind: Hashable, ahead: asyncio.Event) -> None:
        self.settled.add(kind)
        self._let_go(kind, ahead)

    def _let_go(self, kind: Hashable, ahead: asyncio.Event) -> None:
        if self._ahead.get(kind) is ahead:
            del self._ahead[kind]
        ahead.set()
