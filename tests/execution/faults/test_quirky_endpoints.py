"""Endpoints that refuse, wrap or spoil what a run of 50 items needs: what that costs, and how its items end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.core import reply_parsing
from engine.core.protocol import Chat, Item, Message, PromptRef, Sampling, Way, ask
from engine.core.records import Failure, ItemDone, ReplyRow
from engine.models.backends import pilots, quirks
from tests.support.driving import Drive
from tests.support.endpoint import Endpoint, always
from tests.support.quirks import QUIRKS

ITEMS = 50


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a refusal comes before the others go."""
    monkeypatch.setattr(pilots, "NEAR_S", 600.0)


def written(number: int) -> Way[str]:
    """One call as recipes make them, with a system turn and everything that can be sampled by."""
    turns = (Message("system", "Write problems."), Message("user", f"Write problem {number}."))
    sampling = Sampling(max_tokens=4096, seed=number, stop=("END",))
    chat = Chat("writer", turns, PromptRef("tests/draft", "0" * 12), sampling)
    yield from ask(chat, lambda text: reply_parsing.after(text, "Problem"))
    return "written"


def items() -> Iterator[Item]:
    for number in range(ITEMS):
        yield Item(f"item-{number}", lambda n=number: written(n))  # type: ignore[misc]


def outcomes(drive: Drive) -> Counter[str]:
    return Counter(row.outcome for row in drive.rows(ItemDone))


@pytest.mark.parametrize("quirk", QUIRKS)
def test_a_refusal_costs_one_request_and_no_item(tmp_path: Path, quirk: str) -> None:
    """Sixteen calls are under way at once, and only the first of them meets the refusal."""
    _, sentence, lessons = QUIRKS[quirk]
    with Endpoint(always(quirk)) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run(items(), total=ITEMS)
        assert outcomes(drive) == {"written": ITEMS}
        assert len(endpoint.bodies) == ITEMS + lessons
        assert quirks.known(endpoint.url, "tiny").sentence == sentence
        last = endpoint.bodies[-1]
    assert "Write problems." in str(last["messages"])
    refused = set(quirks.known(endpoint.url, "tiny").left_out)
    kept = {"top_k", "top_p", "temperature", "seed", "stop"} - refused
    assert kept <= last.keys()
    assert drive.usage.calls == ITEMS


def test_what_was_learnt_serves_the_next_run_of_the_process(tmp_path: Path) -> None:
    with Endpoint(always("no-system")) as endpoint:
        for name in ("first", "second"):
            drive = Drive(tmp_path / name, endpoint.url)
            drive.run(items(), total=ITEMS)
            assert outcomes(drive) == {"written": ITEMS}
        assert len(endpoint.bodies) == 2 * ITEMS + 1


def test_a_refusal_that_teaches_nothing_true_is_not_believed(tmp_path: Path) -> None:
    """An endpoint that goes on refusing after what was guessed leaves no trace of the guess."""
    said = {"error": {"message": "Unknown field in the input"}}

    def refusing(body: dict[str, object]) -> str:
        return str(said["error"]["message"])

    with pytest.MonkeyPatch.context() as patch, Endpoint(always("refusing")) as endpoint:
        from tests.support import endpoint as served
        from tests.support.odd_replies import _refusing

        patch.setitem(served.BEHAVIOURS, "refusing", _refusing(refusing))
        drive = Drive(tmp_path, endpoint.url)
        drive.run(list(items())[:3], total=3)
        assert outcomes(drive) == {"failed": 3}
        assert quirks.known(endpoint.url, "tiny") == quirks.NONE


@pytest.mark.parametrize(
    "wrapping",
    [
        "parts",
        "events",
        "comments",
        "blank-lines",
        "comment-behind",
        "think",
        "reasoning",
        "one-part",
        "completion",
        "ollama",
        "ollama-whole",
        "chunk-lines",
    ],
)
def test_replies_are_read_however_they_come(tmp_path: Path, wrapping: str) -> None:
    with Endpoint(always(wrapping)) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run(items(), total=ITEMS)
        assert len(endpoint.bodies) == ITEMS
    assert outcomes(drive) == {"written": ITEMS}
    assert all("secret" not in row.text for row in drive.rows(ReplyRow))
    assert (drive.usage.tokens_in, drive.usage.tokens_out) == (10 * ITEMS, 5 * ITEMS)


BILLED = ("filtered", "ended-error", "only-reasoned", "only-thought", "torn-billed")


@pytest.mark.parametrize("behaviour", BILLED)
def test_replies_that_were_billed_count_although_they_cannot_be_used(tmp_path: Path, behaviour: str) -> None:
    """Every item asks three times, under a seed of its own each time; all of it is in the counts and in the journal."""
    with Endpoint(always(behaviour)) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run(items(), total=ITEMS)
        assert len({body["seed"] for body in endpoint.bodies}) == len(endpoint.bodies) == 3 * ITEMS
    usage, rows = drive.usage, drive.rows(ReplyRow)
    assert outcomes(drive) == {"failed": ITEMS}
    assert (usage.calls, usage.tokens_in, usage.tokens_out) == (3 * ITEMS, 30 * ITEMS, 15 * ITEMS)
    assert usage.cost == pytest.approx((30 * ITEMS * 2 + 15 * ITEMS * 4) / 1e6)
    assert {(row.finish, row.text) for row in rows} == {("failed", "")}
    assert sum(row.cost for row in rows) == pytest.approx(usage.cost)
    assert {row.boundary for row in drive.rows(Failure)} == {"reply"}


def test_a_budget_ends_a_run_whose_replies_cannot_be_used(tmp_path: Path) -> None:
    from engine.core.errors import RunStopped

    with Endpoint(always("only-reasoned")) as endpoint:
        drive = Drive(tmp_path, endpoint.url, budget_tokens=150, concurrency=1)
        with pytest.raises(RunStopped, match="150 tokens are spent"):
            drive.run(items(), total=ITEMS)
        assert len(endpoint.bodies) == 10


def test_what_cannot_be_used_is_not_asked_twice_by_a_resume_and_is_by_a_second_try(tmp_path: Path) -> None:
    """A resume pays for nothing again; trying failed items again asks under seeds that were not asked before."""
    with Endpoint(lambda body, before: "only-reasoned" if len(endpoint.bodies) <= 3 * ITEMS else "ok") as endpoint:
        Drive(tmp_path, endpoint.url).run(items(), total=ITEMS)
        resumed = Drive(tmp_path, endpoint.url)
        resumed.run(items(), total=ITEMS)
        assert len(endpoint.bodies) == 3 * ITEMS
        assert resumed.usage.calls == 3 * ITEMS
        again = Drive(tmp_path, endpoint.url)
        again.run(items(), total=ITEMS, retry_failed=True)
    assert again.usage.calls == 4 * ITEMS
    assert Counter(row.outcome for row in again.rows(ItemDone))["written"] == ITEMS


def test_replies_of_another_run_that_could_not_be_used_are_asked_anew(tmp_path: Path) -> None:
    with Endpoint(always("only-reasoned")) as endpoint:
        Drive(tmp_path / "first", endpoint.url).run(items(), total=ITEMS)
        endpoint.plan = always("ok")
        second = Drive(tmp_path / "second", endpoint.url, reuse=[tmp_path / "first" / "journal"])
        second.run(items(), total=ITEMS)
    assert outcomes(second) == {"written": ITEMS}


def test_the_failure_says_what_to_change(tmp_path: Path) -> None:
    with Endpoint(always("only-reasoned")) as endpoint:
        drive = Drive(tmp_path, endpoint.url)
        drive.run(list(items())[:1], total=1)
    (failure,) = drive.rows(Failure)
    assert "only reasoned" in failure.message
    assert "raise max_tokens or switch its thinking off" in failure.message
