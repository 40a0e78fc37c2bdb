"""One chat, answered from the cache or by its engine; retries, time-outs, budget and bookkeeping are here alone."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, replace

import orjson

from engine.core.errors import (
    BadSetting,
    ItemFailure,
    PluginError,
    ProviderError,
    Refused,
    RunStopped,
    Throttled,
    Unreachable,
)
from engine.core.protocol import Chat, Completion, Reply
from engine.core.records import JournalRecord, ReplyRow
from engine.core.settings import Running
from engine.execution.concurrency_limiter import ConcurrencyLimiter
from engine.execution.deadlines import Deadlines
from engine.execution.endpoint_health import EndpointHealth
from engine.execution.reply_cache import ReplyCache
from engine.execution.run_control import RunControl
from engine.execution.usage import Usage
from engine.models.backoff import LONGEST_OBEYED, backoff
from engine.models.roles import RoleMap, RoleModel
from engine.runs.completed import EarlierFailure
from engine.runs.journal import Journal


@dataclass(slots=True)
class ItemTrace:
    """Where an item is: the prompt it asked last, and what went wrong with it in an earlier start."""

    item_id: str
    stage: str = ""
    setback: EarlierFailure | None = None

    def adjust(self, chat: Chat, rereads: int) -> Chat:
        """Return `chat` as it is to be asked: what could not be read before is not taken from the cache again."""
        again = self.setback
        if again is None or again.boundary != "reply" or again.stage != chat.prompt.id:
            return chat
        step = again.times * (rereads + 1)
        sampling = replace(chat.sampling, seed=chat.sampling.seed + 1_000_003 * step)
        return replace(chat, attempt=chat.attempt + step, sampling=sampling)


class Client:
    """Answers chats. One per run."""

    def __init__(
        self,
        run_id: str,
        roles: RoleMap,
        journal: Journal,
        cache: ReplyCache,
        running: Running,
        meter: Usage,
        course: RunControl,
    ) -> None:
        """Open a line to every engine."""
        self.run_id, self.roles, self.journal, self.cache = run_id, roles, journal, cache
        self.running, self.meter, self.course = running, meter, course
        self._lines = {
            engine.name: EndpointHealth(
                engine, course.watch(ConcurrencyLimiter(running.concurrency, running.lookahead))
            )
            for engine in roles.engines
        }
        meter.gates = [line.gate for line in self._lines.values()]
        self._flights: dict[str, asyncio.Future[Reply] | None] = {}
        self._dice = random.Random()
        self._deadlines = Deadlines(running.timeout_s)

    async def answer(self, chat: Chat, trail: ItemTrace) -> Reply:
        """Return the reply to `chat`; raises the ItemFailure that it ended in, or RunStopped."""
        trail.stage = chat.prompt.id
        reread = chat.attempt > 0
        chat = trail.adjust(chat, self.running.reread)
        seat = self._seat(chat.role)
        request = chat.request_id(seat.address)
        if request in self._flights:
            return await self._join(request)
        if (reply := self.cache.get(request)) is not None:
            self.meter.cached += 1
            await asyncio.sleep(0)
            return reply
        self._flights[request] = None
        self.meter.unreadable += reread
        try:
            reply = await self._ask(chat, seat, request, trail.item_id)
        except BaseException as error:
            self._land(request, None, error if isinstance(error, Exception) else RunStopped("cancelled"))
            raise
        self._land(request, reply, None)
        return reply

    def close(self) -> None:
        """Take back what waits for calls that are over."""
        self._deadlines.close()

    def write(self, record: JournalRecord) -> None:
        """Journal a record; a journal that cannot be written ends the run."""
        try:
            self.journal.append(record)
        except OSError as error:
            raise self._broken(error) from error

    def _seat(self, role: str) -> RoleModel:
        try:
            return self.roles.seat(role)
        except BadSetting as unknown:
            self.course.stop("failed", str(unknown))
            raise RunStopped("failed", str(unknown)) from unknown

    async def _join(self, request: str) -> Reply:
        """Wait for the same request, which is in flight for another item."""
        flight = self._flights[request]
        if flight is None:
            flight = self._flights[request] = asyncio.get_running_loop().create_future()
        # Shielded: this item may be cancelled, the others still wait.
        reply = await asyncio.shield(flight)
        self.meter.cached += 1
        return replace(reply, cached=True)

    def _land(self, request: str, reply: Reply | None, error: Exception | None) -> None:
        flight = self._flights.pop(request)
        if flight is None or flight.done():
            return
        if reply is not None:
            flight.set_result(reply)
        elif error is not None:
            flight.set_exception(error)
            flight.exception()  # Looked at here: the one who waited may be gone by now.

    async def _ask(self, chat: Chat, seat: RoleModel, request: str, item_id: str) -> Reply:
        """Try until the engine answers, refuses, or the tries are used up."""
        line = self._lines[seat.engine.name]
        gate, tries = line.gate, 0
        while True:
            entered = gate.round if gate.slip_in() else await gate.enter(_said(chat) if gate.window else "")
            began = time.monotonic()
            try:
                completion = await self._try(chat, seat, gate, entered, began)
            except ItemFailure as failure:
                tries += 1
                await self._bear(failure, tries, line, began)
            else:
                line.reply(began)
                return self._keep(chat, seat, request, item_id, completion, time.monotonic() - began)

    async def _try(
        self, chat: Chat, seat: RoleModel, gate: ConcurrencyLimiter, entered: int, began: float
    ) -> Completion:
        """Call the engine once."""
        meter, task = self.meter, asyncio.current_task()
        assert task is not None
        meter.in_flight += 1
        try:
            self._afford()
            self._deadlines.start(task, began)
            completion = await seat.engine.backend.complete(chat, seat.model)
        except asyncio.CancelledError:
            if not self._deadlines.overdue(task):
                raise
            gate.trouble(entered)
            raise Unreachable(f"{seat.address}: no reply within {self.running.timeout_s:g} s") from None
        except (Throttled, Unreachable):
            gate.trouble(entered)
            raise
        except (ItemFailure, RunStopped):
            raise
        except Exception as escaped:
            raise PluginError(f"engine {seat.engine.name}: {type(escaped).__name__}: {escaped}") from escaped
        finally:
            self._deadlines.end(task)
            meter.in_flight -= 1
            gate.leave()
        gate.success()
        return completion

    async def _bear(self, failure: ItemFailure, tries: int, line: EndpointHealth, sent: float) -> None:
        """Wait for the next try after a failed one, or raise what ends the item or the run."""
        self.meter.errors[type(failure).__name__] += 1
        hopeless = isinstance(failure, Refused) or not isinstance(failure, ProviderError)
        if hopeless or tries > self.running.retries:
            if why := await line.verdict(failure, sent):
                self.course.stop("paused", why)
                self.course.check()
            raise failure
        self.meter.retries += 1
        await self.course.nap(self._wait(failure, tries, line.engine.name))

    def _afford(self) -> None:
        """Stop the run where its budget is spent."""
        self.course.check()
        if spent := self.meter.budget_spent(1):
            self.course.stop("paused", spent)
            self.course.check()

    def _wait(self, failure: ItemFailure, tries: int, engine: str) -> float:
        """Return seconds to wait before try number `tries` + 1."""
        asked = failure.retry_after if isinstance(failure, Throttled) else None
        if asked is None:
            return backoff(tries, self._dice)
        if asked > LONGEST_OBEYED:
            self.course.stop("paused", f"{engine} asks to come back in {asked / 60:.0f} minutes: {failure}")
            self.course.check()
        return asked + self._dice.uniform(0, 0.1 * asked)

    def _keep(
        self, chat: Chat, seat: RoleModel, request: str, item_id: str, completion: Completion, seconds: float
    ) -> Reply:
        """Journal a paid reply before anybody uses it."""
        c = completion
        cost = seat.engine.cost(c.tokens_in, c.tokens_out)
        row = ReplyRow(
            request, self.run_id, item_id, chat.role, seat.model, chat.prompt.id, chat.prompt.hash,
            orjson.dumps([[m.role, m.content] for m in chat.messages]).decode(),
            c.text, c.finish, c.tokens_in, c.tokens_out, seconds, cost, time.time(), chat.attempt, c.aside,
            orjson.dumps(chat.sampling).decode(),
        )  # fmt: skip
        try:
            self.cache.keep(row, self.journal)
        except OSError as error:
            raise self._broken(error) from error
        self.meter.paid(c, seconds, cost)
        return Reply(request, c.text, seat.model, c.finish, c.tokens_in, c.tokens_out, seconds, False, c.aside)

    def _broken(self, error: OSError) -> RunStopped:
        message = f"the journal cannot be written: {error.strerror or error}"
        self.course.stop("failed", message)
        return RunStopped("failed", message)


def _said(chat: Chat) -> str:
    """Return a prompt as an engine reads it, from its beginning."""
    return "\n".join(message.content for message in chat.messages)
