"""The conversation driver: the only place where questions meet engines.

A worker per slot pulls items, lazily; each item's way is a generator that yields chats, several talks together,
or finished records. A chat is answered from the reply cache or by its engine, a record is journalled at once.
An item that fails is a `Failure` in the journal; the run goes on. The rest of the machine is engine.conversing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.core.errors import ItemFailure, PluginError, RunStopped, UnreadableReply, boundary
from engine.core.protocol import Chat, Item, Phase, Together
from engine.core.records import Failure, ItemDone, content_id
from engine.core.settings import Running
from engine.execution.client import Client, ItemTrace
from engine.execution.reply_cache import ReplyCache
from engine.execution.run_control import RunControl
from engine.execution.usage import Usage
from engine.models.roles import Engine, RoleMap, RoleModel
from engine.runs.completed import FAILED, CompletedItems
from engine.runs.journal import Journal

__all__ = [
    "CompletedItems",
    "Engine",
    "ReplyCache",
    "RoleMap",
    "RoleModel",
    "RunContext",
    "RunControl",
    "Usage",
    "converse",
]

_log = logging.getLogger(__name__)
_RAW_AT_MOST = 20_000
_STEP = 0.05


@dataclass(frozen=True, slots=True)
class RunContext:
    """What all conversations of a run share: who is asked, what is known, where it is written, what it may spend."""

    run_id: str
    roles: RoleMap
    journal: Journal
    cache: ReplyCache
    running: Running
    meter: Usage
    ledger: CompletedItems = field(default_factory=CompletedItems)
    course: RunControl = field(default_factory=RunControl)
    retry_failed: bool = False


async def converse(phase: Phase, context: RunContext) -> None:
    """Hold the conversations of all items of a phase and journal what comes of them.

    Items that the ledger has as done are skipped, failed ones too unless `retry_failed`. Raises RunStopped when the
    run is paused, cancelled, out of budget or cannot go on (`reason` and message say which); everything paid for
    is in the journal then, and the same call again goes on from there.
    """
    meter, course, running = context.meter, context.course, context.running
    meter.begin(phase.name, phase.total)
    caller = Client(context.run_id, context.roles, context.journal, context.cache, running, meter, course)
    desk = _ItemWorkers(iter(phase.items), caller, context.ledger, context.retry_failed)
    try:
        await desk.work(running.concurrency + running.lookahead)
    finally:
        caller.close()
        meter.close()
    course.check()


class _ItemWorkers:
    """Workers that pull items from one iterator."""

    def __init__(self, items: Iterator[Item], caller: Client, ledger: CompletedItems, retry_failed: bool) -> None:
        self.items, self.caller, self.ledger, self.retry_failed = items, caller, ledger, retry_failed

    async def work(self, slots: int) -> None:
        """Run until the items are used up or the run is stopped."""
        course = self.caller.course
        workers: set[asyncio.Task[Any]] = {asyncio.create_task(self._worker()) for _ in range(slots)}
        ended: asyncio.Task[Any] = asyncio.create_task(course.ended.wait())
        try:
            pending = set(workers)
            while pending and not course.stopped:
                finished, waiting = await asyncio.wait(pending | {ended}, return_when=asyncio.FIRST_COMPLETED)
                pending = waiting - {ended}
                _raise_first(finished - {ended})
            await self._leave(pending)
        finally:
            ended.cancel()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, ended, return_exceptions=True)

    async def _leave(self, pending: set[asyncio.Task[Any]]) -> None:
        """Give calls in flight time to come home: their replies are paid for."""
        course, since = self.caller.course, time.monotonic()
        while pending and time.monotonic() - since < course.leave_time(self.caller.running.timeout_s):
            finished, pending = await asyncio.wait(pending, timeout=_STEP)
            _raise_first(finished)

    async def _worker(self) -> None:
        course = self.caller.course
        for item in self.items:
            if course.stopped:
                return
            if (outcome := self._settled(item)) is not None:
                self.caller.meter.item(outcome)
                continue
            try:
                await self._run(item)
            except RunStopped as stopped:
                course.stop(stopped.reason, str(stopped))
                return
            # Items that never had to wait must not keep the others from the loop.
            await asyncio.sleep(0)

    def _settled(self, item: Item) -> str | None:
        """Return the outcome of an item that needs no more work."""
        outcome = self.ledger.outcome(item.id)
        return None if outcome == FAILED and self.retry_failed else outcome

    async def _run(self, item: Item) -> None:
        caller = self.caller
        trail = ItemTrace(item.id, setback=self.ledger.setbacks.get(item.id))
        try:
            with boundary(PluginError, f"item {item.id}"):
                outcome = str(await self._hold(item.way(), trail))
        except ItemFailure as failure:
            caller.write(self._failure(failure, trail))
            outcome = FAILED
        caller.write(ItemDone(caller.run_id, item.id, outcome, time.time()))
        caller.meter.item(outcome)

    async def _hold(self, talk: Generator[Any, Any, Any], trail: ItemTrace) -> Any:
        """Drive one generator to its end and return what it returns."""
        caller = self.caller
        value: Any = None
        failure: ItemFailure | None = None
        try:
            while True:
                try:
                    asked = talk.send(value) if failure is None else talk.throw(failure)
                except StopIteration as end:
                    return end.value
                value, failure = None, None
                try:
                    if type(asked) is Chat:
                        value = await caller.answer(asked, trail)
                    elif type(asked) is Together:
                        value = await self._together(asked, trail)
                    else:
                        caller.write(asked)
                except ItemFailure as met:
                    failure = met
        finally:
            talk.close()

    async def _together(self, asked: Together, trail: ItemTrace) -> tuple[Any, ...]:
        """Hold talks at the same time; each gives its result or its failure, in order."""
        # A run that stops lets every one of them come home, so none is cancelled because another one ended.
        results = await asyncio.gather(*(self._alone(talk, trail) for talk in asked.talks), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, ItemFailure):
                raise result
        return tuple(results)

    async def _alone(self, talk: Generator[Any, Any, Any], trail: ItemTrace) -> Any:
        try:
            with boundary(PluginError, f"item {trail.item_id}"):
                return await self._hold(talk, trail)
        except ItemFailure as failure:
            return failure

    def _failure(self, failure: ItemFailure, trail: ItemTrace) -> Failure:
        run_id, stage, message = self.caller.run_id, trail.stage, _printable(str(failure))
        self.caller.meter.unreadable += isinstance(failure, UnreadableReply)
        _log.info("item %s failed at %s: %s", trail.item_id, stage or "start", message)
        ident = content_id("F", run_id, trail.item_id, stage, failure.boundary, message)
        raw = _printable(failure.raw[:_RAW_AT_MOST])
        return Failure(ident, run_id, trail.item_id, stage, failure.boundary, message, raw, at=time.time())


def _printable(text: str) -> str:
    """Return `text` without lone surrogates, which no journal line can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _raise_first(tasks: set[asyncio.Task[Any]]) -> None:
    """Let an error of the machine itself out; failures of items never come this far."""
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
