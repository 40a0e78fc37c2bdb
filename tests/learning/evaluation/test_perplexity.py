"""Perplexity: the exponential of the mean loss per token, by log-probabilities of an endpoint or by a model."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aiohttp import web

from engine.core.errors import BadInput
from engine.learning.evaluation import perplexity
from tests.support import tiny_llm


def test_cl31_exponential_of_the_mean():
    """CL-31: PPL = exp(mean NLL); texts count by their tokens, and the first token is not predicted."""
    first = perplexity.of_logprobs([None, math.log(0.5), math.log(0.25)])
    second = perplexity.of_logprobs([None, math.log(0.125)])
    assert first.tokens == 2
    assert first.perplexity == pytest.approx(math.sqrt(8))
    assert perplexity.perplexity([first, second]) == pytest.approx((2 * 4 * 8) ** (1 / 3))
    assert math.isnan(perplexity.perplexity([perplexity.of_logprobs([None])]))


@contextmanager
def _echo(answer) -> Iterator[str]:
    """A local endpoint that gives `answer(body)` for every completion."""
    ready, addresses = threading.Event(), []
    loop = asyncio.new_event_loop()

    async def complete(request: web.Request) -> web.Response:
        status, said = answer(await request.json())
        return web.json_response(said, status=status)

    async def serve() -> None:
        app = web.Application()
        app.router.add_post("/v1/completions", complete)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        addresses.append(f"http://127.0.0.1:{runner.addresses[0][1]}/v1")
        ready.set()
        while not stop.is_set():
            await asyncio.sleep(0.02)
        await runner.cleanup()

    stop = threading.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    assert ready.wait(10)
    try:
        yield addresses[0]
    finally:
        stop.set()
        thread.join(10)
        loop.close()


def test_an_endpoint_echoes_log_probabilities():
    """CL-31: one request per text, with echo and without a new token."""
    bodies = []

    def answer(body):
        bodies.append(body)
        scores = [None, *[-1.0] * (len(body["prompt"].split()) - 1)]
        return 200, {"choices": [{"logprobs": {"token_logprobs": scores}}]}

    with _echo(answer) as address:
        found = perplexity.by_endpoint(["one two three", "four five", ""], address, "m")
    assert [one.tokens for one in found] == [2, 1, 0]
    assert perplexity.perplexity(found) == pytest.approx(math.e)
    assert all(body["echo"] and body["max_tokens"] == 0 for body in bodies)
    assert len(bodies) == 2


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda body: (200, {"choices": [{"text": "hi", "logprobs": None}]}), "no log-probabilities"),
        (lambda body: (400, {"error": "echo is not supported"}), "answers 400"),
    ],
)
def test_an_endpoint_without_log_probabilities(answer, words):
    with _echo(answer) as address, pytest.raises(BadInput, match=words):
        perplexity.by_endpoint(["one two"], address, "m")


def test_no_endpoint_at_all():
    with pytest.raises(BadInput, match="does not answer"):
        perplexity.by_endpoint(["one two"], "http://127.0.0.1:9/v1", "m")


@pytest.mark.models
@pytest.mark.filterwarnings("default")
def test_a_model_gives_the_same_alone_and_in_a_batch(tmp_path):
    """CL-31: by transformers; against the model's own loss, text by text."""
    torch = pytest.importorskip("torch", reason="needs the extra train")
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = tiny_llm.make(tmp_path / "m")
    texts = ["The sum is 12 and 30.", "What is 7 times 8? It is 56, so the answer is 56.", "x"]
    found = perplexity.by_model(texts, folder)
    words, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder).eval()
    for text, one in zip(texts[:2], found, strict=False):
        ids = torch.tensor([words(text)["input_ids"]])
        loss = model(input_ids=ids, labels=ids).loss.item()
        assert one.nll / one.tokens == pytest.approx(loss, rel=1e-4)
    assert found[2].tokens == len(words("x")["input_ids"]) - 1
    with pytest.raises(BadInput, match="no causal model"):
        perplexity.by_model(texts, tmp_path)


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_a_served_model_gives_the_figure_of_the_model_itself(tmp_path):
    """CL-31: through a real server by echoed log-probabilities, and by transformers: the same perplexity."""
    pytest.importorskip("torch", reason="needs the extra train")
    from engine.core.project import EngineSpec
    from engine.models import serving

    folder = tiny_llm.make(tmp_path / "m")
    texts = ["The sum of 12 and 30 is 42.", "What is 7 times 8? It is 56, so the answer is 56."]
    spec = EngineSpec(kind="managed", model=str(folder), server="transformers", served_name="tiny")
    server = serving.start(tmp_path / "servers", "tiny", spec)
    try:
        serving.wait_ready(server)
        served = perplexity.by_endpoint(texts, server.base_url, "tiny")
    finally:
        serving.stop(server)
    itself = perplexity.by_model(texts, folder)
    assert [one.tokens for one in served] == [one.tokens for one in itself]
    assert perplexity.perplexity(served) == pytest.approx(perplexity.perplexity(itself), rel=1e-3)
