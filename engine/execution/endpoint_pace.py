"""How fast an endpoint is: what was measured of its calls, how long the next one may take, and tokens a second.

A call takes the wait for its first word (queue and prompt) and then so many seconds a token. What nine calls in ten
keep, times a margin, is the next call's limit. A reply that is streamed is given up after silence alone, however long
it is; one that comes whole after the time that its longest length takes.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from engine.core.settings import Running

FOLLOWED_BELOW = 1000.0
"""Tokens a second of an endpoint up to which replies are streamed: a stream costs about 10 µs a token on this side."""
_ENOUGH = 16
"""Replies from which on the speed is believed."""
_KEPT = 64
_SLOWEST = 0.01
"""Tokens a second below which nothing is said of a speed."""
_GRAIN = 0.02
"""Seconds below which time is not told apart: thousands of quick calls a second need no more."""
_WORDLESS = 4
"""Limits of silence that a server gets which sends bytes, and no piece of a reply."""
_TAU = 30.0
"""Seconds over which tokens a second are averaged."""


@dataclass(slots=True, eq=False)
class OpenCall:
    """One call under way; `due` is when it is given up."""

    asked: int
    """Its longest reply, in tokens."""
    sent: float
    limit: float
    """Seconds of silence that it may take, the whole reply where it is not streamed."""
    followed: bool
    """Whether the reply is asked for piece by piece."""
    due: float = 0.0
    most: float = 0.0
    """When it is given up whatever is heard."""
    pieces: int = 0
    first: float = 0.0
    last: float = 0.0
    spoke: float = 0.0
    """When the last piece of the reply came."""

    @property
    def waited(self) -> float:
        """Seconds until the first word; 0 where it is not streamed."""
        return self.first - self.sent if self.first else 0.0


@dataclass(slots=True)
class _Flow:
    """Tokens a second, lately; time in which nothing is asked does not count."""

    tokens: float = 0.0
    seconds: float = 0.0
    at: float = 0.0

    def add(self, tokens: float, now: float) -> None:
        self.pass_to(now)
        self.tokens += tokens

    def pass_to(self, now: float) -> None:
        passed = now - self.at
        if passed < _GRAIN:
            return
        self.at = now
        self.tokens *= math.exp(-passed / _TAU)
        self.seconds += passed

    def rate(self, now: float) -> float:
        """Return the rate at a time; changes nothing, so that another thread may ask."""
        passed = max(0.0, now - self.at)
        seconds = self.seconds + passed
        return self.tokens * math.exp(-passed / _TAU) / (_TAU * -math.expm1(-seconds / _TAU)) if seconds else 0.0


@dataclass(slots=True)
class EndpointPace:
    """What is known of one endpoint's speed."""

    running: Running
    slots: int = 0
    """Calls that it works on at a time; 0 where it does not tell."""
    replies: int = 0
    heard: float = 0.0
    """When it last said anything; monotonic seconds."""
    streams: bool | None = None
    """Whether replies really come piece by piece; None before the first."""
    calls: set[OpenCall] = field(default_factory=set)
    _flow: _Flow = field(default_factory=_Flow)
    _waits: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _token_s: deque[float] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _known: tuple[float, float] = (0.0, 0.0)
    _slow: bool = True
    """Whether fewer tokens a second come than replies are followed for."""
    _raised: float = 0.0
    """Seconds that every call gets before the first reply has come, because others were too slow."""

    def begin(self, asked: int, now: float, slow_before: int = 0) -> OpenCall:
        """Begin a call for at most `asked` tokens that was too slow so often before."""
        if not self.calls:
            self._flow.at = now
        running, followed, longest = self.running, self._follows(), self.running.longest_s
        expected = running.patience * self._expected(asked, followed)
        limit = min(max(max(running.timeout_s, expected) * 2**slow_before, self._raised), longest)
        call = OpenCall(asked, now, limit, followed, now + limit, now + longest)
        self.calls.add(call)
        return call

    def listener(self, call: OpenCall) -> Callable[[int], None] | None:
        """Return what follows a call while its reply comes; None for a reply that is asked for whole."""
        if not call.followed:
            return None

        def heard(pieces: int) -> None:
            self._hear(call, pieces, time.monotonic())

        return heard

    def end(self, call: OpenCall) -> None:
        """End a call, whatever came of it."""
        self._flow.pass_to(time.monotonic())
        self.calls.discard(call)

    def reply(self, call: OpenCall, tokens: int, now: float) -> None:
        """Learn from a reply that came whole."""
        self.heard = now
        self.replies += 1
        self._raised = 0.0
        self._flow.add(max(0, tokens - call.pieces), now)
        if call.pieces:
            self.streams = True
        elif self.streams is None:
            self.streams = False
        self._waits.append(call.waited)
        self._token_s.append((now - (call.first or call.sent)) / (tokens or 1))
        if self.replies < _KEPT or not self.replies % _ENOUGH:
            self._known = (_most(self._waits), _most(self._token_s))
            self._slow = self._flow.rate(now) < FOLLOWED_BELOW

    def rate(self) -> float:
        """Return tokens a second, those of replies that still come included; 0 where nothing is known."""
        return self._flow.rate(time.monotonic() if self.calls else self._flow.at)

    def at_work(self, call: OpenCall) -> bool:
        """Whether the endpoint said anything, to this call or another one, since it was sent."""
        return self.heard > call.sent

    def was_too_slow(self, call: OpenCall) -> None:
        """Learn from a call that was given up: while no reply tells how long they take, none gets as little again."""
        if not self.replies:
            self._raised = max(self._raised, 2 * call.limit)

    def too_slow(self, call: OpenCall, now: float) -> str:
        """Return why a call was given up, in words; numbers of tokens only where they say it."""
        seconds, others = now - call.sent, len(self.calls | {call})
        speed = call.pieces / max(1e-3, seconds) if call.pieces else self.rate() / others
        share = f", the share of one of {others:,} calls," if not call.pieces and others > 1 else ""
        if speed >= _SLOWEST and call.asked / speed > seconds:
            said = f"{call.asked:,} tokens at {speed:.2g} tokens a second{share}"
            return f"too slow: {said} do not fit in {seconds:.3g} s"
        return f"too slow: no reply within {seconds:.3g} s, although the endpoint is at work"

    def _follows(self) -> bool:
        """Whether replies are streamed: until the speed is known, and while it is low enough to be worth it."""
        return self.replies < _ENOUGH or (self._slow and self.streams is not False)

    def _expected(self, asked: int, followed: bool) -> float:
        """Return the seconds that a reply of so many tokens should take, behind those under way."""
        wait, token_s = self._known
        whole = wait + asked * token_s
        queue = max(0.0, len(self.calls) / self.slots - 1) if self.slots else 0.0
        return wait + queue * whole if followed and self.streams else whole * (1 + queue)

    def _hear(self, call: OpenCall, pieces: int, now: float) -> None:
        self.heard = call.last = now
        spoke = now if pieces else call.spoke or call.sent
        # Comments and blanks say that somebody is there, which is no reply: they buy time, and not for ever.
        call.due = min(now + call.limit, spoke + _WORDLESS * call.limit, call.most)
        if pieces:
            call.spoke = now
            call.first = call.first or now
            call.pieces += pieces
            self._flow.add(pieces, now)


def _most(values: deque[float]) -> float:
    """Return what nine in ten keep."""
    return sorted(values)[int(0.9 * (len(values) - 1))]
