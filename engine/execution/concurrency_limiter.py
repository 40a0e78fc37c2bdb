"""How many calls an engine gets at a time: more while that gives more tokens a second, fewer when it says so.

An engine that says nothing is measured (engine.execution.throughput_climb). One that turns calls away says itself when
it is full, and from then on it is additive increase, multiplicative decrease, as in TCP: one more per round of
successes; calls that were under way when the limit was cut do not cut it again. How deep a cut is depends on
the share of calls in trouble, as in DCTCP (RFC 8257, section 3.3): all of them halve the limit, one in a hundred takes
half a per cent. So runs that share an engine come to equal parts of it, and errors that come now and then, whatever
the load, do not bring a run down to one call at a time. What is no word about the load (a reset, an error on the other
side, a reply that did not come) cuts the limit only where it is a quarter of all calls: such an engine is in trouble.
"""

from __future__ import annotations

import asyncio
import os.path
from bisect import insort
from collections.abc import Hashable
from typing import NamedTuple

from engine.core.protocol import Places
from engine.execution.throughput_climb import ThroughputClimb

_PATIENCE = 4
_WEIGHT = 0.25
"""How much the last round counts in the share of calls in trouble."""
_FEWEST = 16
"""Calls by which a share is told at least: one of two would be half of them."""
_BROKEN = 0.25
"""Share of calls that fail without a word about the load from which on an engine gets fewer."""


class _Waiting(NamedTuple):
    """One that waits for a place; rank and number are its order, and no two have both in common."""

    rank: int
    number: int
    turn: asyncio.Future[None]
    text: str
    admitted: int


class _Share:
    """How many calls are in trouble of one kind: a mean over rounds, of which the first counts whole."""

    def __init__(self) -> None:
        self.told: float | None = None
        self._returned = self._troubled = 0

    def count(self, troubled: bool, most: float) -> None:
        """Count a call that came back; a round has `most` of them."""
        self._returned += 1
        self._troubled += troubled
        if self._returned >= max(_FEWEST, most):
            now = self._troubled / self._returned
            self.told = now if self.told is None else self.told + _WEIGHT * (now - self.told)
            self._returned = self._troubled = 0

    def now(self) -> float:
        """Return the share, that of the present round where it is higher; all of them before it can be told."""
        lately = self._troubled / self._returned if self._returned >= _FEWEST else 0.0
        return max(1.0 if self.told is None else self.told, lately)


class ConcurrencyLimiter:
    """An adaptive semaphore for one engine."""

    def __init__(self, most: int, window: int = 0) -> None:
        """Let at most `most` calls through, a few to begin with.

        What the engine says of its places is told by `begin`. With a `window`, the next of those that wait is the one
        that begins most like the one before it, and nobody is overtaken more than four windows often.
        """
        self.most, self.window = most, window
        self.inside = 0
        self.round = 0
        self._full = False
        """Whether the engine has turned calls away."""
        self.begin(Places())
        self._away, self._broken = _Share(), _Share()
        """Calls that the engine turned away, and calls that failed without a word about the load."""
        self._waiting: list[_Waiting] = []
        self._before, self._admitted, self._entered = "", 0, 0
        self._closed: Exception | None = None

    def begin(self, places: Places) -> None:
        """Start with as many as the engine works on at a time; where it does not tell, feel upwards in large steps."""
        start = min(self.most, places.told or places.first)
        self._climb = ThroughputClimb(start, self.most, doubling=not places.told, least=max(1, min(start, places.told)))
        self.limit = float(start)

    @property
    def stage(self) -> int:
        """The present stage of what is tried, which `success` wants back for a call that begins now."""
        return self._climb.stage

    def slip_in(self) -> bool:
        """Take a place where one is free at once and nobody waits."""
        if self._closed or self._waiting or self.inside >= int(self.limit):
            return False
        self.inside += 1
        return True

    async def enter(self, text: str = "", rank: int = 0) -> int:
        """Wait for a place and return the round, which `trouble` wants back; `text` is what will be asked.

        The lowest `rank` goes first: what an item that was begun early still needs, so that a few items end one after
        the other where otherwise all of them would wait for their last calls together.
        """
        if self._closed:
            raise self._closed
        if self.slip_in():
            return self.round
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._entered += 1
        insort(self._waiting, _Waiting(rank, self._entered, turn, text, self._admitted))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and not turn.exception():
                self.leave()
            raise
        return self.round

    def leave(self) -> None:
        """Give the place back."""
        self.inside -= 1
        self._admit()

    def success(
        self, stage: int = -1, kind: Hashable = "", tokens: int = 0, seconds: float = 0.0, waited: float = 0.0
    ) -> None:
        """Note a call of `stage` that came back, with its reply; only while the limit is what holds calls back."""
        if self._waiting or self.inside >= self.limit - 1:
            if not self._full:
                self._climb.returned(stage, kind, tokens, seconds, waited)
                self.limit = float(self._climb.level)
            elif self.limit < self.most:
                self.limit = min(self.most, self.limit + 1.0 / self.limit)
            self._admit()
        self._count()

    def trouble(self, entered: int, full: bool = True) -> None:
        """Cut the limit, once per round; `full` where the engine itself turned the call away."""
        self._count(away=full, broken=not full)
        self._full = self._full or full
        share = self._away.now() if full else self._broken.told or 0.0
        if entered == self.round and (full or share >= _BROKEN):
            self.limit = max(1.0, self.limit * (1 - share / 2))
            self.round += 1
            self._climb.doubling = False
            self._climb.begin(self.limit)

    def _count(self, away: bool = False, broken: bool = False) -> None:
        self._away.count(away, self.limit)
        self._broken.count(broken, self.limit)

    def close(self, error: Exception) -> None:
        """Turn away whoever waits and whoever comes."""
        self._closed = error
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if not each.turn.done():
                each.turn.set_exception(error)

    def _admit(self) -> None:
        while self._waiting and self.inside < int(self.limit):
            turn = self._next()
            if not turn.done():
                self.inside += 1
                self._admitted += 1
                turn.set_result(None)

    def _next(self) -> asyncio.Future[None]:
        """Take the first in the queue or, with a window, the one that shares most with the one before."""
        waiting = self._waiting
        best = 0
        if self.window and self._admitted - waiting[0].admitted < _PATIENCE * self.window:
            # Character by character is what is wanted here.
            shared = [len(os.path.commonprefix((each.text, self._before))) for each in waiting]  # noqa: RUF071
            best = shared.index(max(shared))
        chosen = waiting.pop(best)
        self._before = chosen.text
        return chosen.turn
