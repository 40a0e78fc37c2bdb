"""One start of a run, from lock to exit reason: what is open while it goes on, and what is said of it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.core.errors import RunStopped
from engine.core.protocol import Phase, Program
from engine.core.records import RunEvent, content_id
from engine.execution.driver import CompletedItems, ReplyCache, RunContext, RunControl, Usage, converse
from engine.execution.heartbeat import Heartbeat
from engine.execution.program import advance
from engine.execution.programs import Programs
from engine.execution.ray.head import Head
from engine.models.registry import connect
from engine.models.roles import RoleMap
from engine.runs import damage, held
from engine.runs.completed import FAILED
from engine.runs.damage import JournalDamage
from engine.runs.fruitless import unheard
from engine.runs.held import HourMeter
from engine.runs.journal import FILES, Journal, unwritable
from engine.runs.plan import AskingPlan, Plan, SolvePlan
from engine.runs.process import Process
from engine.runs.sharing import RunsBeside
from engine.runs.status import State, Status, control_word, load_status, save_last_status, save_status

log = logging.getLogger("engine.execution")
_BUFFER = 1 << 16
"""Bytes of records that may wait for the next sync."""
_LONGEST_STEP = 3600.0
"""Seconds that a paused run waits for a computation, rather than lose it."""


class RunSession:
    """One start of a run, from lock to exit reason."""

    def __init__(self, run_dir: Path, retry_failed: bool) -> None:
        """Go on from the status that an earlier start left behind."""
        self.run_dir, self.retry_failed = run_dir, retry_failed
        self.before = load_status(run_dir)
        self.meter = HourMeter(self.before)
        self.control = RunControl()
        self.damage = self.before.damage
        self.usage: Usage | None = None
        self.roles: RoleMap | None = None
        self.started = self.before.started or time.time()
        self.process_started = Process.of(os.getpid()).started

    def hold(self, plan: Plan) -> None:
        """Begin to count what is rented: engines cost while they load, too."""
        hardware = held.held(plan)
        shares = hardware.gpus or hardware.usd_per_hour
        self.meter.start(held.prices(plan), RunsBeside(self.run_dir, plan).since if shares else None)

    def wait(self, seconds: float) -> None:
        """Say that the run is alive while its server loads; RunStopped where somebody wants it to end."""
        self._report()
        word = control_word(self.run_dir)
        if word != "run":
            raise RunStopped("cancelled" if word == "cancel" else "paused", f"{word} on request, after {seconds:.0f} s")

    async def run(self, plan: Plan, known: Programs) -> None:
        """Walk through the program; RunStopped where it ends early."""
        self._report()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with _only_in_main_thread():
                loop.add_signal_handler(number, self.control.stop, "cancelled", "the process was asked to end")
        roles = self.roles = connect(plan.engines, plan.recipe.roles)
        journal = Journal(self.run_dir / "journal", buffer=_BUFFER)
        paid = plan.reuse if isinstance(plan, AskingPlan) else ()
        reuse = [self.run_dir.parent / Path(other).name / "journal" for other in paid]
        found = damage.examine(journal.folder, plan.id)
        damage.set_aside(found, journal)
        cache = ReplyCache(journal.folder, reuse)
        completed_items = CompletedItems.read(journal.folder)
        self._mend(plan, found, completed_items, cache)
        running = plan.recipe.settings.running
        usage = self.usage = Usage(running, cache.spent, self.before, self.meter)
        context = RunContext(
            plan.id, roles, journal, cache, running, usage, completed_items, self.control, self.retry_failed
        )  # fmt: skip
        log.info(
            "started: %s, %d replies and %d items in the journal",
            plan.id,
            cache.spent.calls,
            completed_items.counts().total(),
        )
        try:
            with Heartbeat(journal, lambda: self._obey(loop), self._report, lambda error: self._broken(loop, error)):
                program = known[plan.kind](plan, self.run_dir)
                await self._walk(program, context, self._head(plan, context))
                self._note(journal, plan, "finished", "")
        except RunStopped as stopped:
            self._note(journal, plan, stopped.reason, str(stopped))
            raise
        finally:
            await roles.aclose()
            cache.close()
            _close(journal)

    def _mend(self, plan: Plan, found: JournalDamage, completed_items: CompletedItems, cache: ReplyCache) -> None:
        """Have made again what was damaged, and say so."""
        said = [str(found)] if found.places else []
        ended = sum(self.before.funnel.values())
        if self.before.calls and not cache.spent.calls:
            said.append(f"{FILES[0]} holds none of {self.before.calls:,} replies that were paid for")
        if ended and not completed_items.counts():
            said.append(f"{FILES[1]} holds none of {ended:,} items that had ended: they are made again")
        if isinstance(plan, SolvePlan) and any(place.file == FILES[0] for place in found.places):
            # Its reply is all that comes of it. Elsewhere what was made of a lost reply stands, and none is asked for.
            found.again.add(f"solve {plan.problem_id}")
        # Failures are tried again anyway, in another way, where that was asked for.
        done = completed_items.outcome
        completed_items.reopen(item for item in found.again if not (self.retry_failed and done(item) == FAILED))
        if said:
            self.damage = "; ".join(said)
            log.warning("the journal was damaged: %s", self.damage)

    def _head(self, plan: Plan, context: RunContext) -> Head | None:
        """Return what spreads the run over its cluster; None for a run of this machine alone."""
        if isinstance(plan, AskingPlan) and plan.cluster:
            return Head(plan.cluster, plan.engines, context, self.run_dir)
        return None

    async def _walk(self, program: Program, context: RunContext, head: Head | None) -> None:
        """Hold the phases one after the other, journal what comes between them."""
        # Not waited for at the end: a computation that is abandoned goes down with the process.
        thread = ThreadPoolExecutor(1, thread_name_prefix="program")
        loop = asyncio.get_running_loop()
        try:
            while phase := await self._computed(
                loop.run_in_executor(thread, advance, program, context.journal, self.control, context.usage)
            ):
                log.info("phase %s: %d items", phase.name, phase.total)
                await (head.converse(phase) if head else converse(phase, context))
        finally:
            thread.shutdown(wait=False)
            if head:
                await head.aclose()

    async def _computed(self, coming: asyncio.Future[Phase | None]) -> Phase | None:
        """Wait for the program's next phase; a cancelled run does not wait for a long computation."""
        ended = asyncio.ensure_future(self.control.ended.wait())
        both: set[asyncio.Future[Any]] = {coming, ended}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        ended.cancel()
        if not coming.done():
            await asyncio.wait({coming}, timeout=self.control.leave_time(_LONGEST_STEP))
        if not coming.done():
            self.control.check()
        phase = await coming
        self.control.check()
        return phase

    def unheard(self) -> str:
        """Say which roles never answered, as far as they were asked; '' where all did."""
        return unheard(self.usage.status()) if self.usage else ""

    def end(self, state: State, reason: str) -> Status:
        """Write the last status and return it."""
        self.meter.look()
        status = self._status(state, reason).model_copy(update={"ended": time.time(), "in_flight": 0})
        try:
            save_last_status(self.run_dir, status)
        except OSError as error:
            log.error("status.json cannot be written: %s", error)
        return status

    def _report(self) -> None:
        stopped = self.control.stopped
        state: State = "running" if stopped is None else "pausing" if stopped.reason == "paused" else "stopping"
        save_status(self.run_dir, self._status(state, str(stopped or "")))

    def _status(self, state: State, reason: str) -> Status:
        counted = self.usage.status() if self.usage else self._unasked()
        learnt = counted.learnt | (self.roles.learnt() if self.roles else {})
        return counted.model_copy(
            update={
                "state": state,
                "reason": reason,
                "pid": os.getpid(),
                "process_started": self.process_started,
                "started": self.started,
                "heartbeat": time.time(),
                "ended": 0.0,
                "learnt": learnt,
                "damage": self.damage,
            }
        )

    def _unasked(self) -> Status:
        """Return the counts of a start that has asked nothing yet."""
        told = self.meter.told()
        cost = self.before.cost + told["rented"] - self.before.rented
        return self.before.model_copy(update=told | {"cost": cost})

    def _obey(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read the control word; called five times a second, beside the loop."""
        word = control_word(self.run_dir)
        if word == "cancel":
            loop.call_soon_threadsafe(self.control.stop, "cancelled", "cancelled on request")
        elif word == "pause":
            loop.call_soon_threadsafe(self.control.stop, "paused", "paused on request")

    def _broken(self, loop: asyncio.AbstractEventLoop, error: OSError) -> None:
        loop.call_soon_threadsafe(self.control.stop, "failed", unwritable(error))

    @staticmethod
    def _note(journal: Journal, plan: Plan, state: str, detail: str) -> None:
        """Journal the end of this start; a disk that is full has been reported already."""
        at = time.time()
        try:
            journal.append(RunEvent(content_id("RE", plan.id, state, at), plan.id, at, state, detail))
        except OSError as error:
            log.error("the last event is not in the journal: %s", error)


def _close(journal: Journal) -> None:
    try:
        journal.close()
    except OSError as error:
        log.error("the journal could not be forced onto the disk: %s", error)


@contextmanager
def _only_in_main_thread() -> Iterator[None]:
    """Signals reach the main thread alone; a run inside another thread goes without."""
    try:
        yield
    except (ValueError, RuntimeError):
        log.debug("no signal handler outside the main thread")
