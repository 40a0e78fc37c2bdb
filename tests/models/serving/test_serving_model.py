"""A real model behind our own small server, started by the studio: chat, samples, log-probabilities, batching."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from engine.core.errors import ItemFailure
from engine.core.project import EngineSpec
from engine.core.protocol import Chat, Message, PromptRef, Sampling
from engine.models import probe, registry, serving
from engine.models.serving import Server, metrics

pytestmark = [pytest.mark.models, pytest.mark.slow]
pytest.importorskip("torch", reason="a real model needs the extra train")
pytest.importorskip("transformers", reason="a real model needs the extra train")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def spec(place: Path) -> EngineSpec:
    from tests.support import tiny_llm

    model = tiny_llm.make(place / "model")
    return EngineSpec(kind="managed", model=str(model), server="transformers", served_name="tiny")


@pytest.fixture(scope="module")
def server(place: Path, spec: EngineSpec) -> Iterator[Server]:
    made = serving.start(place / "servers", "local", spec)
    serving.wait_ready(made, 120)
    yield made
    serving.stop(made)


def _post(server: Server, path: str, **body: object) -> tuple[int, dict]:
    async def send():
        url = f"{server.base_url}{path}"
        async with aiohttp.ClientSession() as session, session.post(url, json={"model": "tiny", **body}) as answer:
            return answer.status, await answer.json()

    return asyncio.run(send())


def _chat(number: int = 0, **sampling: object) -> Chat:
    said = Sampling(**{"temperature": 0.8, "max_tokens": 12, "seed": number, **sampling})
    return Chat("writer", (Message("user", f"What is {number} + 1?"),), PromptRef("p", "h"), said)


def test_samples_log_probabilities_and_usage(server):
    status, body = _post(
        server, "/chat/completions", messages=[{"role": "user", "content": "12 + 30"}], n=3, max_tokens=8, logprobs=True
    )
    assert status == 200
    assert len(body["choices"]) == 3
    for choice in body["choices"]:
        tokens = choice["logprobs"]["content"]
        assert 0 < len(tokens) <= 8
        assert all(token["logprob"] <= 0 for token in tokens)
    assert body["usage"]["completion_tokens"] == sum(len(c["logprobs"]["content"]) for c in body["choices"])


def test_a_seed_gives_the_same_answer_alone_and_in_company(server, place, spec):
    """Prompts with other sampling are answered in the same batch."""
    known = serving.resolved(place / "servers", {"local": spec})["local"]

    async def ask(chats):
        backend = registry.make("local", known)
        try:
            return [one.text for one in await asyncio.gather(*(backend.complete(chat, "tiny") for chat in chats))]
        finally:
            await backend.aclose()

    mixed = [_chat(1), _chat(2, top_k=5), _chat(3, top_p=0.5), _chat(4, temperature=0.0), _chat(5, max_tokens=3)]
    together = asyncio.run(ask(mixed))
    assert [asyncio.run(ask([chat]))[0] for chat in mixed] == together
    assert asyncio.run(ask([_chat(1, seed=99)]))[0] != together[0]


def test_an_answer_ends_before_its_stop_string(server):
    asked = {"messages": [{"role": "user", "content": "12 + 30"}], "max_tokens": 40, "seed": 3, "temperature": 0.8}
    _, free = _post(server, "/chat/completions", **asked)
    text = free["choices"][0]["message"]["content"]
    mark = text[len(text) // 2 :][:2]
    _, cut = _post(server, "/chat/completions", **asked, stop=[mark])
    assert cut["choices"][0]["message"]["content"] == text[: text.index(mark)]
    assert cut["choices"][0]["finish_reason"] == "stop"
    assert cut["usage"]["completion_tokens"] < free["usage"]["completion_tokens"]


def test_the_likeliest_tokens_stand_beside_each_token(server):
    asked = {"messages": [{"role": "user", "content": "12 + 30"}], "max_tokens": 4, "temperature": 0}
    _, body = _post(server, "/chat/completions", **asked, logprobs=True, top_logprobs=3)
    for token in body["choices"][0]["logprobs"]["content"]:
        assert len(token["top_logprobs"]) == 3
        assert token["top_logprobs"][0]["logprob"] == pytest.approx(token["logprob"], abs=1e-4)


def test_greedy_answers_repeat_themselves_alone_and_in_a_batch(server, place, spec):
    """Left padding and batching change nothing."""

    async def ask(chats):
        known = serving.resolved(place / "servers", {"local": spec})["local"]
        backend = registry.make("local", known)
        try:
            return await asyncio.gather(*(backend.complete(chat, "tiny") for chat in chats))
        finally:
            await backend.aclose()

    chats = [_chat(number, temperature=0.0) for number in (1, 22, 333, 4444)]
    together = asyncio.run(ask(chats))
    alone = [asyncio.run(ask([chat]))[0] for chat in chats]
    assert [one.text for one in together] == [one.text for one in alone]


def test_echo_gives_the_log_probabilities_of_a_text(server):
    """CL-31: perplexity is the exponential of the mean negative log-likelihood."""
    text = "Find the sum of 12 and 30."
    _, body = _post(server, "/completions", prompt=text, echo=True, logprobs=0, max_tokens=0)
    scores = body["choices"][0]["logprobs"]["token_logprobs"]
    assert scores[0] is None
    perplexity = math.exp(-sum(scores[1:]) / len(scores[1:]))
    assert 150 < perplexity < 700


def test_refusals_are_those_of_the_protocol(server):
    status, body = _post(server, "/chat/completions", messages=[{"role": "user", "content": "x " * 2000}])
    assert status == 400
    assert "maximum context length is 512" in body["error"]["message"]
    assert _post(server, "/chat/completions", messages=[])[0] == 400
    assert _post(server, "/completions", prompt="")[0] == 400
    status, body = _post(server, "/chat/completions", messages=[{"role": "user", "content": "x"}], temperature="hot")
    assert (status, body["error"]["message"]) == (400, "temperature must be a number from 0 to 100")


def test_what_the_engine_is_measured_to_be(server, place, spec):
    known = serving.resolved(place / "servers", {"local": spec})["local"]

    async def measured():
        backend = registry.make("local", known)
        try:
            return await probe.measure(backend, "tiny")
        finally:
            await backend.aclose()

    found = asyncio.run(measured())
    assert (found.ok, found.models, found.context_length) == (True, ("tiny",), 512)
    assert (found.structured, found.logprobs) == (False, True)
    assert found.tokens_per_second > 0
    counted = metrics.read(server.base_url)
    assert counted.tokens_out > 0


def test_two_hundred_requests_at_once(server, place, spec):
    known = serving.resolved(place / "servers", {"local": spec})["local"]

    async def flood():
        backend = registry.make("local", known)
        try:
            asked = (backend.complete(_chat(number), "tiny") for number in range(200))
            return await asyncio.gather(*asked, return_exceptions=True)
        finally:
            await backend.aclose()

    said = asyncio.run(flood())
    assert [one for one in said if isinstance(one, ItemFailure | Exception)] == []
    assert len(said) == 200
