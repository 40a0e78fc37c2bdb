"""A slow endpoint is waited for, not stormed: limits by what was measured, calls by its slots, named failures."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import RunStopped, TooSlow, Unreachable
from engine.core.protocol import Item
from engine.core.records import Failure, ItemDone, ReplyRow
from engine.core.settings import Running
from engine.execution.deadlines import Deadlines
from engine.execution.endpoint_pace import EndpointPace
from tests.support.driving import Drive
from tests.support.run_programs import chains, chat
from tests.support.slow_server import SlowServer


def items(count: int) -> list[Item]:
    """Items of one call each."""

    def way(number: int) -> Any:
        yield chat(f"draft {number}")
        return "written"

    return [Item(f"item-{number}", lambda n=number: way(n)) for number in range(count)]


def outcomes(drive: Drive) -> set[str]:
    return {row.outcome for row in drive.rows(ItemDone)}


def test_a_reply_that_is_still_coming_is_waited_for_however_long(tmp_path: Path) -> None:
    """Three seconds for a reply, one second of silence allowed: nothing is cut, nothing sent again."""
    with SlowServer(slots=2, token_s=0.05, tokens=60) as server:
        drive = Drive(tmp_path, server.url, timeout_s=1.0)
        drive.run(items(4), total=4)
    assert outcomes(drive) == {"written"}
    assert (server.finished, server.given_up, len(server.bodies)) == (4, 0, 4)
    assert all(row.tokens_out == 60 and row.request for row in drive.rows(ReplyRow))
    assert drive.usage.status().errors == {}


@pytest.mark.parametrize("streams", ["never", "refused"])
def test_a_call_that_was_too_slow_is_never_sent_on_top_of_itself(tmp_path: Path, streams: Any) -> None:
    """Replies come whole after four times the first limit: each try gets more time, and the server lost the one before.

    What a first reply has taught makes the limit of those behind it long enough.
    """
    with SlowServer(slots=1, token_s=0.1, tokens=20, streams=streams) as server:
        drive = Drive(tmp_path, server.url, timeout_s=0.5, slow_retries=4)
        drive.run(items(4), total=4)
        retried = drive.usage.status().errors["too slow"]
        assert retried >= 2
        # One may be whole in the moment in which it is given up.
        assert 0 < server.given_up <= retried
        assert server.doubled == 0
    assert outcomes(drive) == {"written"}
    assert {*drive.usage.status().errors} == {"too slow"}


def test_what_can_never_come_in_time_fails_once_and_says_why(tmp_path: Path) -> None:
    with SlowServer(slots=1, token_s=0.1, tokens=64) as server:
        drive = Drive(tmp_path, server.url, timeout_s=1.0, longest_s=1.5)
        drive.run(items(2), total=2)
        assert server.finished == 0
        assert len(server.bodies) == 2
    said = [row.message for row in drive.rows(Failure)]
    assert len(said) == 2
    told = re.fullmatch(
        r"local:tiny: too slow: 64 tokens at ([\d.]+) tokens a second do not fit in ([\d.]+) s", said[0]
    )
    assert told
    assert 64 / float(told[1]) > float(told[2]) >= 1.5


def test_an_engine_that_never_replied_pauses_the_run(tmp_path: Path) -> None:
    """It lists its models, and what stands behind them hangs: the rest would wait longer and longer for nothing."""
    with SlowServer(slots=1, token_s=60.0, streams="never") as server:
        drive = Drive(tmp_path, server.url, timeout_s=0.3, slow_retries=1)
        with pytest.raises(RunStopped, match="lists its models and has given no reply at all") as stopped:
            drive.run(items(40), total=40)
    assert stopped.value.reason == "paused"
    assert drive.rows(Failure) == [], "the items are as they were"


def test_a_stream_that_falls_silent_is_given_up_and_asked_again(tmp_path: Path) -> None:
    with SlowServer(slots=1, token_s=0.01, tokens=10, mute_after=5) as server:
        drive = Drive(tmp_path, server.url, timeout_s=0.5, retries=1)
        drive.run(items(1), total=1)
        assert server.given_up == 2
    (failure,) = drive.rows(Failure)
    assert "within its reply" in failure.message
    assert drive.usage.status().errors == {"no answer in time": 2}


def test_no_more_calls_than_the_server_has_slots_to_begin_with(tmp_path: Path) -> None:
    """Two slots, up to 33 calls allowed: at most one more is tried, and the run takes no longer for it."""
    with SlowServer(slots=2, token_s=0.02, tokens=10) as server:
        drive = Drive(tmp_path, server.url, concurrency=33)
        drive.run(items(40), total=40)
        assert server.most_inside <= 3
    assert outcomes(drive) == {"written"}
    assert drive.usage.status().concurrency <= 3


def test_the_next_phase_knows_what_the_first_has_learnt(tmp_path: Path) -> None:
    """A second phase begins at the limit and the speed of the first, and asks the server for its slots no more."""
    from engine.core.protocol import Phase
    from engine.execution.driver import ReplyCache, RunContext, Usage, converse
    from engine.models.registry import connect
    from engine.runs.journal import Journal
    from engine.runs.status import Status

    async def two() -> tuple[EndpointPace, EndpointPace]:
        drive = Drive(tmp_path, server.url)
        roles, journal = connect(drive.specs, drive.roles), Journal(drive.folder)
        cache = ReplyCache(drive.folder)
        usage = Usage(drive.running, cache.spent, Status())
        context = RunContext("run", roles, journal, cache, drive.running, usage)
        await converse(Phase("one", 2, items(2)), context)
        first = usage.paces["local"]
        await converse(Phase("two", 4, items(4)), context)
        await roles.aclose()
        cache.close()
        journal.close()
        return first, usage.paces["local"]

    with SlowServer(slots=2, token_s=0.01, tokens=5) as server:
        first, second = asyncio.run(two())
    assert first is second
    assert (second.replies, second.slots) == (4, 2)


def test_items_end_one_after_the_other_not_all_at_the_end(tmp_path: Path) -> None:
    """Six items of two calls on one slot: what the first still needs goes before what the last begins with."""
    with SlowServer(slots=1, token_s=0.01, tokens=4) as server:
        drive = Drive(tmp_path, server.url, concurrency=6)
        drive.run(chains("run", 6), total=6)
        asked = [body["messages"][0]["content"].split()[0] for body in server.bodies]
    assert asked.index("revise") <= 2
    assert [row.item_id for row in drive.rows(ItemDone)] == [f"item-{number}" for number in range(6)]


def test_replies_of_a_dry_run_make_the_rest_look_no_quicker(tmp_path: Path) -> None:
    """Half of the items have their replies already: the other half takes as many calls, each as long as those made."""
    with SlowServer(slots=1, token_s=0.002, tokens=10) as server:
        Drive(tmp_path / "dry", server.url).run(chains("run", 6), total=6)
        drive = Drive(tmp_path / "run", server.url, reuse=[tmp_path / "dry" / "journal"])
        drive.run(chains("run", 8), total=16)
    made, usage = drive.rows(ReplyRow), drive.usage
    assert usage.cached >= 12
    assert len(made) + usage.cached == 16, "two replies an item"
    each = 2 * sum(row.tokens_out for row in made) / len(made)
    assert usage.left(speed=5.0) == pytest.approx(8 * each / 5.0)


class _Call:
    def __init__(self, due: float) -> None:
        self.due = due


def test_a_deadline_that_is_put_off_does_not_ring() -> None:
    async def walk() -> tuple[bool, bool]:
        deadlines, loop = Deadlines(0.1), asyncio.get_running_loop()

        async def wait() -> None:
            await asyncio.sleep(60)

        kept, cut = asyncio.create_task(wait()), asyncio.create_task(wait())
        import time

        now = time.monotonic()
        put_off = _Call(now + 0.1)
        deadlines.start(kept, put_off)
        deadlines.start(cut, _Call(now + 0.15))
        put_off.due = now + 3600
        await asyncio.wait({cut})
        assert loop is asyncio.get_running_loop()
        alive = not kept.done()
        late = deadlines.overdue(cut)
        kept.cancel()
        deadlines.close()
        return alive, late

    assert asyncio.run(walk()) == (True, True)


def _pace(**running: Any) -> EndpointPace:
    return EndpointPace(Running(**{"timeout_s": 10.0, **running}))


def test_limits_follow_what_was_measured() -> None:
    pace = _pace(patience=3.0, longest_s=500.0)
    first = pace.begin(100, 0.0)
    assert (first.limit, first.most) == (10.0, 500.0)
    pace.reply(first, 50, 20.0)
    pace.end(first)
    # Whole replies: 0.4 s a token, so 100 of them may take three times 40 s, and 1,000 the longest that is allowed.
    assert pace.begin(100, 20.0).limit == pytest.approx(120.0)
    assert pace.begin(1000, 20.0).limit == 500.0
    assert pace.begin(100, 20.0, slow_before=1).limit == pytest.approx(240.0)


def test_before_the_first_reply_every_call_learns_from_those_that_were_too_slow() -> None:
    """Fifty calls that wait would otherwise each find out for themselves that ten seconds are too short."""
    pace = _pace(longest_s=300.0)
    slow = pace.begin(100, 0.0)
    pace.was_too_slow(slow)
    pace.end(slow)
    other = pace.begin(100, 10.0)
    assert other.limit == 20.0
    pace.was_too_slow(other)
    pace.end(other)
    third = pace.begin(100, 30.0, slow_before=1)
    assert third.limit == 40.0
    pace.reply(third, 100, 55.0)
    pace.end(third)
    assert pace.begin(100, 55.0).limit == pytest.approx(100.0), "from now on it is what replies take, with the margin"
    lost = pace.begin(4, 55.0)
    pace.was_too_slow(lost)
    assert pace.begin(4, 60.0).limit == 10.0, "one that hangs among others is its own affair"


def test_behind_a_queue_a_call_gets_more_time() -> None:
    pace = _pace(patience=1.0)
    pace.slots = 2
    call = pace.begin(100, 0.0)
    pace.reply(call, 100, 40.0)
    pace.end(call)
    limits = [pace.begin(100, 40.0).limit for _ in range(7)]
    assert limits[:3] == pytest.approx([40.0, 40.0, 40.0])
    assert limits[6] == pytest.approx(120.0), "six calls on two slots: two rounds are before it"


def test_a_fast_endpoint_is_asked_for_whole_replies() -> None:
    pace = _pace()
    assert pace.listener(pace.begin(100, 0.0)), "nothing is known yet"
    for number in range(40):
        call = pace.begin(100, number / 10)
        pace.reply(call, 900, number / 10 + 0.05)
    assert pace.listener(pace.begin(100, 4.0)) is None


def test_the_reason_is_in_words() -> None:
    assert (TooSlow("x").reason, Unreachable("x").reason, Unreachable("x", reason="TLS failed").reason) == (
        "too slow", "no answer", "TLS failed",
    )  # fmt: skip


def test_blanks_and_comments_buy_time_and_not_for_ever():
    """A server that only dribbles is given up; one whose reply comes late behind comments, and slowly, is not."""
    pace = EndpointPace(Running(timeout_s=10.0))
    call = pace.begin(100, 0.0)
    for second in range(5, 200, 5):
        pace._hear(call, 0, float(second))
    assert call.due == 40.0
    pace._hear(call, 1, 38.0)
    pace._hear(call, 0, 47.0)
    assert call.due == 57.0
