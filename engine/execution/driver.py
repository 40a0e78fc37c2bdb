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

from engine.core.errors import ItemFailure, PluginError, RunStopped, UnreadableReply, UnusableReply, boundary
from engine.core.protocol import Chat, Item, Phase, Together
from engine.core.records import Failure, ItemDone, content_id
from engine.core.settings import Running
from engine.execution.client import Client, ItemTrace
from engine.execution.endpoint_health import EndpointHealths
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
    usage: Usage
    completed_items: CompletedItems = field(default_factory=CompletedItems)
    control: RunControl = field(default_factory=RunControl)
    retry_failed: bool = False
    healths: EndpointHealths = field(default_factory=EndpointHealths)


async def converse(phase: Phase, context: RunContext) -> None:
    """Hold the conversations of all items of a phase and journal what comes of them.

    Items that the journal has as done are skipped, failed ones too unless `retry_failed`. Raises RunStopped when the
    run is paused, cancelled, out of budget or cannot go on (`reason` and message say which); everything paid for
    is in the journal then, and the same call again goes on from there.
    """
    usage, control, running = context.usage, context.control, context.running
    usage.begin(phase.name, phase.total)
    client = Client(
        context.run_id, context.roles, context.journal, context.cache, running, usage, control, context.healths
    )
    desk = _ItemWorkers(iter(phase.items), client, context.completed_items, context.retry_failed)
    try:
        await desk.work(running.concurrency + running.lookahead)
    finally:
        client.close()
        usage.close()
    control.check()


class _ItemWorkers:
    """Workers that pull items from one iterator."""

    def __init__(
        self, items: Iterator[Item], client: Client, completed_items: CompletedItems, retry_failed: bool
    ) -> None:
        self.items, self.client, self.completed_items, self.retry_failed = items, client, completed_items, retry_failed

    async def work(self, slots: int) -> None:
        """Run until the items are used up or the run is stopped."""
        control = self.client.control
        workers: set[asyncio.Task[Any]] = {asyncio.create_task(self._worker()) for _ in range(slots)}
        ended: asyncio.Task[Any] = asyncio.create_task(control.ended.wait())
        try:
            pending = set(workers)
            while pending and not control.stopped:
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
        control, since = self.client.control, time.monotonic()
        while pending and time.monotonic() - since < control.leave_time(self.client.running.longest_s):
            finished, pending = await asyncio.wait(pending, timeout=_STEP)
            _raise_first(finished)

    async def _worker(self) -> None:
        control = self.client.control
        for item in self.items:
            if control.stopped:
                return
            if (outcome := self._settled(item)) is not None:
                self.client.usage.item(outcome, settled=True)
                continue
            try:
                await self._run(item)
            except RunStopped as stopped:
                control.stop(stopped.reason, str(stopped))
                return
            # Items that never had to wait must not keep the others from the loop.
            await asyncio.sleep(0)

    def _settled(self, item: Item) -> str | None:
        """Return the outcome of an item that needs no more work."""
        outcome = self.completed_items.outcome(item.id)
        return None if outcome == FAILED and self.retry_failed else outcome

    async def _run(self, item: Item) -> None:
        client = self.client
        client.usage.opened += 1
        begun = client.journal.end
        trace = ItemTrace(
            item.id, client.usage.opened, earlier_failure=self.completed_items.earlier_failures.get(item.id)
        )
        try:
            with boundary(PluginError, f"item {item.id}"):
                outcome = str(await self._hold(item.way(), trace))
        except ItemFailure as failure:
            client.write(self._failure(failure, trace))
            outcome = FAILED
        client.write(ItemDone(client.run_id, item.id, outcome, time.time()), begun)
        client.usage.item(outcome)

    async def _hold(self, talk: Generator[Any, Any, Any], trace: ItemTrace) -> Any:
        """Drive one generator to its end and return what it returns."""
        client = self.client
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
                        value = await client.answer(asked, trace)
                    elif type(asked) is Together:
                        value = await self._together(asked, trace)
                    else:
                        client.write(asked)
                except ItemFailure as met:
                    failure = met
        finally:
            talk.close()

    async def _together(self, asked: Together, trace: ItemTrace) -> tuple[Any, ...]:
        """Hold talks at the same time; each gives its result or its failure, in order."""
        # A run that stops lets every one of them come home, so none is cancelled because another one ended.
        results = await asyncio.gather(*(self._alone(talk, trace) for talk in asked.talks), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, ItemFailure):
                raise result
        return tuple(results)

    async def _alone(self, talk: Generator[Any, Any, Any], trace: ItemTrace) -> Any:
        try:
            with boundary(PluginError, f"item {trace.item_id}"):
                return await self._hold(talk, trace)
        except ItemFailure as failure:
            return failure

    def _failure(self, failure: ItemFailure, trace: ItemTrace) -> Failure:
        run_id, stage, message = self.client.run_id, trace.stage, _printable(str(failure))
        self.client.usage.unreadable += isinstance(failure, UnreadableReply | UnusableReply)
        _log.info("item %s failed at %s: %s", trace.item_id, stage or "start", message)
        ident = content_id("F", run_id, trace.item_id, stage, failure.boundary, message)
        raw = _printable(failure.raw[:_RAW_AT_MOST])
        return Failure(ident, run_id, trace.item_id, stage, failure.boundary, message, raw, at=time.time())


def _printable(text: str) -> str:
    """Return `text` without lone surrogates, which no journal line can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _raise_first(tasks: set[asyncio.Task[Any]]) -> None:
    """Let an error of the machine itself out; failures of items never come this far."""
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
