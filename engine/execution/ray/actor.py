"""An actor: holds the conversations of its batches with a driver of its own, and journals them in its own shard."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson

from engine.core.errors import LemmaError, PluginError, RunStopped
from engine.core.protocol import Phase
from engine.core.settings import Cluster
from engine.execution.driver import CompletedItems, ReplyCache, RunContext, RunControl, Usage, converse
from engine.execution.heartbeat import Heartbeat
from engine.execution.ray.batch import SentItem, opened
from engine.execution.ray.begun import BegunBatches, done_in
from engine.execution.ray.origin import Origin
from engine.execution.ray.replica import Replica
from engine.execution.reply_cache import PaidBefore
from engine.models.registry import connect
from engine.models.roles import RoleMap
from engine.runs.journal import Journal, unwritable
from engine.runs.plan import AskingPlan, load_plan_as
from engine.runs.status import Status

_BUFFER = 1 << 16
_ITEMS = "items"
"""Outcomes of items are counted where the shards are poured."""


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What an actor tells the head about one batch; the records go by way of its shard."""

    cached: int = 0
    retries: int = 0
    unreadable: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    learnt: dict[str, str] = field(default_factory=dict)
    """What endpoints were found not to take, in words by ENGINE:MODEL."""
    stop: str = ""
    """Why no further batch should be sent: paused, cancelled or failed; '' where all is well."""
    message: str = ""
    answered: dict[str, int] = field(default_factory=dict)
    unanswered: dict[str, dict[str, int]] = field(default_factory=dict)

    def packed(self) -> bytes:
        """Return it as JSON."""
        return orjson.dumps(asdict(self))

    @staticmethod
    def parse(text: bytes) -> BatchReport:
        """Return what `packed` wrote."""
        return BatchReport(**orjson.loads(text))


class Actor:
    """What `map_batches` makes in each actor. An actor that cannot start says so with its first batch."""

    def __init__(self, run_dir: str, phase: str, slots: int, origin: Origin, shared: tuple[Any, ...]) -> None:
        """`slots` calls at a time for each batch; `shared` are the objects that all items of the phase hold."""
        self.run_dir, self.phase, self.shared = Path(run_dir), phase, shared
        self.trouble: BatchReport | None = None
        self.courses: set[RunControl] = set()
        self.loop = _loop()
        threading.Thread(target=self.loop.run_forever, name="driver", daemon=True).start()
        if different := origin.difference(self.run_dir):
            self.trouble = BatchReport(stop="failed", message=different)
            return
        try:
            self._open(load_plan_as(self.run_dir, AskingPlan), slots)
        except (LemmaError, OSError) as error:
            self.trouble = BatchReport(stop="failed", message=str(error))

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[bytes]]:
        """Take batches and return, for each, what there is to say about it."""
        return {"said": [self._take(bytes(item_batch)).packed() for item_batch in batch[_ITEMS]]}

    def _open(self, plan: AskingPlan, slots: int) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}-{time.time_ns()}"
        shard = self.run_dir / "shards" / name / "journal"
        self.plan_id = plan.id
        # Kept, because a replica ends when nobody holds it.
        self.replicas, self.roles = _connected(plan, plan.cluster or Cluster(), shard.parent)
        # What the whole run has spent is the head's to know.
        unlimited = {"concurrency": slots, "budget_calls": None, "budget_tokens": None, "budget_usd": None}
        self.running = plan.recipe.settings.running.model_copy(update=unlimited)
        self.shard, self.journal = shard, Journal(shard, buffer=_BUFFER, poured=True)
        self.begun = BegunBatches(self.run_dir, shard)
        paid = [self.run_dir / "journal", *(self.run_dir.parent / Path(other).name / "journal" for other in plan.reuse)]
        self.cache = ReplyCache(shard, paid)
        # Never left: the thread goes down with the actor.
        self.heartbeat = Heartbeat(self.journal, self._obey, lambda: None, self._broken).__enter__()

    def _take(self, item_batch: bytes) -> BatchReport:
        if self.trouble:
            return self.trouble
        try:
            sent = opened(item_batch, self.shared)
        except PluginError as error:
            return BatchReport(stop="failed", message=str(error))
        completed_items = self._done_elsewhere(item_batch, [each.item.id for each in sent])
        said = asyncio.run_coroutine_threadsafe(self._hold(sent, completed_items), self.loop).result()
        self.journal.sync()
        return said

    def _done_elsewhere(self, item_batch: bytes, items: list[str]) -> CompletedItems:
        """Return what an actor that is gone did of this batch; what it was answered is not asked again."""
        journals = self.begun.begin(item_batch)
        for journal in journals:
            self.cache.also(journal)
        return done_in([*journals, self.shard] if journals else [], items)

    async def _hold(self, sent: list[SentItem], completed_items: CompletedItems) -> BatchReport:
        control = RunControl()
        completed_items.earlier_failures.update(
            {each.item.id: each.earlier_failure for each in sent if each.earlier_failure}
        )
        usage = Usage(self.running, PaidBefore(), Status())
        stop = message = ""
        self.courses.add(control)
        try:
            # What is sent has to be done, failed before or not; what this start has done of it is done.
            context = RunContext(
                self.plan_id, self.roles, self.journal, self.cache, self.running, usage, completed_items, control
            )
            await converse(Phase(self.phase, len(sent), [each.item for each in sent]), context)
        except RunStopped as stopped:
            stop, message = stopped.reason, str(stopped)
        finally:
            self.courses.discard(control)
        counted = usage.status()
        return BatchReport(
            counted.cached,
            counted.retries,
            counted.unreadable,
            dict(counted.errors),
            self.roles.learnt(),
            stop,
            message,
            counted.answered,
            counted.unanswered,
        )

    def _obey(self) -> None:
        """Stop where the head says so; called five times a second, beside the loop."""
        if not self.shard.exists():
            # A new start of the run has taken what was here.
            self._stop("cancelled", "the head has gone on without this actor")
            return
        try:
            reason = (self.run_dir / "shards" / "stop").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return
        self._stop(reason or "cancelled", "stopped by the head")

    def _broken(self, error: OSError) -> None:
        self._stop("failed", unwritable(error))

    def _stop(self, reason: str, message: str) -> None:
        # Parcels that come later stop at once.
        self.trouble = BatchReport(stop=reason, message=message)
        for control in list(self.courses):
            self.loop.call_soon_threadsafe(control.stop, reason, message)


def _connected(plan: AskingPlan, cluster: Cluster, folder: Path) -> tuple[list[Replica], RoleMap]:
    """Return the replicas and the models of the plan; engines with a replica are asked on this machine."""
    replicas = {name: Replica(command, folder / f"{name}.log") for name, command in cluster.replicas.items()}
    engines = dict(plan.engines)
    for name, replica in replicas.items():
        replica.wait()
        engines[name] = engines[name].model_copy(update={"base_url": replica.url})
    return list(replicas.values()), connect(engines, plan.recipe.roles)


def _loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
