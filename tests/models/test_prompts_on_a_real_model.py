"""Prompts, schemas and readers on a pretrained model of 135 M weights: what it says in a schema can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from engine.core.project import EngineSpec
from engine.core.protocol import Sampling
from engine.learning.evaluation import prompt_bench
from engine.models.backends.openai import OpenAICompatible
from tests.support import llama_host

pytestmark = pytest.mark.models
TASKS = ("knowledge/keep", "judges/solution", "solving/difficulty")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with llama_host.hosted(llama_host.smollm2()) as url:
        yield url


def test_held_to_a_schema_every_reply_is_readable(address: str) -> None:
    """Half of the seeds are Chinese; what the replies are worth is another question."""

    async def run() -> list[prompt_bench.PromptScore]:
        backend = OpenAICompatible("real", EngineSpec(base_url=address))
        try:
            return await prompt_bench.measure(
                backend, llama_host.MODEL, prompt_bench.built_in(2), asked=("schema",), tasks=TASKS,
                sampling=Sampling(max_tokens=128), concurrency=4,
            )  # fmt: skip
        finally:
            await backend.aclose()

    scores = asyncio.run(run())
    assert {score.prompt for score in scores} == set(TASKS), "the server is known to enforce schemas"
    assert [
        (score.prompt, score.readable, dict(score.faults)) for score in scores if score.readable < score.calls
    ] == []
    assert sum(score.lost for score in scores) == 0
