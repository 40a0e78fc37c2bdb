"""The driver on a real endpoint: chats, talks together, records, failures, resume, budget."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import pytest

from engine.core.errors import ItemFailure, ProviderError, RunStopped, UnreadableReply
from engine.core.protocol import Item, Together, ask
from engine.core.records import Failure, ItemDone, KnowledgePoint, Problem, ReplyRow
from tests.support.driving import Drive
from tests.support.endpoint import Endpoint, always, reply_to
from tests.support.run_programs import chain, chains, chat


def test_chains_end_as_records_and_every_reply_is_journalled(tmp_path: Path) -> None:
    """X-02: every output names its reply, every reply its prompt, model and request."""
    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run(chains("run", 40), total=40)
    rows = drive.rows(ReplyRow)
    problems = drive.rows(Problem)
    assert len(rows) == 80
    assert {row.id for row in rows} == {problem.reply_id for problem in problems}
    assert all(row.model == "tiny" and row.prompt_id.startswith("tests/") and row.request for row in rows)
    assert {done.outcome for done in drive.rows(ItemDone)} == {"revised"}
    status = drive.usage.status()
    assert (status.done, status.failed, status.total, status.calls) == (40, 0, 40, 80)
    assert (status.tokens_in, status.tokens_out, status.funnel) == (800, 400, {"revised": 40})
    assert status.cost == pytest.approx(80 * (10 * 2.0 + 5 * 4.0) / 1e6)


def test_an_item_moves_on_while_others_wait(tmp_path: Path) -> None:
    """The second call of an item starts when its first is back, not when everybody's first is back."""
    with Endpoint(lambda body, before: "ok" if "draft 0" not in str(body) else "503-after") as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=4, retries=1)
        drive.run(chains("run", 12))
    done = [row.item_id for row in drive.rows(ItemDone)]
    assert done[-1] == "item-0"
    assert len(done) == 12


def test_talks_together_run_at_once_and_failures_come_as_values(tmp_path: Path) -> None:
    def talk(text: str) -> Any:
        reply = yield chat(text)
        return reply.text

    def way() -> Any:
        first, second, third = yield Together((talk("one"), talk("two"), talk("bad")))
        assert first != second
        assert isinstance(third, ProviderError)
        return "judged"

    with Endpoint(lambda body, before: "400" if "bad" in str(body) else "ok", delay=0.2) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run([Item("i", way)])
        assert endpoint.most_inside == 3
    assert drive.rows(ItemDone)[0].outcome == "judged"


def test_a_way_may_live_with_a_failed_call(tmp_path: Path) -> None:
    def way() -> Any:
        try:
            yield chat("first")
        except ItemFailure as failure:
            return f"without: {failure}"
        return "with"

    with Endpoint(always("400")) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run([Item("i", way)])
    assert drive.rows(ItemDone)[0].outcome == "without: local: HTTP 400: messages must alternate"
    assert drive.rows(Failure) == []


def test_a_failure_names_stage_boundary_and_raw_text(tmp_path: Path) -> None:
    """X-03: bounded retries, then a failed state with what the model said; never a made-up value."""

    def read(text: str) -> str:
        raise UnreadableReply("no score in the reply")

    def way() -> Any:
        yield from ask(chat("rate", prompt="judges/problem"), read)
        return "rated"

    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run([Item("i", way)])
        assert len(endpoint.bodies) == 3
        assert len({body["seed"] for body in endpoint.bodies}) == 3
    (failure,) = drive.rows(Failure)
    assert (failure.stage, failure.boundary, failure.message) == ("judges/problem", "reply", "no score in the reply")
    assert failure.raw.startswith("Problem: ")
    assert failure.raw == reply_to(endpoint.bodies[-1])
    assert drive.rows(ItemDone)[0].outcome == "failed"
    assert drive.usage.status().unreadable == 3


@pytest.mark.parametrize(
    "bug",
    [
        lambda: (_ for _ in ()).throw(ZeroDivisionError("a bug")),
        lambda: iter([1, 2]),
        lambda: (yield_ for yield_ in ["not a record"]),
        lambda: (_ for _ in ()).throw(ValueError("lone \ud800 surrogate")),
        lambda: 1 / 0,
    ],
)
def test_whatever_a_plugin_does_is_a_failure_not_a_crash(tmp_path: Path, bug: Any) -> None:
    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run([Item("bad", bug), Item("good", lambda: chain("run", 1))])
    assert {row.item_id: row.outcome for row in drive.rows(ItemDone)} == {"bad": "failed", "good": "revised"}
    assert [row.boundary for row in drive.rows(Failure)] == ["plugin"]


def test_the_same_request_in_flight_is_asked_once(tmp_path: Path) -> None:
    def way() -> Any:
        reply = yield chat("the same for all")
        yield KnowledgePoint.make(reply.text)
        return "named"

    with Endpoint(delay=0.1) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run([Item(f"i{n}", way) for n in range(20)])
        assert len(endpoint.bodies) == 1
    status = drive.usage.status()
    assert (status.calls, status.cached, status.done) == (1, 19, 20)


def test_two_engines_with_one_model_name_do_not_share_replies(tmp_path: Path) -> None:
    def way() -> Any:
        first = yield chat("judge this", role="writer")
        second = yield chat("judge this", role="rater")
        assert first.id != second.id
        return "judged"

    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url, roles={"writer": "local:tiny", "rater": "twin:tiny"})
        drive.run([Item("i", way)])
        assert len(endpoint.bodies) == 2
    assert drive.rows(ItemDone)[0].outcome == "judged"


def test_done_items_are_skipped_and_failed_ones_only_retried_on_request(tmp_path: Path) -> None:
    with Endpoint(lambda body, before: "400" if "draft 3" in str(body) else "ok") as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run(chains("run", 6))
        assert len(endpoint.bodies) == 11
    with Endpoint() as endpoint:
        again = Drive(tmp_path, endpoint.url)
        again.run(chains("run", 6))
        assert endpoint.bodies == []
        assert again.usage.status().funnel == {"revised": 5, "failed": 1}
        retried = Drive(tmp_path, endpoint.url)
        retried.run(chains("run", 6), retry_failed=True)
        assert len(endpoint.bodies) == 2
    assert [row.outcome for row in retried.rows(ItemDone) if row.item_id == "item-3"] == ["failed", "revised"]


def test_a_retried_item_does_not_read_the_unreadable_reply_again(tmp_path: Path) -> None:
    with Endpoint(always("schema")) as endpoint:  # Replies without a schema are fine, so break the reader instead.
        words = {"ok": False}

        def read(text: str) -> str:
            if not words["ok"]:
                raise UnreadableReply("not yet", raw=text)
            return text

        def way() -> Any:
            yield from ask(chat("rate"), read)
            return "rated"

        Drive(tmp_path, endpoint.url).run([Item("i", way)])
        words["ok"] = True
        drive = Drive(tmp_path, endpoint.url)
        drive.run([Item("i", way)], retry_failed=True)
        assert len({orjson_seed(body) for body in endpoint.bodies}) == 4
    assert [row.outcome for row in drive.rows(ItemDone)] == ["failed", "rated"]


def orjson_seed(body: dict[str, Any]) -> int:
    return int(body["seed"])


@pytest.mark.parametrize(
    ("budget", "paid"),
    [({"budget_calls": 25}, 25), ({"budget_tokens": 300}, 20), ({"budget_usd": 0.0004}, 10)],
)
def test_a_spent_budget_pauses_the_run_between_calls(tmp_path: Path, budget: dict[str, Any], paid: int) -> None:
    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=4, **budget)
        with pytest.raises(RunStopped, match="budget") as stopped:
            drive.run(chains("run", 100))
        assert stopped.value.reason == "paused"
        calls = len(drive.rows(ReplyRow))
        assert calls == len(endpoint.bodies)
        assert paid <= calls < paid + 4
        if "budget_calls" in budget:
            assert calls == paid
        rest = Drive(tmp_path, endpoint.url)
        rest.run(chains("run", 100))
        # What was paid for before the pause is not asked again.
        assert len(endpoint.bodies) == 200
        assert max(endpoint.asked.values()) == 1
    assert len({row.item_id for row in rest.rows(ItemDone)}) == 100


def test_replies_of_another_run_are_reused(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        Drive(tmp_path / "dry", endpoint.url).run(chains("run", 5))
        whole = Drive(tmp_path / "whole", endpoint.url, reuse=[tmp_path / "dry" / "journal"])
        whole.run(chains("run", 8))
        assert len(endpoint.bodies) == 16
    assert whole.usage.status().cached == 10


def test_items_are_pulled_lazily(tmp_path: Path) -> None:
    pulled = 0

    def endless() -> Any:
        nonlocal pulled
        for item in chains("run", 10_000_000):
            pulled += 1
            yield item

    with Endpoint() as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=8, budget_calls=40)
        with pytest.raises(RunStopped):
            drive.run(endless())
    assert pulled < 40


def test_a_role_without_an_engine_stops_the_run_with_the_known_ones(tmp_path: Path) -> None:
    def way() -> Any:
        yield chat("hello", role="nobody")
        return "done"

    drive = Drive(tmp_path, "http://127.0.0.1:9/v1")
    with pytest.raises(RunStopped, match="no engine is set for the role 'nobody'; roles with one: writer"):
        drive.run([Item("i", way)])


def test_an_engine_that_only_fails_pauses_the_run(tmp_path: Path) -> None:
    with Endpoint(always("401")) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=8)
        with pytest.raises(RunStopped, match="calls in a row") as stopped:
            drive.run(chains("run", 1000))
    assert stopped.value.reason == "paused"
    # Calls that were in flight beside the fiftieth may have failed as well before it could say so.
    lost = int(re.search(r"failed (\d+) calls in a row", str(stopped.value))[1])
    assert 50 <= lost < 50 + 8
    assert len(drive.rows(ItemDone)) < 70


def test_a_quota_that_returns_tomorrow_pauses_the_run(tmp_path: Path) -> None:
    with Endpoint(always("429-tomorrow")) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        with pytest.raises(RunStopped, match="come back in 1440 minutes") as stopped:
            drive.run(chains("run", 3))
    assert stopped.value.reason == "paused"


def test_a_stop_lets_calls_in_flight_come_home(tmp_path: Path) -> None:
    """What is in flight when a pause comes is paid for: it is journalled before the run ends."""
    with Endpoint(delay=0.4) as endpoint:
        drive = Drive(tmp_path, endpoint.url, concurrency=6)

        async def pause_soon() -> None:
            await asyncio.sleep(0.15)
            drive.control.stop("paused", "paused on request")

        with pytest.raises(RunStopped):
            drive.run(chains("run", 100), beside=pause_soon())
        assert len(endpoint.bodies) == 6
        assert len(drive.rows(ReplyRow)) == 6
        Drive(tmp_path, endpoint.url).run(chains("run", 6))
        assert max(endpoint.asked.values()) == 1
