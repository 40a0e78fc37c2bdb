"""How many calls at a time give the most throughput: one level is held against another, by what calls took.

With `c` calls in flight that take `t` seconds each, an engine completes c / t calls a second (Little 1961, "A proof for
the queuing formula L = λW"). An engine that works on all of them at once takes no longer for more, one that lets them
wait takes as many times longer: so the ratio of the seconds a token took at two levels says whether the higher one
was worth it, however few calls there were. Calls are held against those of their own kind (model and prompt), since
a judge's word is not as quick as a line of a long solution.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

QUICK_S = 1.0
"""Where calls take less than this, waiting included, a queue costs nobody anything, and the level rises unjudged."""
WORTH = 0.25
"""Share of what a higher level would give if it gave in proportion, from which on it is worth it."""
NO_LESS = 0.98
"""Share of the throughput that a lower level has to give."""
_STEP = 1.25
_FEWEST = 8
"""Calls by which a level is judged at least."""
_LONGEST_HOLD = 16
_WAITING = 0.5
"""Share of their time that calls waited for a first word, from which on a lower level is tried first."""
_LESS_WAITING = 0.9
"""Share of the throughput that such a level has to give."""
_KNOWN = 0.8
"""Share of a run's time whose kinds of calls must have been seen at both levels."""
_PATIENCE = 4
"""Times the usual number of calls that are awaited for that."""
_MEMORY = 1_000_000
"""Tokens after which what a run asked for counts half."""


@dataclass(slots=True)
class _Taken:
    """What calls took at one level: seconds and tokens by kind."""

    calls: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    by_kind: dict[Hashable, tuple[float, float]] = field(default_factory=dict)
    """Seconds and tokens."""

    def add(self, kind: Hashable, tokens: int, seconds: float, waited: float) -> None:
        self.calls += 1
        self.seconds += seconds
        self.waited += waited
        before = self.by_kind.get(kind, (0.0, 0.0))
        self.by_kind[kind] = before[0] + seconds, before[1] + tokens

    def slower_than(self, other: _Taken, mix: Mapping[Hashable, float]) -> float | None:
        """Return how many times as long the calls of a run took as at the `other` level; None before that is known.

        `mix` is how many tokens of each kind the run asks for: those that come back first are the short ones, and they
        would speak for the level more than they weigh.
        """
        mine, theirs = self._per_token(), other._per_token()
        taken = {kind: mix[kind] * (theirs.get(kind) or mine.get(kind, 0.0)) for kind in mix}
        alike = mine.keys() & theirs.keys()
        expected = sum(taken[kind] for kind in alike)
        if not expected or expected < _KNOWN * sum(taken.values()):
            return None
        return sum(mix[kind] * mine[kind] for kind in alike) / expected

    def _per_token(self) -> dict[Hashable, float]:
        return {kind: seconds / tokens for kind, (seconds, tokens) in self.by_kind.items() if tokens and seconds}


class ThroughputClimb:
    """Tries levels, and stays where more calls at a time would give no more tokens a second."""

    def __init__(self, level: int, most: int, *, doubling: bool = True, least: int = 1) -> None:
        """Begin at `level`; `doubling` rises in large steps, to `most`, until the first that was not worth it.

        Below `least`, what an engine says that it works on at a time, nothing is tried unless calls wait all the same.
        """
        self.most, self.least = most, least
        self.doubling = doubling
        self.stage = 0
        self._mix: dict[Hashable, float] = {}
        self.begin(level)

    @property
    def trying(self) -> bool:
        """Whether the present level is on trial."""
        return self._base is not None and self.level != self._base_level

    def begin(self, level: float) -> None:
        """Start anew from a level that something else has set."""
        self.level = self._base_level = max(1, min(self.most, int(level)))
        self.stage = self.stage + 1
        self._base: _Taken | None = None
        self._now = _Taken()
        self._up, self._hold, self._held = True, 1, 0

    def returned(self, stage: int, kind: Hashable, tokens: int, seconds: float, waited: float = 0.0) -> None:
        """Take down a call that was sent in `stage` and filled its place; may change the level."""
        tokens = max(1, tokens)
        self._mix[kind] = self._mix.get(kind, 0.0) + tokens
        if stage != self.stage:
            return
        self._now.add(kind, tokens, seconds, waited)
        if self._now.calls < self._needed():
            return
        if self.doubling and self._now.seconds < QUICK_S * self._now.calls:
            self._base, self._base_level = self._now, self.level
            self._set(min(self.most, 2 * self.level))
        elif self.trying:
            self._judge()
        else:
            self._rest()

    def _needed(self) -> int:
        return max(_FEWEST, self.level) if self.doubling else max(_FEWEST, 2 * self.level)

    def _rest(self) -> None:
        """Keep what the base level takes now, and try another one when it is time."""
        self._base, self._base_level = self._now, self.level
        if sum(self._mix.values()) > _MEMORY:
            self._mix = {kind: tokens / 2 for kind, tokens in self._mix.items()}
        waiting = self._base_waits()
        self._held += 1
        if self._held < self._hold and not waiting:
            self._now = _Taken()
            return
        self._up = self._up and not waiting
        self._try()

    def _try(self) -> None:
        """Go to the next level in the direction that is due; the other way at either end."""
        level, self._held = self._base_level, 0
        self.doubling = self.doubling and level < self.most
        least = 1 if self._base_waits() else self.least
        if self._up and level >= self.most:
            self._up = False
        elif not self._up and level <= least:
            self._up = self.most > level
        factor = 2.0 if self.doubling else _STEP
        target = max(level + 1, int(level * factor)) if self._up else min(level - 1, int(level / factor))
        self._set(max(min(least, level), min(self.most, target)))

    def _judge(self) -> None:
        assert self._base is not None
        ratio = self.level / self._base_level
        slower = self._now.slower_than(self._base, self._mix)
        if slower is None and self._now.calls < _PATIENCE * self._needed():
            return
        gain = ratio / slower if slower else 0.0
        less = _LESS_WAITING if self._base_waits() else NO_LESS
        if gain >= (1 + WORTH * (ratio - 1) if ratio > 1 else less):
            self._base, self._base_level, self._hold = self._now, self.level, 1
            self._try()
            return
        self.doubling = False
        self._up, self._hold, self._held = not self._up, min(2 * self._hold, _LONGEST_HOLD), 0
        self._set(self._base_level)

    def _base_waits(self) -> bool:
        """Whether calls at the base level wait for a first word most of their time."""
        return self._base is not None and self._base.waited > _WAITING * self._base.seconds

    def _set(self, level: int) -> None:
        self.level = level
        self.stage += 1
        self._now = _Taken()
