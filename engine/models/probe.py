"""Finds out what an engine can do, and whether it takes what a run sends, step by step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from engine.core.errors import ItemFailure
from engine.core.protocol import Backend, Chat, Message, Probe, PromptRef, Sampling
from engine.models.backends.openai import OpenAICompatible

SAMPLE = 8
"""Replies that are asked for at once: enough for a server to batch, few enough for a laptop."""
STEPS = (
    "lists its models, obeys a schema?",
    "a call as runs make it",
    "log-probabilities?",
    f"speed, {SAMPLE} replies at once",
)
"""What `measure` does, in order."""
_LONGEST = 96
_QUESTION = "Explain step by step how to add 3/8 and 5/12, then check the result in another way."
_GREEDY = Sampling(temperature=0.0, top_p=1.0, top_k=-1, max_tokens=16)
Step = Callable[[int], None]
"""Called with the place of the step in `STEPS` when it begins."""


def _quiet(step: int) -> None:
    """Say nothing of a step."""


async def measure(backend: Backend, model: str, on_step: Step = _quiet, sampling: Sampling | None = None) -> Probe:
    """Probe an engine, send it what a run sends, and measure `model` on a small sample.

    What was learnt of the address before is forgotten: another server may stand there now.
    `sampling` is that of the run, with its longest reply; the default is that of the recipes. Without a model it is a
    probe like any other.
    """
    if isinstance(backend, OpenAICompatible):
        backend.forget()
    on_step(0)
    found = await backend.probe(model)
    if not (found.ok and model and isinstance(backend, OpenAICompatible)):
        return found
    try:
        on_step(1)
        # Judges are greedy and writers are not, and a model may take one and refuse the other.
        await backend.conform(model, sampling or Sampling())
        await backend.conform(model, _GREEDY)
        on_step(2)
        said = await backend.says_logprobs(model)
        on_step(3)
        speed = await _speed(backend, model)
    except ItemFailure as failure:
        return replace(found, ok=False, detail=f"{found.detail}, but: {failure}", learnt=backend.learnt(model))
    return replace(found, logprobs=said, tokens_per_second=speed, learnt=backend.learnt(model))


async def _speed(backend: OpenAICompatible, model: str) -> float:
    """Return reply tokens per second over the sample."""
    began = time.perf_counter()
    replies = await asyncio.gather(*(backend.complete(_chat(number), model) for number in range(SAMPLE)))
    return sum(reply.tokens_out for reply in replies) / (time.perf_counter() - began)


def _chat(number: int) -> Chat:
    # Different seeds, so that no cache answers in the model's place.
    sampling = Sampling(temperature=0.8, top_p=1.0, top_k=-1, max_tokens=_LONGEST, seed=number)
    return Chat("probe", (Message("user", _QUESTION),), PromptRef("probe", ""), sampling)
