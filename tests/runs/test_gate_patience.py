"""How many calls at a time, and how long to wait: the gate and the patience of the driver."""

from __future__ import annotations

import asyncio
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from driving import Drive
from endpoint import Endpoint
from hypothesis import given
from hypothesis import strategies as st
from run_programs import chains

from engine.contracts import Chat, Message, PromptRef, Sampling
from engine.conversing.gate import Gate
from engine.conversing.patience import LONGEST_WAIT, backoff, retry_after
from engine.records import ItemDone

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@given(st.text(max_size=60))
def test_any_retry_after_is_seconds_or_nothing(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds >= 0


@given(st.integers(0, 10_000))
def test_both_forms_of_retry_after_mean_the_same(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after(str(seconds), NOW) == retry_after(date, NOW) == seconds


def test_a_date_that_has_passed_asks_for_no_wait() -> None:
    assert retry_after(format_datetime(NOW - timedelta(hours=1), usegmt=True), NOW) == 0
    assert retry_after(None, NOW) is None


@given(st.integers(1, 60), st.integers(0, 2**32))
def test_backoff_is_jittered_and_bounded(tries: int, seed: int) -> None:
    assert 0 <= backoff(tries, random.Random(seed)) <= LONGEST_WAIT


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 2**31), st.integers(0, 2**31))
def test_x02_request_ids_follow_what_is_asked(one: str, two: str, first: int, second: int) -> None:
    """X-02: equal requests meet in the cache, others never do."""

    def chat(text: str, seed: int) -> Chat:
        return Chat("writer", (Message("user", text),), PromptRef("p", "h"), Sampling(seed=seed))

    same = chat(one, first).request_id("m") == chat(two, second).request_id("m")
    assert same == ((one, first) == (two, second))
    assert chat(one, first).request_id("m") != chat(one, first).request_id("n")
    assert chat(one, first).again().request_id("m") != chat(one, first).request_id("m")


def test_trouble_halves_the_limit_once_a_round_and_success_opens_it_again() -> None:
    async def walk() -> None:
        gate = Gate(64)
        rounds = [await gate.enter() for _ in range(32)]
        start = gate.limit
        for entered in rounds:
            gate.trouble(entered)
        assert gate.limit == start / 2
        for _ in range(200):
            gate.success()
        assert start / 2 < gate.limit <= 64

    asyncio.run(walk())


def test_a_burst_of_429_slows_a_run_down_and_it_recovers(tmp_path) -> None:
    """Every tenth request is throttled at first: the limit falls, no item is lost."""
    count = 0

    def plan(body: dict, before: int) -> str:
        nonlocal count
        count += 1
        return "429-now" if count < 120 and count % 10 == 0 else "ok"

    with Endpoint(plan, delay=0.002) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=64)
        drive.run(chains("run", 200), total=200)
        assert endpoint.behaviours["429-now"] >= 8
    assert {row.outcome for row in drive.rows(ItemDone)} == {"revised"}
    assert drive.meter.status().errors["Throttled"] >= 8
    assert drive.meter.status().concurrency < 64


@pytest.mark.parametrize(("behaviour", "structured"), [("schema", True), ("ok", False)])
def test_structured_output_is_believed_only_when_it_was_proved(behaviour: str, structured: bool) -> None:
    from engine.backends import make
    from engine.project import EngineSpec

    async def probe() -> bool:
        with Endpoint(lambda body, before: behaviour) as endpoint:
            backend = make("local", EngineSpec(base_url=endpoint.url))
            try:
                return (await backend.probe("tiny")).structured
            finally:
                await backend.aclose()

    assert asyncio.run(probe()) is structured
