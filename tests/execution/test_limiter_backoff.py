"""How many calls at a time, and how long to wait: the gate and the patience of the driver."""

from __future__ import annotations

import asyncio
import os.path
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import RunStopped
from engine.core.protocol import Chat, Item, Message, Places, PromptRef, Sampling
from engine.core.records import ItemDone, KnowledgePoint
from engine.execution.concurrency_limiter import ConcurrencyLimiter
from engine.models.backoff import LONGEST_WAIT, backoff, retry_after
from tests.support.driving import Drive
from tests.support.endpoint import Endpoint
from tests.support.run_programs import chains, chat

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
        limiter = ConcurrencyLimiter(64)
        rounds = [await limiter.enter() for _ in range(32)]
        start = limiter.limit
        for entered in rounds:
            limiter.trouble(entered)
        assert limiter.limit == start / 2
        for _ in range(200):
            limiter.success()
        assert start / 2 < limiter.limit <= 64

    asyncio.run(walk())


def test_what_says_nothing_of_the_load_cuts_nothing_until_it_is_a_quarter_of_all_calls() -> None:
    """One call in five that resets leaves the limit, one in two does not; one in five turned away does neither."""

    async def walk(full: bool, nth: int) -> float:
        limiter = ConcurrencyLimiter(32)
        limiter.begin(Places(told=32))
        for number in range(1, 400):
            entered = await limiter.enter()
            limiter.leave()
            limiter.trouble(entered, full=full) if number % nth == 0 else limiter.success()
        return limiter.limit

    assert asyncio.run(walk(False, 5)) == 32
    assert asyncio.run(walk(False, 2)) < 8
    assert asyncio.run(walk(True, 5)) < 32


def test_an_item_that_waits_for_its_next_try_lends_its_place(tmp_path) -> None:
    """Two places: two items wait a minute each as they are told, and two others begin meanwhile; no third pair."""

    def plan(body: dict, before: int) -> str:
        return "429-minute"

    with pytest.MonkeyPatch.context() as patch, Endpoint(plan) as endpoint:
        from tests.support import endpoint as served

        patch.setitem(served.BEHAVIOURS, "429-minute", served._error(429, "wait", **{"Retry-After": "60"}))
        drive = Drive(tmp_path, endpoint.url, concurrency=2)

        async def watch() -> None:
            while drive.control.napping < 4:
                await asyncio.sleep(0.01)
            drive.control.stop("paused", "seen enough")

        with pytest.raises(RunStopped, match="seen enough"):
            drive.run(chains("run", 20), total=20, beside=watch())
        assert len(endpoint.bodies) == 4


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
    assert drive.usage.status().errors["HTTP 429"] >= 8
    assert drive.usage.status().concurrency < 64


@pytest.mark.parametrize(("behaviour", "structured"), [("schema", True), ("ok", False)])
def test_structured_output_is_believed_only_when_it_was_proved(behaviour: str, structured: bool) -> None:
    from engine.core.project import EngineSpec
    from engine.models.registry import make

    async def probe() -> bool:
        with Endpoint(lambda body, before: behaviour) as endpoint:
            backend = make("local", EngineSpec(base_url=endpoint.url))
            try:
                return (await backend.probe("tiny")).structured
            finally:
                await backend.aclose()

    assert asyncio.run(probe()) is structured


def _shared(bodies: list[dict]) -> float:
    """Return the share of characters that a request has in common with the one before it."""
    texts = [body["messages"][0]["content"] for body in bodies]
    same = sum(len(os.path.commonprefix(pair)) for pair in pairwise(texts))  # noqa: RUF071
    return same / sum(map(len, texts))


def test_with_a_lookahead_calls_that_begin_alike_follow_each_other(tmp_path) -> None:
    """Servers that remember their last prompts find more of the next one; what comes of the items is the same."""

    def way(number: int):
        for step in range(4):
            # Items go through their templates at different times, as real ones do.
            template = f"Template {(number + step) % 4}: " + "rules of this template. " * 10
            yield chat(f"{template} item {number} step {step}")
        yield KnowledgePoint.make(f"point {number}")
        return "done"

    shares, made = [], []
    for lookahead in (0, 24):
        with Endpoint() as endpoint:
            drive = Drive(tmp_path / str(lookahead), endpoint.url, concurrency=2, lookahead=lookahead)
            drive.run([Item(f"item-{n}", lambda n=n: way(n)) for n in range(60)], total=60)
            shares.append(_shared(endpoint.bodies))
            assert endpoint.most_inside <= 2
        made.append({point.id for point in drive.rows(KnowledgePoint)})
    assert shares[0] < 0.5
    assert shares[1] > 0.8
    assert made[0] == made[1]
    assert len(made[0]) == 60


def test_nobody_is_overtaken_without_end() -> None:
    async def walk() -> list[str]:
        limiter, order = ConcurrencyLimiter(1, window=2), []
        await limiter.enter("aaaa")

        async def wait(text: str) -> None:
            await limiter.enter(text)
            order.append(text)
            limiter.leave()

        tasks = [asyncio.create_task(wait("zzzz"))]
        await asyncio.sleep(0)
        for _ in range(30):
            tasks.append(asyncio.create_task(wait("aaaa")))
        await asyncio.sleep(0)
        limiter.leave()
        await asyncio.gather(*tasks)
        return order

    assert asyncio.run(walk()).index("zzzz") <= 8
