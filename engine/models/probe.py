"""Finds out what an engine can do, beyond what every run must know: its speed, its log-probabilities."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from engine.core.errors import ItemFailure
from engine.core.protocol import Backend, Chat, Message, Probe, PromptRef, Sampling
from engine.models.backends.openai import OpenAICompatible

SAMPLE = 8
"""Replies that are asked for at once: enough for a server to batch, few enough for a laptop."""
_LONGEST = 96
_QUESTION = "Explain step by step how to add 3/8 and 5/12, then check the result in another way."


async def measure(backend: Backend, model: str) -> Probe:
    """Probe an engine and measure `model` on a small sample; without a model it is a probe like any other."""
    found = await backend.probe(model)
    if not (found.ok and model and isinstance(backend, OpenAICompatible)):
        return found
    try:
        said = await backend.says_logprobs(model)
        speed = await _speed(backend, model)
    except ItemFailure as failure:
        return replace(found, ok=False, detail=f"{found.detail}, but: {failure}")
    return replace(found, logprobs=said, tokens_per_second=speed)


async def _speed(backend: OpenAICompatible, model: str) -> float:
    """Return reply tokens per second over the sample."""
    began = time.perf_counter()
    replies = await asyncio.gather(*(backend.complete(_chat(number), model) for number in range(SAMPLE)))
    return sum(reply.tokens_out for reply in replies) / (time.perf_counter() - began)


def _chat(number: int) -> Chat:
    # Different seeds, so that no cache answers in the model's place.
    sampling = Sampling(temperature=0.8, top_p=1.0, top_k=-1, max_tokens=_LONGEST, seed=number)
    return Chat("probe", (Message("user", _QUESTION),), PromptRef("probe", ""), sampling)
