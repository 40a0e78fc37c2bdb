"""Whether a run came to nothing, and the reason that most of its items failed for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.records import Failure
from engine.runs.fruitless import Reasons, fruitless, most_frequent_failure, unheard
from engine.runs.journal import Journal
from engine.runs.status import Status


def failed(run_dir: Path, *messages: str) -> Path:
    journal = Journal(run_dir / "journal")
    for number, message in enumerate(messages):
        journal.append(Failure(f"F-{number}", "run", f"item-{number}", "tests/draft", "provider", message))
    journal.close()
    return run_dir


def test_messages_that_differ_in_numbers_alone_are_one_reason(tmp_path: Path) -> None:
    place = failed(tmp_path, "wrong key", "waited 1.5 s", "waited 2 s", "waited 1,300 s", "wrong key")
    assert most_frequent_failure(place) == ("waited 1.5 s", 3)


def test_a_run_whose_items_all_failed_came_to_nothing(tmp_path: Path) -> None:
    place = failed(tmp_path, "wrong key", "wrong key", "other")
    said = fruitless(place, Status(state="finished", failed=3, total=3))
    assert said == "no item succeeded: 3 of 3 failed, most often (2 times) with: wrong key"


@pytest.mark.parametrize(
    "status",
    [
        Status(state="finished", done=1, failed=2, total=3),
        Status(state="finished"),
        Status(state="cancelled", failed=3, total=9),
        Status(state="paused", reason="paused on request", total=9),
        Status(state="paused", reason="budget: 3 calls are spent", total=9),
    ],
)
def test_other_runs_did_not(tmp_path: Path, status: Status) -> None:
    assert fruitless(failed(tmp_path, "wrong key"), status) == ""


def test_a_run_that_its_engine_paused_before_anything_was_done_came_to_nothing(tmp_path: Path) -> None:
    status = Status(state="paused", reason="local cannot be used now: refused", total=9)
    assert fruitless(tmp_path, status) == "no item was done: local cannot be used now: refused"
    assert fruitless(tmp_path, status, may_wait=True) == ""


def test_a_role_that_never_answered_is_named_with_the_commonest_reason() -> None:
    asked = {"judge_a": {"no model sharp": 2, "no credit": 3}, "rater": {"timed out": 1}, "arbiter": {"no credit": 9}}
    status = Status(state="finished", done=9, total=9, answered={"rater": 1, "writer": 9}, unanswered=asked)
    said = "no answer came from judge a and arbiter: 14 of 14 questions failed, most often (12 times) with: no credit"
    assert unheard(status) == fruitless(Path(), status) == said
    assert unheard(status.model_copy(update={"answered": dict.fromkeys(asked, 1)})) == ""
    assert fruitless(Path(), status.model_copy(update={"state": "cancelled"})) == ""
    assert fruitless(Path(), status.model_copy(update={"state": "paused"})) == "", "it may still be answered"


def test_few_kinds_of_messages_are_kept_where_all_differ() -> None:
    reasons = Reasons({"waited 1 s": 2}, most=3)
    for said in ("waited 7 s", *(f"request {chr(97 + n)}" for n in range(9))):
        reasons.add(said)
    assert reasons.counts == {"waited 1 s": 3, "request a": 1, "request b": 1}
    assert reasons.commonest() == ("waited 1 s", 3)
