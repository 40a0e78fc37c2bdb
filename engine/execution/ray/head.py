"""The head of a phase: hands out batches through Ray Data, pours the shards, counts, and stops when it must."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import secrets
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from typing import Any

from engine.core.errors import BadSetting, LemmaError, MissingExtra
from engine.core.protocol import Completion, Item, Phase
from engine.core.records import ItemDone, JournalRecord, ReplyRow
from engine.core.settings import Cluster
from engine.execution.driver import RunContext
from engine.execution.ray import cluster as clusters
from engine.execution.ray.actor import Actor, BatchReport
from engine.execution.ray.batch import common, packed
from engine.execution.ray.origin import Origin
from engine.execution.ray.shard_merge import ActorShards
from engine.execution.ray.watch import ClusterWatch
from engine.runs.completed import FAILED
from engine.runs.journal import unwritable

_log = logging.getLogger(__name__)
_EVERY = 0.5
_CALLS_AT_ONCE = 2
"""Parcels that an actor holds at a time: while the last items of one end, the next is under way."""
_PARCEL = 4
"""Items of a batch per call at a time."""
_PARCELS = 4
"""Parcels per actor at least, so that all end together."""
_MOST_BY_ITSELF = 8
_LEAVE = 20.0
_HOME = 5.0
"""Seconds for actors to come home whose cluster is gone; what they write later is poured by the next start."""
_GRACE = 30.0
"""Seconds beyond a call's longest that actors get to stop."""


def check(cluster: Cluster, engines: Collection[str]) -> None:
    """Raise MissingExtra or BadSetting where a run with these engines cannot go this way."""
    if importlib.util.find_spec("ray") is None:
        raise MissingExtra("Ray is not installed.", do="Install it with: pip install 'lemma-studio[ray]'")
    clusters.place_of(clusters.address_of(cluster))
    for name, command in cluster.replicas.items():
        if name not in engines:
            known = ", ".join(sorted(engines)) or "none"
            raise BadSetting(f"{name!r} is no engine here; known: {known}.", where="--replica")
        if "{port}" not in command:
            raise BadSetting("the command of a replica must hold {port}.", where="--replica")


class Head:
    """The phases of one start of a run, on one cluster."""

    def __init__(self, cluster: Cluster, engines: Collection[str], context: RunContext, run_dir: Path) -> None:
        """Pour what an earlier start left in its shards; connections to the cluster come with the first phase."""
        check(cluster, engines)
        self.cluster, self.running, self.run_dir = cluster, context.running, run_dir.resolve()
        self.completed_items, self.usage, self.control = context.completed_items, context.usage, context.control
        self.retry_failed = context.retry_failed
        self._watch = ClusterWatch(cluster)
        self._loop = asyncio.get_running_loop()
        # One thread for all phases: the processes that Ray starts on this machine end with the thread that did.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="cluster")
        self._shards = ActorShards(self.run_dir, context.journal)
        self._shards.pour(self._take_left)
        self._shards.clear()

    async def converse(self, phase: Phase) -> None:
        """Hold the conversations of a phase; RunStopped as `engine.execution.driver.converse` raises it."""
        self.usage.begin(phase.name, phase.total)
        try:
            await self._accompany(self._loop.run_in_executor(self._thread, self._stream, phase))
        finally:
            self._pour()
            self.usage.close()
        self.control.check()
        self._shards.clear()

    async def aclose(self) -> None:
        """Leave the cluster; one that was started for this run ends."""
        if not self._watch.broken:
            left = self._loop.run_in_executor(self._thread, clusters.leave)
            await asyncio.wait({left}, timeout=_LEAVE)
        self._thread.shutdown(wait=False)

    async def _accompany(self, streamed: asyncio.Future[None]) -> None:
        """Pour, watch the budget and the cluster, pass on a stop, until the actors are done."""
        trouble = asyncio.ensure_future(self._watch.trouble())
        told, waited = False, 0.0
        try:
            while not streamed.done():
                await asyncio.wait({streamed}, timeout=_EVERY)
                self._pour()
                self._stop_for(trouble)
                if self.control.stopped and not told:
                    self._shards.stop(self.control.stopped.reason)
                    told = True
                waited += _EVERY if told else 0.0
                if waited > self._longest_way_home():
                    _log.warning("actors did not stop in time")
                    return
        finally:
            trouble.cancel()
        if streamed.exception() and await self._watch.absent():
            self._watch.broken = True
            self.control.stop("paused", self._watch.gone_words())
        self.control.check()
        await streamed

    def _stop_for(self, trouble: asyncio.Future[str]) -> None:
        """Stop where the budget is spent or the cluster is no more what it was."""
        if spent := self.usage.budget_spent():
            self.control.stop("paused", spent)
        if trouble.done():
            self.control.stop("paused", trouble.result())

    def _longest_way_home(self) -> float:
        """Return how many seconds actors get; those that have no node any more never come."""
        if self._watch.broken:
            return _HOME
        return self.control.leave_time(self.running.longest_s) + _GRACE

    def _stream(self, phase: Phase) -> None:
        """Send the batches and take what the actors say; runs in a thread of its own."""
        try:
            self._watch.place = clusters.join(self.cluster)
            shared, items = common(self._pending(phase.items))
            actors, slots = self._shape(clusters.require_room(self.cluster))
            size = max(1, min(_PARCEL * slots, phase.total // (actors * _PARCELS) or 1))
            rows = [{"items": packed(few, shared, self.completed_items)} for few in _fews(items, size)]
            _log.info("%s: %d batches for %d actors, %d calls at a time each", phase.name, len(rows), actors, slots)
            if rows:
                origin = Origin.here(secrets.token_hex(16))
                self._shards.open(origin.token)
                given = (str(self.run_dir), phase.name, slots, origin, shared)
                self._listen(_dataset(rows, actors, self.cluster.gpus, given))
        except LemmaError:
            raise
        except Exception as error:
            raise clusters.failed(error) from error

    def _listen(self, dataset: Any) -> None:
        for row in dataset.iter_rows():
            said = BatchReport.parse(row["said"])
            self.usage.cached += said.cached
            self.usage.retries += said.retries
            self.usage.unreadable += said.unreadable
            self.usage.errors.update(said.errors)
            self.usage.answered.update(said.answered)
            for role, found in said.unanswered.items():
                for why, times in found.items():
                    self.usage.without_answer(role, why, times)
            self.usage.learnt.update(said.learnt)
            if said.stop:
                self._loop.call_soon_threadsafe(self.control.stop, said.stop, said.message)

    def _pending(self, items: Iterable[Item]) -> Iterator[Item]:
        for item in items:
            outcome = self.completed_items.outcome(item.id)
            if outcome is None or (outcome == FAILED and self.retry_failed):
                yield item
            else:
                self.usage.item(outcome, settled=True)

    def _shape(self, room: int) -> tuple[int, int]:
        """Return how many actors there are, and how many calls at a time each makes for one batch."""
        cluster, most = self.cluster, self.running.concurrency
        actors = cluster.actors or (room if cluster.gpus else max(1, min(room // 2, _MOST_BY_ITSELF)))
        # A replica serves its actor alone; an endpoint is shared by all.
        each = most if cluster.replicas else most / actors
        return actors, max(1, round(each / _CALLS_AT_ONCE))

    def _pour(self) -> None:
        try:
            self._shards.pour(self._take)
        except OSError as error:
            self.control.stop("failed", unwritable(error))

    def _take(self, record: JournalRecord) -> None:
        """Count what was poured."""
        if isinstance(record, ItemDone):
            self.completed_items.note(record.item_id, record.outcome)
            self.usage.item(record.outcome)
        elif isinstance(record, ReplyRow):
            used = Completion("", tokens_in=record.tokens_in, tokens_out=record.tokens_out)
            self.usage.paid(used, record.seconds, record.cost)

    def _take_left(self, record: JournalRecord) -> None:
        if isinstance(record, ItemDone):
            self.completed_items.note(record.item_id, record.outcome)
        else:
            self._take(record)


def _fews(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while few := list(islice(items, size)):
        yield few


def _dataset(rows: list[dict[str, bytes]], actors: int, gpus: float, given: tuple[Any, ...]) -> Any:
    """Return the stream of what actors say; batches go to whichever actor has room."""
    import ray.data

    pool = ray.data.ActorPoolStrategy(
        size=actors,
        max_tasks_in_flight_per_actor=_CALLS_AT_ONCE,
        max_concurrent_calls_per_actor=_CALLS_AT_ONCE,
        enable_true_multi_threading=True,
    )
    dataset = ray.data.from_items(rows, override_num_blocks=len(rows))
    return dataset.map_batches(
        Actor, fn_constructor_args=given, batch_size=1, compute=pool, num_cpus=1, num_gpus=gpus or None
    )  # fmt: skip
