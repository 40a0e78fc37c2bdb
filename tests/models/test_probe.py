"""The probe of an engine sends what a run sends, step by step, and says what was learnt."""

from __future__ import annotations

import asyncio

import pytest

from engine.core.project import EngineSpec
from engine.core.protocol import Probe, Sampling
from engine.models import probe
from engine.models.backends import quirks
from engine.models.registry import make
from tests.support.endpoint import Endpoint, always
from tests.support.quirks import QUIRKS


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
