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
    NotSent,
    PluginError,
    ProviderError,
    Refused,
    RunStopped,
    Throttled,
    TooSlow,
    Unreachable,
    UnusableReply,
)
from engine.core.protocol import UNUSABLE, Chat, Completion, HoldsSchemas, Reply
from engine.core.records import JournalRecord, ReplyRow
from engine.core.settings import Running
from engine.execution.deadlines import Deadlines
from engine.execution.endpoint_health import EndpointHealth, EndpointHealths
from engine.execution.endpoint_pace import OpenCall
from engine.execution.reply_cache import ReplyCache
from engine.execution.run_control import RunControl
from engine.execution.usage import Usage
from engine.models.backoff import FIRST_WAIT, LONGEST_OBEYED, QUICK_WAIT, backoff
from engine.models.roles import RoleMap, RoleModel
from engine.runs.completed import EarlierFailure
from engine.runs.journal import Journal, unwritable

_LATE = "no answer in time"
_LINES_S = 60.0
"""Seconds for which an endpoint that could not be asked about schemas is sent none."""


@dataclass(slots=True)
class ItemTrace:
    """Where an item is: the prompt it asked last, and what went wrong with it in an earlier start."""

    item_id: str
    rank: int = 0
    """Its place among the items that were begun: calls of earlier ones go first."""
    stage: str = ""
    earlier_failure: EarlierFailure | None = None

    def adjust(self, chat: Chat, rereads: int) -> Chat:
        """Return `chat` as it is to be asked: what could not be read before is not taken from the cache again."""
        again = self.earlier_failure
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
        usage: Usage,
        control: RunControl,
        healths: EndpointHealths | None = None,
    ) -> None:
        """Open a line to every engine; `healths` are what is known of them already."""
        self.run_id, self.roles, self.journal, self.cache = run_id, roles, journal, cache
        self.running, self.usage, self.control = running, usage, control
        known = healths or EndpointHealths()
        self._endpoints = {engine.name: known.of(engine, running, control) for engine in roles.engines}
        usage.limiters = [endpoint.limiter for endpoint in self._endpoints.values()]
        usage.paces = {name: endpoint.pace for name, endpoint in self._endpoints.items()}
        self._flights: dict[str, asyncio.Future[Reply] | None] = {}
        self._dice = random.Random()
        self._lines_until: dict[str, float] = {}
        self._deadlines = Deadlines(min(running.timeout_s, running.longest_s))

    async def answer(self, chat: Chat, trace: ItemTrace) -> Reply:
        """Return the reply to `chat`; raises the ItemFailure that it ended in, or RunStopped."""
        try:
            reply = await self._reply(chat, trace)
        except ItemFailure as failure:
            self.usage.without_answer(chat.role, str(failure))
            raise
        self.usage.answered[chat.role] += 1
        return reply

    async def _reply(self, chat: Chat, trace: ItemTrace) -> Reply:
        trace.stage = chat.prompt.id
        reread = chat.attempt > 0
        chat = trace.adjust(chat, self.running.reread)
        role_model = self._role_model(chat.role)
        chat = await self._formed(chat, role_model)
        request = chat.request_id(role_model.address)
        if request in self._flights:
            return await self._join(request)
        if (reply := self.cache.get(request)) is not None:
            self.usage.cached += 1
            await asyncio.sleep(0)
            if reply.finish == UNUSABLE:
                raise UnusableReply(f"{role_model.address}: the reply to this request could not be used, as before")
            return reply
        self._flights[request] = None
        self.usage.unreadable += reread
        try:
            reply = await self._ask(chat, role_model, request, trace)
        except BaseException as error:
            self._land(request, None, error if isinstance(error, Exception) else RunStopped("cancelled"))
            raise
        self._land(request, reply, None)
        return reply

    def close(self) -> None:
        """Take back what waits for calls that are over."""
        self._deadlines.close()

    def write(self, record: JournalRecord, begun: int | None = None) -> None:
        """Journal a record; a journal that cannot be written ends the run. `begun` as `Journal.append` has it."""
        try:
            self.journal.append(record, begun)
        except OSError as error:
            raise self._broken(error) from error

    def _role_model(self, role: str) -> RoleModel:
        try:
            return self.roles.role_model(role)
        except BadSetting as unknown:
            self.control.stop("failed", str(unknown))
            raise RunStopped("failed", str(unknown)) from unknown

    async def _formed(self, chat: Chat, role_model: RoleModel) -> Chat:
        """Return the chat with its schema where replies are held to one, else as one that asks for lines alone."""
        plain, backend = chat.plain(), role_model.engine.backend
        if not (chat.schema and self.running.schemas and isinstance(backend, HoldsSchemas)):
            return plain
        held = chat.held()
        # What was paid for is not asked again in another form.
        for known in (held, plain):
            if self.cache.get(known.request_id(role_model.address)) is not None:
                return known
        return held if await self._holds_schemas(backend, role_model) else plain

    async def _holds_schemas(self, backend: HoldsSchemas, role_model: RoleModel) -> bool:
        """Ask the endpoint. One that cannot be asked is sent none for a while, and the call meets what is wrong."""
        if time.monotonic() < self._lines_until.get(role_model.address, 0.0):
            return False
        try:
            async with asyncio.timeout(self.running.timeout_s):
                return await backend.holds_schemas(role_model.model)
        except (ProviderError, TimeoutError):
            self._lines_until[role_model.address] = time.monotonic() + _LINES_S
            return False

    async def _join(self, request: str) -> Reply:
        """Wait for the same request, which is in flight for another item."""
        flight = self._flights[request]
        if flight is None:
            flight = self._flights[request] = asyncio.get_running_loop().create_future()
        # Shielded: this item may be cancelled, the others still wait.
        reply = await asyncio.shield(flight)
        self.usage.cached += 1
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

    async def _ask(self, chat: Chat, role_model: RoleModel, request: str, trace: ItemTrace) -> Reply:
        """Try until the engine answers, refuses, or the tries are used up."""
        endpoint = self._endpoints[role_model.engine.name]
        if not endpoint.known:
            await endpoint.learn()
        limiter, tries, slow = endpoint.limiter, 0, 0
        while True:
            if not limiter.slip_in():
                await limiter.enter(_said(chat) if limiter.window else "", trace.rank)
            entered = limiter.round
            began = time.monotonic()
            call = endpoint.pace.begin(chat.sampling.max_tokens, began, slow)
            try:
                completion = await self._try(chat, role_model, endpoint, call, entered)
            except NotSent:
                continue  # At once, and with a time of its own: nobody has read it.
            except UnusableReply as failure:
                # Paid for: it counts, and the same request is not sent again.
                endpoint.reply(began)
                self.usage.errors[failure.reason] += 1
                billed = Completion("", UNUSABLE, failure.tokens_in, failure.tokens_out)
                self._keep(chat, role_model, request, trace.item_id, billed, time.monotonic() - began)
                raise
            except ItemFailure as met:
                failed = await self._named(met, role_model, endpoint, call)
                tries += not isinstance(failed, TooSlow)
                slow += isinstance(failed, TooSlow)
                await self._bear(failed, tries, slow, endpoint, began)
            else:
                endpoint.reply(began)
                return self._keep(chat, role_model, request, trace.item_id, completion, time.monotonic() - began)

    async def _try(
        self, chat: Chat, role_model: RoleModel, endpoint: EndpointHealth, call: OpenCall, entered: int
    ) -> Completion:
        """Call the engine once."""
        usage, task, limiter, pace = self.usage, asyncio.current_task(), endpoint.limiter, endpoint.pace
        assert task is not None
        usage.in_flight += 1
        stage = limiter.stage
        try:
            self._afford()
            self._deadlines.start(task, call)
            completion = await role_model.engine.backend.complete(chat, role_model.model, pace.listener(call))
            now = time.monotonic()
            pace.reply(call, completion.tokens_out, now)
        except asyncio.CancelledError:
            if not self._deadlines.overdue(task):
                raise
            limiter.trouble(entered, full=False)
            seconds = time.monotonic() - call.sent
            raise Unreachable(f"{role_model.address}: no reply within {seconds:.3g} s", reason=_LATE) from None
        except NotSent:
            raise
        except (Throttled, Unreachable) as failure:
            limiter.trouble(entered, full=isinstance(failure, Throttled))
            raise
        except UnusableReply:
            limiter.success()
            raise
        except (ItemFailure, RunStopped):
            raise
        except Exception as escaped:
            raise PluginError(f"engine {role_model.engine.name}: {type(escaped).__name__}: {escaped}") from escaped
        finally:
            self._deadlines.end(task)
            usage.in_flight -= 1
            pace.end(call)
            limiter.leave()
        kind = (role_model.model, chat.prompt.id)
        limiter.success(stage, kind, completion.tokens_out, now - call.sent, call.waited)
        return completion

    async def _named(
        self, failure: ItemFailure, role_model: RoleModel, endpoint: EndpointHealth, call: OpenCall
    ) -> ItemFailure:
        """Return a failure as what it is: a reply that did not come in time is too slow where the engine is at work."""
        if failure.reason != _LATE:
            return failure
        now = time.monotonic()
        if call.pieces and now < call.most:
            return Unreachable(
                f"{role_model.address}: silent for {now - call.last:.3g} s within its reply", reason=_LATE
            )
        if endpoint.pace.at_work(call) or not await endpoint.silent(call.sent):
            endpoint.pace.was_too_slow(call)
            last = now >= call.most
            return TooSlow(f"{role_model.address}: {endpoint.pace.too_slow(call, now)}", last=last)
        return failure

    async def _bear(self, failure: ItemFailure, tries: int, slow: int, endpoint: EndpointHealth, sent: float) -> None:
        """Wait for the next try after a failed one, or raise what ends the item or the run."""
        self.usage.errors[failure.reason] += 1
        hopeless = isinstance(failure, Refused) or not isinstance(failure, ProviderError)
        hopeless |= isinstance(failure, TooSlow) and (failure.last or slow > self.running.slow_retries)
        if hopeless or tries > self.running.retries:
            if why := await endpoint.verdict(failure, sent):
                self.control.stop("paused", why)
                self.control.check()
            raise failure
        self.usage.retries += 1
        # An engine that is at work needs no pause; the next try waits for a place among those under way.
        if not isinstance(failure, TooSlow):
            await self.control.nap(self._wait(failure, tries, endpoint.engine.name))

    def _afford(self) -> None:
        """Stop the run where its budget is spent."""
        self.control.check()
        if spent := self.usage.budget_spent(1):
            self.control.stop("paused", spent)
            self.control.check()

    def _wait(self, failure: ItemFailure, tries: int, engine: str) -> float:
        """Return seconds to wait before try number `tries` + 1."""
        asked = failure.retry_after if isinstance(failure, Throttled) else None
        if asked is None:
            # An answer that is none was written by an engine at work, which a quick second try does not burden.
            quick = not isinstance(failure, Throttled | Unreachable)
            return backoff(tries, self._dice, QUICK_WAIT if quick else FIRST_WAIT)
        if asked > LONGEST_OBEYED:
            self.control.stop("paused", f"{engine} asks to come back in {asked / 60:.0f} minutes: {failure}")
            self.control.check()
        return asked + self._dice.uniform(0, 0.1 * asked)

    def _keep(
        self, chat: Chat, role_model: RoleModel, request: str, item_id: str, completion: Completion, seconds: float
    ) -> Reply:
        """Journal a paid reply before anybody uses it."""
        c = completion
        cost = role_model.engine.cost(c.tokens_in, c.tokens_out)
        row = ReplyRow(
            request, self.run_id, item_id, chat.role, role_model.model, chat.prompt.id, chat.prompt.hash,
            orjson.dumps([[m.role, m.content] for m in chat.messages]).decode(),
            c.text, c.finish, c.tokens_in, c.tokens_out, seconds, cost, time.time(), chat.attempt, c.aside,
            orjson.dumps(chat.sampling).decode(),
        )  # fmt: skip
        try:
            self.cache.keep(row, self.journal)
        except OSError as error:
            raise self._broken(error) from error
        self.usage.paid(c, seconds, cost)
        self.usage.schemas += bool(chat.schema)
        return Reply(request, c.text, role_model.model, c.finish, c.tokens_in, c.tokens_out, seconds, False, c.aside)

    def _broken(self, error: OSError) -> RunStopped:
        self.control.stop("failed", unwritable(error))
        return RunStopped("failed", unwritable(error))


def _said(chat: Chat) -> str:
    """Return a prompt as an engine reads it, from its beginning."""
    return "\n".join(message.content for message in chat.messages)
