"""A real vLLM server with a tiny real model, started by the studio: requests, schemas, log-probabilities, its end.

vLLM and this project seldom live in one environment, so the server's interpreter may be another one: LEMMA_VLLM_PYTHON.
"""

from __future__ import annotations

import asyncio
import importlib.util
import math
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import orjson
import psutil
import pytest

from engine.core.project import EngineSpec
from engine.core.protocol import Backend, Chat, Completion, Message, Probe, PromptRef, Sampling
from engine.models import probe, registry, serving
from engine.models.serving import Server, metrics
from tests.support.tiny_model import word_problems

MODEL = Path(__file__).resolve().parents[2] / "assets" / "tiny"
CONTEXT = 512
READY_S = 300
SCHEMA = {
    "type": "object",
    "properties": {"verdict": {"enum": ["keep", "drop"]}, "score": {"enum": [1, 2, 3]}},
    "required": ["verdict", "score"],
    "additionalProperties": False,
}
_COMPACT = '{"backend": "xgrammar", "disable_any_whitespace": true}'
"""JSON may hold any number of blanks, and a model of two million weights likes them."""

pytestmark = [pytest.mark.models, pytest.mark.slow]


def _interpreter() -> str:
    """Return an interpreter that has vLLM; the tests are skipped where there is none."""
    named = os.environ.get("LEMMA_VLLM_PYTHON", "")
    if named:
        return named
    if importlib.util.find_spec("vllm") is None:
        pytest.skip("vLLM is not installed here, and LEMMA_VLLM_PYTHON names no interpreter that has it")
    return sys.executable


@pytest.fixture(scope="module")
def spec() -> EngineSpec:
    return EngineSpec(
        kind="managed", model=str(MODEL), served_name="tiny", python=_interpreter(), dtype="float32",
        max_model_len=CONTEXT, extra_args=("--enforce-eager", "--structured-outputs-config", _COMPACT),
        # A gigabyte of cache is plenty for a CPU build; a GPU ignores it.
        env=("VLLM_CPU_KVCACHE_SPACE=1", "HF_HUB_OFFLINE=1"),
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="module")
def server(folder: Path, spec: EngineSpec) -> Iterator[Server]:
    made = serving.start(folder, "rack", spec)
    try:
        serving.wait_ready(made, READY_S)
        yield made
    finally:
        serving.stop(made)


def _chat(number: int, **sampling: object) -> Chat:
    said = Sampling(**{"temperature": 0.8, "max_tokens": 24, "seed": number, **sampling})
    return Chat("writer", (Message("user", f"What is {number} + 1?"),), PromptRef("p", "h"), said)


async def _asked(folder: Path, spec: EngineSpec, chats: list[Chat]) -> list[Completion]:
    backend = _backend(folder, spec)
    try:
        return await asyncio.gather(*(backend.complete(chat, "tiny") for chat in chats))
    finally:
        await backend.aclose()


def _backend(folder: Path, spec: EngineSpec) -> Backend:
    return registry.make("rack", serving.resolved(folder, {"rack": spec})["rack"])


def _post(server: Server, path: str, **body: object) -> tuple[int, dict]:
    async def send():
        url = f"{server.base_url}{path}"
        async with aiohttp.ClientSession() as session, session.post(url, json={"model": "tiny", **body}) as answer:
            return answer.status, await answer.json()

    return asyncio.run(send())


def test_two_hundred_requests_and_the_metrics_of_vllm(server, folder, spec):
    before = metrics.read(server.base_url)
    said = asyncio.run(_asked(folder, spec, [_chat(number) for number in range(200)]))
    after = metrics.read(server.base_url)
    assert len(said) == 200
    assert all(one.tokens_in > 0 for one in said)
    assert after.tokens_out - before.tokens_out == sum(one.tokens_out for one in said)
    assert after.tokens_in - before.tokens_in == sum(one.tokens_in for one in said)
    assert (after.running, after.waiting) == (0, 0)


def test_the_probe_finds_schemas_and_log_probabilities(server, folder, spec):
    async def measured() -> Probe:
        backend = _backend(folder, spec)
        try:
            return await probe.measure(backend, "tiny")
        finally:
            await backend.aclose()

    found = asyncio.run(measured())
    assert (found.ok, found.models, found.context_length) == (True, ("tiny",), CONTEXT)
    assert (found.structured, found.logprobs) == (True, True)
    assert found.tokens_per_second > 0


def test_every_reply_obeys_its_schema(server):
    shape = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA}}
    asked = [{"role": "user", "content": "What is 3 + 4?"}]
    status, body = _post(
        server, "/chat/completions", messages=asked, n=16, max_tokens=200, temperature=1.0, response_format=shape
    )
    assert status == 200
    for choice in body["choices"]:
        said = orjson.loads(choice["message"]["content"])
        assert set(said) == {"verdict", "score"}
        assert said["verdict"] in ("keep", "drop")
        assert said["score"] in (1, 2, 3)


def test_perplexity_from_the_echo_tells_a_solution_from_its_words(server):
    """CL-31: the exponential of the mean negative log-likelihood."""

    def perplexity(text: str) -> float:
        _, body = _post(server, "/completions", prompt=text, echo=True, logprobs=0, max_tokens=1)
        scores = body["choices"][0]["logprobs"]["token_logprobs"][1:-1]
        return math.exp(-sum(scores) / len(scores))

    for number in range(5):
        known = word_problems.drawn(random.Random(number), held_out=True)
        turns = "".join(f"<|{role}|>{content}<|end|>" for role, content in word_problems.solving(known.statement))
        asked, mixed = f"{turns}<|assistant|>", " ".join(reversed(known.solution.split()))
        assert perplexity(f"{asked}{known.solution}<|end|>") < perplexity(f"{asked}{mixed}<|end|>")


def test_a_prompt_that_is_too_long_is_refused_with_its_reason(server):
    status, body = _post(server, "/chat/completions", messages=[{"role": "user", "content": "apples " * 2000}])
    assert status == 400
    assert "context length" in orjson.dumps(body).decode()


def test_stop_leaves_nothing_and_a_start_takes_the_port_again(server, folder, spec):
    """Last, for it ends the server that the tests before it share."""
    family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
    assert len(family) > 1
    serving.stop(server)
    assert not any(process.is_running() for process in family)
    again = serving.start(folder, "rack", spec)
    try:
        assert again.port == server.port
        serving.wait_ready(again, READY_S)
        assert len(asyncio.run(_asked(folder, spec, [_chat(1)]))) == 1
        engines = psutil.Process(again.pid).children(recursive=True)
        os.kill(again.pid, signal.SIGKILL)
        until = time.monotonic() + 10
        while serving.health(again).word != "dead" and time.monotonic() < until:
            time.sleep(0.1)
        assert serving.health(again).word == "dead"
    finally:
        serving.stop(again)
    _, left = psutil.wait_procs(engines, timeout=10)
    assert left == []
