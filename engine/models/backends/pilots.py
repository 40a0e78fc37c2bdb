"""The first request of each kind goes ahead of its like, so that a refusal is met once, not by every call in flight."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from itertools import pairwise

from engine.core.protocol import Chat

NEAR_S = 0.05
"""Seconds in which a server on this machine refuses what it does not take; a reply may take as long as it likes."""
FAR_S = 1.0
"""The same for a server elsewhere, the handshake of the first connection included."""


def kind_of(chat: Chat, model: str, schema: str) -> Hashable:
    """Return what an endpoint may refuse about a request: its parameters and the order of its turns, not its words."""
    s, roles = chat.sampling, [message.role for message in chat.messages]
    alternates = len(roles) < 2 or all(one != other for one, other in pairwise(roles))
    return (
        model, s.temperature, s.top_p, s.top_k, s.repetition_penalty, s.max_tokens, bool(s.stop), bool(schema),
        roles[0] if roles else "", alternates,
    )  # fmt: skip


class Pilots:
    """Who is ahead, by kind of request.

    One goes first, and each time that nothing was said in the time of a refusal twice as many may be under way.
    """

    def __init__(self, refusal_s: float) -> None:
        """`refusal_s`: seconds in which the endpoint refuses."""
        self.settled: set[Hashable] = set()
        self._refusal_s = refusal_s
        self._fronts: dict[Hashable, _Front] = {}

    async def follow(self, kind: Hashable) -> None:
        """Wait until it is this request's turn; `lead` has to follow without a pause where the kind is not settled."""
        while kind not in self.settled:
            front = self._fronts.setdefault(kind, _Front())
            if front.out < front.allowed:
                return
            await front.moved()

    @contextmanager
    def lead(self, kind: Hashable) -> Iterator[Callable[[], None]]:
        """Go ahead; call what is yielded whenever a refusal has taught something and the request goes out again.

        An answer lets all others go, a failure only the next one.
        """
        front = self._fronts.setdefault(kind, _Front())
        front.out += 1
        front.widen_after(self._refusal_s)
        try:
            yield lambda: front.widen_after(self._refusal_s)
            self.settled.add(kind)
        finally:
            front.out -= 1
            if kind in self.settled or not front.out:
                front.halt()
            if kind in self.settled:
                self._fronts.pop(kind, None)
            front.wake()


class _Front:
    """How many requests of one kind are under way before the first of them was answered, and how many may be."""

    def __init__(self) -> None:
        self.out, self.allowed = 0, 1
        self._timer: asyncio.TimerHandle | None = None
        self._moved: asyncio.Future[None] | None = None

    async def moved(self) -> None:
        """Wait until more may go, or fewer are out."""
        if self._moved is None:
            self._moved = asyncio.get_running_loop().create_future()
        # Shielded: one that is cancelled leaves the others waiting.
        await asyncio.shield(self._moved)

    def wake(self) -> None:
        """Have those who wait look again."""
        moved, self._moved = self._moved, None
        if moved and not moved.done():
            moved.set_result(None)

    def widen_after(self, seconds: float) -> None:
        """Allow twice as many after a time without an answer, and again after the next, unless it is begun anew."""
        self.halt()
        self._timer = asyncio.get_running_loop().call_later(seconds, self._widen, seconds)

    def halt(self) -> None:
        """Allow no more by the clock."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _widen(self, seconds: float) -> None:
        self.allowed *= 2
        self.widen_after(seconds)
        self.wake()
