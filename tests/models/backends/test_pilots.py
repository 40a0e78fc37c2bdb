"""Who goes ahead of whom, and when the others follow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from engine.models.backends.pilots import Pilots

PATIENT, HASTY = 600.0, 0.001


async def call(pilots: Pilots, work: Callable[[], Awaitable[None]]) -> None:
    await pilots.follow("kind")
    if "kind" in pilots.settled:
        return await work()
    with pilots.lead("kind"):
        return await work()


def play(refusal_s: float, use: Callable[[Pilots], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(20):
            await use(Pilots(refusal_s))

    asyncio.run(run())


def test_all_wait_for_the_first_answer_and_go_together_then() -> None:
    async def use(pilots: Pilots) -> None:
        inside, most, first = 0, 0, asyncio.Event()

        async def work() -> None:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            await (first.wait() if "kind" not in pilots.settled else asyncio.sleep(0.01))
            inside -= 1

        calls = [asyncio.create_task(call(pilots, work)) for _ in range(8)]
        await asyncio.sleep(0.02)
        assert inside == 1
        first.set()
        await asyncio.gather(*calls)
        assert most == 7

    play(PATIENT, use)


def test_a_first_that_takes_its_time_is_followed_by_ever_more() -> None:
    async def use(pilots: Pilots) -> None:
        inside, all_in = 0, asyncio.Event()

        async def work() -> None:
            nonlocal inside
            inside += 1
            if inside == 8:
                all_in.set()
            await all_in.wait()

        await asyncio.gather(*(call(pilots, work) for _ in range(8)))

    play(HASTY, use)


def test_a_first_that_fails_sends_the_next_one_ahead() -> None:
    async def use(pilots: Pilots) -> None:
        tried = 0

        async def work() -> None:
            nonlocal tried
            tried += 1
            await asyncio.sleep(0)
            if tried <= 3:
                raise ConnectionError("no answer")

        ended = await asyncio.gather(*(call(pilots, work) for _ in range(6)), return_exceptions=True)
        assert sum(isinstance(one, ConnectionError) for one in ended) == 3
        assert tried == 6

    play(PATIENT, use)


def test_one_that_is_cancelled_leaves_nobody_waiting() -> None:
    async def use(pilots: Pilots) -> None:
        async def stuck() -> None:
            await asyncio.Event().wait()

        async def work() -> None:
            return None

        first = asyncio.create_task(call(pilots, stuck))
        await asyncio.sleep(0)
        waiting = [asyncio.create_task(call(pilots, work)) for _ in range(3)]
        await asyncio.sleep(0)
        waiting[0].cancel()
        first.cancel()
        ended = await asyncio.gather(first, *waiting, return_exceptions=True)
        assert [isinstance(one, asyncio.CancelledError) for one in ended] == [True, True, False, False]

    play(PATIENT, use)


@pytest.mark.parametrize("refusal_s", [PATIENT, HASTY])
def test_an_endpoint_that_answers_nobody_ends_with_everybody_told(refusal_s: float) -> None:
    async def use(pilots: Pilots) -> None:
        async def work() -> None:
            await asyncio.sleep(0)
            raise ConnectionError("no answer")

        ended = await asyncio.gather(*(call(pilots, work) for _ in range(20)), return_exceptions=True)
        assert all(isinstance(one, ConnectionError) for one in ended)

    play(refusal_s, use)
