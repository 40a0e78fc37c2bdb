"""Whether a run came to nothing, and the reason that most of its items failed for."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.records import Failure
from engine.runs.fruitless import fruitless, most_frequent_failure
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
