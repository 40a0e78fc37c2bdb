"""Counts of a run: progress, funnel, calls, tokens, money, errors; and whether its budget is spent."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from engine.core.protocol import Completion, Progress
from engine.core.settings import Running
from engine.execution.concurrency_limiter import ConcurrencyLimiter
from engine.execution.endpoint_pace import EndpointPace
from engine.execution.reply_cache import PaidBefore
from engine.runs.completed import FAILED
from engine.runs.fruitless import Reasons
from engine.runs.held import HourMeter
from engine.runs.status import BUDGET, PhaseCount, Status

_MOST_REASONS = 50
"""What endpoints say may hold an id of each request; status.json is written often and must stay small."""


@dataclass(slots=True)
class PhaseProgress:
    """Progress of one phase; mutable twin of PhaseCount."""

    name: str
    total: int
    done: int = 0
    failed: int = 0
    began: float = 0.0
    ended: float = 0.0

    def count(self) -> PhaseCount:
        """Return the present state."""
        seconds = (self.ended or time.monotonic()) - self.began
        return PhaseCount(name=self.name, done=self.done, failed=self.failed, total=self.total, seconds=seconds)


class Usage:
    """What is counted while the run goes on; the event loop writes, the heartbeat thread reads."""

    def __init__(self, running: Running, spent: PaidBefore, before: Status, meter: HourMeter | None = None) -> None:
        """Go on from what the journal says was `spent`, and from the status that an earlier start left behind.

        `meter` counts what rented hardware costs; without one nothing is rented.
        """
        self.running, self.before = running, before
        self.meter = meter or HourMeter(before)
        self.calls, self.tokens_in, self.tokens_out = spent.calls, spent.tokens_in, spent.tokens_out
        self.paid_cost = max(spent.cost, before.cost - before.rented)
        self.cached, self.retries, self.unreadable = before.cached, before.retries, before.unreadable
        self.schemas = before.schemas
        self.errors: Counter[str] = Counter(before.errors)
        self.answered: Counter[str] = Counter(before.answered)
        self.unanswered = {role: Reasons(found, _MOST_REASONS) for role, found in before.unanswered.items()}
        self.funnel: Counter[str] = Counter()
        self.phases: list[PhaseProgress] = []
        self.limiters: list[ConcurrencyLimiter] = []
        self.paces: dict[str, EndpointPace] = {}
        self.in_flight = 0
        self.opened = self.worked = 0
        """Items of the present phase that were begun in this start, and that ended."""
        self._from = (0, 0, 0)
        """Calls, replies that were there already, and tokens of replies before the present phase."""
        self.latency = before.latency
        self.learnt = dict(before.learnt)
        granted_again = before.state in ("paused", "waiting") and before.reason.startswith(BUDGET)
        now = {"calls": float(self.calls), "tokens": float(self.tokens), "usd": self.cost}
        self.budget_from = now if granted_again else before.budget_from

    @property
    def tokens(self) -> int:
        """Tokens paid for, in and out."""
        return self.tokens_in + self.tokens_out

    @property
    def cost(self) -> float:
        """Replies and rented hardware, in USD."""
        return self.paid_cost + self.meter.dollars

    def begin(self, name: str, total: int) -> None:
        """Start counting a phase."""
        self.close()
        self.phases.append(PhaseProgress(name, total, began=time.monotonic()))
        self.opened, self.worked, self._from = 0, 0, (self.calls, self.cached, self.tokens_out)

    def advance(self, progress: Progress) -> None:
        """Count a step that has no items."""
        if not self.phases or self.phases[-1].name != progress.name:
            self.begin(progress.name, progress.total)
        self.phases[-1].done, self.phases[-1].total = progress.done, progress.total

    def close(self) -> None:
        """Stop the clock of the present phase."""
        if self.phases and not self.phases[-1].ended:
            self.phases[-1].ended = time.monotonic()

    def item(self, outcome: str, settled: bool = False) -> None:
        """Count an item that is done; `settled` where an earlier start had done it."""
        self.worked += not settled
        phase = self.phases[-1]
        phase.done += outcome != FAILED
        phase.failed += outcome == FAILED
        self.funnel[outcome] += 1

    def paid(self, completion: Completion, seconds: float, cost: float) -> None:
        """Count a reply that was paid for."""
        self.calls += 1
        self.tokens_in += completion.tokens_in
        self.tokens_out += completion.tokens_out
        self.paid_cost += cost
        self.latency += (seconds - self.latency) * (0.05 if self.latency else 1.0)

    def without_answer(self, role: str, why: str, times: int = 1) -> None:
        """Count a question to a role that no answer came to."""
        self.unanswered.setdefault(role, Reasons(most=_MOST_REASONS)).add(why, times)

    def budget_spent(self, own: int = 0) -> str:
        """Return why no further call may start, '' while one may; calls under way count as paid, but for `own`."""
        limits, since = self.running, self.budget_from
        if limits.budget_calls and self.calls + self.in_flight - own - since.get("calls", 0) >= limits.budget_calls:
            return f"{BUDGET}: {limits.budget_calls:,} calls are spent"
        if limits.budget_tokens and self.tokens - since.get("tokens", 0) >= limits.budget_tokens:
            return f"{BUDGET}: {limits.budget_tokens:,} tokens are spent"
        if limits.budget_usd and self.cost - since.get("usd", 0) >= limits.budget_usd:
            return f"{BUDGET}: {limits.budget_usd:g} USD are spent"
        return ""

    def left(self, speed: float) -> float:
        """Return the seconds that the rest of the phase takes at so many tokens a second; 0 where it cannot be told.

        Items under way are taken for half done. Replies that were there already, as a dry run leaves them, took no
        time; those to come will, so an item takes as many replies as it had and each the tokens of those paid for.
        """
        calls, reused, tokens = self.calls - self._from[0], self.cached - self._from[1], self.tokens_out - self._from[2]
        if not (speed and self.worked and self.phases and calls):
            return 0.0
        phase, under_way = self.phases[-1], max(0, self.opened - self.worked) / 2
        each = (calls + reused) / (self.worked + under_way) * tokens / calls
        return max(0.0, phase.total - phase.done - phase.failed - under_way) * each / speed

    def status(self) -> Status:
        """Return the counts; state, pid and times are the worker's to fill in."""
        phases = tuple(tally.count() for tally in list(self.phases))
        speeds = {name: pace.rate() for name, pace in list(self.paces.items()) if pace.heard}
        told = self.meter.told()
        return Status(
            done=sum(phase.done for phase in phases),
            failed=sum(phase.failed for phase in phases),
            total=sum(phase.total for phase in phases),
            phases=phases,
            calls=self.calls,
            cached=self.cached,
            retries=self.retries,
            unreadable=self.unreadable,
            schemas=self.schemas,
            tokens_in=self.tokens_in,
            tokens_out=self.tokens_out,
            cost=self.paid_cost + told["rented"],
            in_flight=self.in_flight,
            concurrency=sum(int(limiter.limit) for limiter in self.limiters),
            funnel=dict(self.funnel),
            errors=dict(self.errors),
            answered=dict(self.answered),
            unanswered={role: dict(found.counts) for role, found in list(self.unanswered.items())},
            latency=self.latency,
            speeds=speeds,
            left_s=self.left(sum(speeds.values())),
            learnt=dict(self.learnt),
            budget_from=dict(self.budget_from),
            **told,
        )
