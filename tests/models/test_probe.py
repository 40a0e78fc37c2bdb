"""The probe of an engine sends what a run sends, step by step, and says what was learnt."""

from __future__ import annotations

import asyncio
import time

import pytest

from engine.core.project import EngineSpec
from engine.core.protocol import Probe, Sampling
from engine.models import probe
from engine.models.backends import quirks
from engine.models.registry import make
from tests.support.endpoint import Endpoint, always
from tests.support.quirks import QUIRKS
from tests.support.slow_server import SlowServer


def measured(url: str, steps: list[int] | None = None) -> Probe:
    async def asked() -> Probe:
        backend = make("local", EngineSpec(base_url=url))
        try:
            return await probe.measure(backend, "tiny", (steps if steps is not None else []).append)
        finally:
            await backend.aclose()

    return asyncio.run(asked())


def test_what_a_run_sends_is_sent_before_it() -> None:
    steps: list[int] = []
    with Endpoint(always("ok")) as endpoint:
        found = measured(endpoint.url, steps)
        bodies = endpoint.bodies
    assert found.ok
    assert found.learnt == ""
    assert steps == list(range(len(probe.STEPS)))
    ordinary, schema = Sampling(), [body for body in bodies if "response_format" in body]
    assert len(schema) == 1
    (same,) = [body for body in bodies if body["max_tokens"] == ordinary.max_tokens]
    assert same["messages"][0]["role"] == "system"
    assert (same["temperature"], same["top_p"], same["top_k"]) == (ordinary.temperature, ordinary.top_p, ordinary.top_k)
    assert any(body["temperature"] == 0 for body in bodies)


@pytest.mark.parametrize("quirk", ["no-system", "temperature-only-1", "not-both", "too-large", "reasoning-model"])
def test_refusals_are_found_out_before_a_run(quirk: str) -> None:
    with Endpoint(always(quirk)) as endpoint:
        found = measured(endpoint.url)
    assert found.ok
    assert found.learnt == QUIRKS[quirk][1]
    if quirk != "too-large":
        assert found.learnt in found.detail, "a short probe finds it out as well"


def test_a_measurement_forgets_what_another_server_taught() -> None:
    with Endpoint(always("no-system")) as endpoint:
        assert "system" in measured(endpoint.url).learnt
        endpoint.plan = always("ok")
        assert measured(endpoint.url).learnt == ""
        assert quirks.known(endpoint.url, "tiny") == quirks.NONE


@pytest.mark.parametrize(("behaviour", "why"), [("only-reasoned", "only reasoned"), ("400", "messages must alternate")])
def test_an_engine_whose_replies_cannot_be_used_is_not_well(behaviour: str, why: str) -> None:
    with Endpoint(always(behaviour)) as endpoint:
        found = measured(endpoint.url)
    assert not found.ok
    assert why in found.detail


def test_a_probe_of_a_slow_server_ends_with_what_it_has() -> None:
    """Ten tokens a second, four seconds: no whole reply of 64 tokens comes, and the speed is known all the same."""

    async def asked() -> Probe:
        backend = make("local", EngineSpec(base_url=server.url))
        try:
            return await probe.measure(backend, "tiny", steps.append, longest_s=4.0)
        finally:
            await backend.aclose()

    steps: list[int] = []
    with SlowServer(slots=2, token_s=0.1, tokens=96) as server:
        found = asyncio.run(asked())
        assert server.finished <= 2, "replies are given up, not waited for"
        until = time.monotonic() + 30
        while server.inside and time.monotonic() < until:
            time.sleep(0.02)
        assert server.inside == 0, "and the server has given them up, too"
    assert found.ok
    assert steps == list(range(len(probe.STEPS)))
    assert found.models == ("tiny",)
    assert found.context_length == 2048
    assert probe.SCHEMAS in found.unmeasured
    assert probe.SPEED not in found.unmeasured
    assert 0 < found.tokens_per_second < 40, "two slots of ten tokens a second each"
    assert "without knowing: schemas" in found.detail


def test_a_probe_says_when_not_one_word_came() -> None:
    async def asked() -> Probe:
        backend = make("local", EngineSpec(base_url=server.url))
        try:
            return await probe.measure(backend, "tiny", longest_s=1.5)
        finally:
            await backend.aclose()

    with SlowServer(slots=1, token_s=30.0, tokens=2) as server:
        found = asyncio.run(asked())
    assert not found.ok
    assert "not one word of a reply came within" in found.detail
    assert found.models == ("tiny",)


def test_a_brief_probe_of_a_slow_server_says_that_it_is_there() -> None:
    async def asked() -> Probe:
        backend = make("local", EngineSpec(base_url=server.url))
        try:
            return await probe.brief(backend, "tiny", 1.0)
        finally:
            await backend.aclose()

    with SlowServer(slots=1, token_s=1.0, tokens=64) as server:
        found = asyncio.run(asked())
    assert found.ok
    assert found.unmeasured
    assert "no whole reply within 1 s" in found.detail
