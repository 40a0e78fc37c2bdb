"""Finds out what an engine can do, and whether it takes what a run sends, step by step and in a minute at most."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from engine.core.errors import ItemFailure
from engine.core.protocol import Backend, Chat, Message, Probe, PromptRef, Sampling
from engine.core.resending import surely
from engine.models.backends.openai import OpenAICompatible

T = TypeVar("T")
SAMPLE = 8
"""Replies that are asked for at once: enough for a server to batch, few enough for a laptop."""
LONGEST_S = 60.0
"""Seconds after which a probe ends with what it has."""
STEPS = (
    "lists its models, obeys a schema?",
    "a call as runs make it",
    "log-probabilities?",
    f"speed, {SAMPLE} replies at once",
)
"""What `measure` does, in order."""
_ENDS = (0.4, 0.6, 0.7, 0.98)
"""When each step ends, as a share of the whole time; what is done sooner leaves its time to the rest."""
SCHEMAS, ORDINARY, LOGPROBS, SPEED = "schemas", "a call as runs make it", "log-probabilities", "speed"
"""What may be left unmeasured."""
_LONGEST = 96
_QUESTION = "Explain step by step how to add 3/8 and 5/12, then check the result in another way."
_GREEDY = Sampling(temperature=0.0, top_p=1.0, top_k=-1, max_tokens=16)
Step = Callable[[int], None]
"""Called with the place of the step in `STEPS` when it begins."""


def _quiet(step: int) -> None:
    """Say nothing of a step."""


async def measure(
    backend: Backend,
    model: str,
    on_step: Step = _quiet,
    sampling: Sampling | None = None,
    longest_s: float = LONGEST_S,
) -> Probe:
    """Probe an engine, send it what a run sends, and measure `model` on a small sample.

    What was learnt of the address before is forgotten: another server may stand there now.
    `sampling` is that of the run, with its longest reply; the default is that of the recipes. Without a model it is a
    probe like any other. It ends after `longest_s` with what it has, and names what is missing (`unmeasured`).
    """
    if not isinstance(backend, OpenAICompatible):
        on_step(0)
        return await backend.probe(model)
    backend.forget()
    return await _Measurement(backend, model, on_step, sampling or Sampling(), longest_s).run()


async def brief(backend: Backend, model: str, longest_s: float) -> Probe:
    """Probe an engine, without a sample; one that lists its models and is too slow for more is there all the same."""
    if not isinstance(backend, OpenAICompatible):
        return await backend.probe(model)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(longest_s):
            return await backend.probe(model)
    except TimeoutError:
        backend.give_up()
    listed = await asyncio.wait_for(backend.probe(""), longest_s)
    said = f"{listed.detail}, and gave no whole reply within {longest_s:g} s"
    return replace(listed, detail=said, seconds=time.perf_counter() - began, unmeasured=(SCHEMAS, ORDINARY))


@dataclass
class _Measurement:
    """One measurement, with what it has so far."""

    backend: OpenAICompatible
    model: str
    on_step: Step
    sampling: Sampling
    longest_s: float
    unmeasured: list[str] = field(default_factory=list)
    pieces: int = 0
    """Pieces of replies that have been heard in the present step."""
    ever: int = 0

    def __post_init__(self) -> None:
        self.began = time.perf_counter()

    async def run(self) -> Probe:
        backend, model = self.backend, self.model
        self.on_step(0)
        found = await self._listed()
        if not (found.ok and model):
            return found
        try:
            found = await self._in_time(0, backend.probe(model), found, SCHEMAS)
            if not found.ok:
                return found
            self.on_step(1)
            await self._in_time(1, self._conforms(), None, ORDINARY)
            self.on_step(2)
            said = await self._in_time(2, backend.says_logprobs(model), False, LOGPROBS)
            self.on_step(3)
            speed = await self._speed()
        except ItemFailure as failure:
            return replace(found, ok=False, detail=f"{found.detail}, but: {failure}", learnt=backend.learnt(model))
        return self._told(replace(found, logprobs=said, tokens_per_second=speed, learnt=backend.learnt(model)))

    async def _listed(self) -> Probe:
        """Ask for the models alone: even a server that is too slow for a reply lists them."""
        try:
            async with asyncio.timeout(self._left(0)):
                said = await self.backend.probe("")
            context = dict(zip(said.models, said.contexts, strict=False)).get(self.model, said.context_length)
            return replace(said, context_length=context)
        except TimeoutError:
            seconds = time.perf_counter() - self.began
            return Probe(False, f"it does not even list its models within {seconds:.0f} s", seconds=seconds)

    def _told(self, found: Probe) -> Probe:
        if not self.unmeasured:
            return found
        passed = time.perf_counter() - self.began
        detail = f"{found.detail}; ended after {passed:.0f} s without knowing: {', '.join(self.unmeasured)}"
        if not self.ever and {SCHEMAS, ORDINARY, SPEED} <= {*self.unmeasured}:
            why = f"{found.detail}, but not one word of a reply came within {passed:.0f} s"
            return replace(found, ok=False, detail=why, seconds=passed, unmeasured=tuple(self.unmeasured))
        return replace(found, detail=detail, unmeasured=tuple(self.unmeasured))

    def _left(self, step: int) -> float:
        return max(0.0, self.began + _ENDS[step] * self.longest_s - time.perf_counter())

    async def _in_time(self, step: int, asked: Coroutine[Any, Any, T], otherwise: T, name: str) -> T:
        """Return what a step finds out; `otherwise` where its time is over, and what it was about is not known."""
        try:
            async with asyncio.timeout(self._left(step)):
                return await asked
        except TimeoutError:
            self.backend.give_up()
            self.unmeasured.append(name)
            return otherwise

    async def _conforms(self) -> None:
        """Send what runs send. What a server refuses it refuses before it writes, so a first word is enough."""
        # Judges are greedy and writers are not, and a model may take one and refuse the other.
        for sampling in (self.sampling, _GREEDY):
            self.pieces = 0
            asked = asyncio.ensure_future(self.backend.conform(self.model, sampling, self._hear))
            try:
                async with asyncio.timeout(self._left(1) / 2):
                    await asyncio.shield(asked)
            except TimeoutError:
                if not self.pieces:
                    raise
            finally:
                await _ended(asked)

    async def _speed(self) -> float:
        """Return reply tokens per second over the sample, or over what came of it in time; 0 where nothing did."""
        self.pieces, began = 0, time.perf_counter()
        asked = [
            asyncio.ensure_future(surely(partial(self.backend.complete, _chat(number), self.model, self._hear)))
            for number in range(SAMPLE)
        ]
        try:
            finished, late = await asyncio.wait(asked, timeout=self._left(3), return_when=asyncio.FIRST_EXCEPTION)
            passed = time.perf_counter() - began
        finally:
            for each in asked:
                await _ended(each)
        whole = sum(each.result().tokens_out for each in finished)
        # Where replies were cut short, pieces were counted, of all of them; a piece is a token or a few.
        tokens = max(self.pieces, whole) if late else whole
        if late and not tokens:
            self.unmeasured.append(SPEED)
        return tokens / passed

    def _hear(self, pieces: int) -> None:
        self.pieces += pieces
        self.ever += pieces


async def _ended(task: asyncio.Future[Any]) -> None:
    """Cancel what has not ended, which closes its connection, so that the server may give it up as well."""
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _chat(number: int) -> Chat:
    # Different seeds, so that no cache answers in the model's place.
    sampling = Sampling(temperature=0.8, top_p=1.0, top_k=-1, max_tokens=_LONGEST, seed=number)
    return Chat("probe", (Message("user", _QUESTION),), PromptRef("probe", ""), sampling)
