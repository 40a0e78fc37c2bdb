"""A server that is only arithmetic: calls in, seconds out, on a clock of its own. For limits of concurrency.

It works on `slots` calls at a time, each of them at one speed; what is beyond waits its turn. With `share` calls slow
each other down as on a GPU: the throughput of n at work is n / (1 + n / share).
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from dataclasses import dataclass, field

from engine.core.protocol import Places
from engine.execution.concurrency_limiter import ConcurrencyLimiter


@dataclass
class SimulatedServer:
    """Drives a limiter to its limit until so many calls are back."""

    slots: int
    seconds: float = 20.0
    """What a call of 100 tokens takes alone."""
    share: float = float("inf")
    noise: float = 0.0
    kinds: tuple[tuple[str, int], ...] = (("write", 100),)
    """Kinds of calls and their tokens; drawn in turn."""
    seed: int = 0
    levels: list[int] = field(default_factory=list)
    """The limit when each call came back."""
    finished: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def drive(self, limiter: ConcurrencyLimiter, calls: int, slots_at: dict[int, int] | None = None) -> None:
        """Keep asking; `slots_at` changes the slots when so many calls are back."""
        dice, now, number = random.Random(self.seed), 0.0, 0
        queue: deque[tuple[float, int, int]] = deque()
        at_work: list[tuple[float, int, float, float, int]] = []
        while len(self.finished) < calls:
            self.slots = (slots_at or {}).get(len(self.finished), self.slots)
            while limiter.slip_in():
                queue.append((now, number, limiter.stage))
                number += 1
            while queue and len(at_work) < self.slots:
                sent, which, stage = queue.popleft()
                heapq.heappush(at_work, (now + self._takes(which, len(at_work) + 1, dice), which, sent, now, stage))
            now, which, sent, begun, stage = heapq.heappop(at_work)
            limiter.leave()
            kind, tokens = self.kinds[which % len(self.kinds)]
            # The place is taken again at once, as by a run with many items.
            limiter.inside += 1
            limiter.success(stage, kind, tokens, now - sent, begun - sent)
            limiter.inside -= 1
            self.levels.append(int(limiter.limit))
            self.finished.append(now)
            self.waits.append(begun - sent)

    def rate(self, last: int) -> float:
        """Return calls a second over the last ones."""
        return last / (self.finished[-1] - self.finished[-last - 1])

    def best(self, most: int) -> float:
        """Return the calls a second of the best number at a time."""
        mean = sum(tokens for _, tokens in self.kinds) / len(self.kinds) / 100 * self.seconds
        return max(n / (1 + n / self.share) for n in range(1, min(self.slots, most) + 1)) / mean

    def _takes(self, which: int, others: int, dice: random.Random) -> float:
        _, tokens = self.kinds[which % len(self.kinds)]
        crowd = 1 + others / self.share
        return self.seconds * tokens / 100 * crowd * dice.uniform(1 - self.noise, 1 + self.noise)


def limiter(most: int, *, told: int = 0, first: int = 8) -> ConcurrencyLimiter:
    made = ConcurrencyLimiter(most)
    made.begin(Places(told=told, first=first))
    return made
