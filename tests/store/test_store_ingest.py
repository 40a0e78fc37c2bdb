"""Journals arrive whole, once, and while they grow."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from engine.core.errors import BadInput
from engine.core.records import (
    Failure,
    ItemDone,
    KnowledgePoint,
    PointEvent,
    Position,
    RunEvent,
    SameVerdict,
    SeedPoint,
    Vector,
)
from engine.runs.journal import encode
from engine.runs.status import Status, save_status
from engine.store import Store
from tests.support.store_factories import a_problem, a_reply, a_run, a_score, a_whole_item, append


def test_a_run_is_folded_in_once(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=40)
    first = store.ingest(directory)
    assert first.run_id == "run-1"
    assert first.added == {
        "replies": 40,
        "problems": 40,
        "solutions": 40,
        "verdicts": 80,
        "items": 40,
        "combinations": 1,
    }
    assert (first.total, first.duplicates, first.skipped) == (241, 0, ())
    revision = store.revision
    again = store.ingest(directory)
    assert (again.added, again.total, again.duplicates) == ({}, 0, 0)
    assert store.revision == revision
    card = store.problems.get(a_problem(7).id)
    assert card is not None
    assert card.problem == a_problem(7)
    assert card.trace == (a_reply(7),)
    run = store.runs.get("run-1")
    assert run is not None
    assert (run.recipe, run.done, run.calls, run.tokens_in, run.directory) == ("gsdp", 40, 40, 400, str(directory))
    assert store.verify() == []


def test_every_record_type_comes_back_as_it_was(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=1)
    one, two = KnowledgePoint.make("Ratios"), KnowledgePoint.make("Ratio")
    append(
        directory,
        [
            one,
            two,
            SeedPoint("S-1", one.id, "human"),
            PointEvent("e1", "merge", two.id, "filter", 5.0, target_id=one.id, reason="plural"),
            SameVerdict(two.id, one.id, 0.81, True, "same idea", None),
            Failure("F1", "run-1", "item-9", "agents/graph_problem", "reply", "no marker", "raw \x00 text"),
            Vector(a_problem(0).id, "hashing", (0.5, -0.25, 1.0)),
            Position(a_problem(0).id, "map-1", 1.5, -2.5, True),
            RunEvent("RE1", "run-1", 3.0, "running", "started"),
        ],
    )
    store.ingest(directory)
    assert store.points.history()[0].reason == "plural"
    assert store.points.members("Ratios") == ["Ratios", "Ratio"]
    assert store.failures.page("run-1")[0].raw == "raw \x00 text"
    ids, vectors = store.maps.vectors("hashing")
    assert (ids, vectors.tolist()) == ([a_problem(0).id], [[0.5, -0.25, 1.0]])
    board = store.problems.scoreboard().to_pylist()
    assert (board[0]["x"], board[0]["y"]) == (1.5, -2.5)
    assert store.runs.events("run-1")[0] == RunEvent("RE1", "run-1", 3.0, "running", "started")


def test_it_goes_on_where_it_stopped_and_leaves_a_torn_line(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=2)
    file = directory / "journal" / "records.jsonl"
    line = encode(a_problem(2))
    with file.open("ab") as torn:
        torn.write(line[:40])
    assert store.ingest(directory).added["problems"] == 2
    with file.open("ab") as rest:
        rest.write(line[40:])
    more = store.ingest(directory)
    assert (more.added, more.skipped) == ({"problems": 1}, ())
    append(directory, a_whole_item(3))
    assert store.ingest(directory).added["problems"] == 1
    assert store.problems.count() == 4


def test_a_corrupt_line_is_reported_with_its_number_and_costs_nothing_else(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=0)
    file = directory / "journal" / "records.jsonl"
    lines = [encode(a_problem(n)) for n in range(5)]
    lines[1] = b'{"t":"problem","id":\n'
    lines[3] = b'{"t":"problem","id":"P-x","unknown":1}\n'
    lines.insert(4, b'{"t":"nonsense"}\n')
    # As earlier versions wrote it, without a checksum.
    lines.insert(5, encode(a_problem(9)).replace(b'"one-hop"', b"17").partition(b',"crc"')[0] + b"}\n")
    lines.insert(6, b"[1, 2]\n")
    with file.open("ab") as journal:
        journal.writelines(lines)
    result = store.ingest(directory)
    # Line 1 is the combination that the run begins with.
    assert [(skip.file, skip.line) for skip in result.skipped] == [("records.jsonl", n) for n in (3, 5, 6, 8, 7)]
    assert result.added["problems"] == 3
    assert store.problems.count() == 3
    details = [event.detail for event in store.runs.events("run-1") if event.state == "journal"]
    assert len(details) == 5
    assert details[0].startswith("records.jsonl line 3 was skipped: ")
    assert store.ingest(directory).skipped == ()
    assert sum(trouble.kind == "journal" for trouble in store.verify()) == 4


def test_a_journal_that_grows_while_it_is_read_arrives_whole(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=1)
    looked, done = threading.Event(), threading.Event()

    def work() -> None:
        for n in range(1, 60):
            append(directory, a_whole_item(n))
        # The reader has been here once before the journal grows on, however slow the machine is.
        looked.wait(60)
        for n in range(60, 120):
            append(directory, a_whole_item(n))
        done.set()

    worker = threading.Thread(target=work)
    worker.start()
    calls = 0
    while not done.is_set():
        store.ingest(directory)
        calls += 1
        looked.set()
        time.sleep(0.005)
    worker.join()
    store.ingest(directory)
    assert calls > 0
    assert store.problems.count() == 120
    assert store.runs.get("run-1").done == 120  # type: ignore[union-attr]
    assert store.verify() == []


def test_two_threads_may_ingest_the_same_run(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=300)
    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(store.ingest(directory).total)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 0, 0, 1_801]


def test_a_killed_ingest_is_made_good(tmp_path: Path) -> None:
    """Rows and offsets are one transaction: an ingest that stops between batches is taken up where it was."""
    directory = a_run(tmp_path, items=50)
    with Store(tmp_path / "p.duckdb") as store:
        real = store._db.write
        calls = 0

        def breaking(run: object, *families: str) -> object:
            nonlocal calls
            calls += 1
            if calls == 3:
                raise RuntimeError("the power went")
            return real(run, *families)  # type: ignore[arg-type]

        store._db.write = breaking  # type: ignore[method-assign,assignment]
        with pytest.raises(RuntimeError):
            store.ingest(directory)
    with Store(tmp_path / "p.duckdb") as store:
        result = store.ingest(directory)
        assert result.duplicates == 0
        assert store.problems.count() == 50
        assert store.replies.spent()[0].calls == 50


def test_another_copy_of_a_run_is_recognised_by_its_records(store: Store, tmp_path: Path) -> None:
    store.ingest(a_run(tmp_path / "here", items=5))
    elsewhere = a_run(tmp_path / "elsewhere", items=8)
    assert store.ingest(elsewhere).total == 3 * 6
    assert store.problems.count() == 8


def test_a_shorter_copy_is_read_from_its_start(store: Store, tmp_path: Path) -> None:
    store.ingest(a_run(tmp_path / "here", items=50))
    short = a_run(tmp_path / "there", items=2)
    append(short, a_whole_item(77))
    result = store.ingest(short)
    assert (result.added["problems"], result.skipped) == (1, ())
    assert store.problems.count() == 51


def test_an_item_that_failed_and_was_tried_again_counts_as_done(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path, items=1)
    append(directory, [ItemDone("run-1", "item-5", "failed", 10.0)])
    store.ingest(directory)
    assert store.runs.get("run-1").failed == 1  # type: ignore[union-attr]
    append(directory, [ItemDone("run-1", "item-5", "judged", 20.0)])
    store.ingest(directory)
    run = store.runs.get("run-1")
    assert run is not None
    assert (run.done, run.failed) == (2, 0)


def test_the_state_of_the_run_is_noted_when_it_changes(store: Store, tmp_path: Path) -> None:
    directory = a_run(tmp_path)
    for state, reason in (("running", ""), ("running", ""), ("paused", "budget of calls spent"), ("finished", "")):
        save_status(directory, Status(state=state, reason=reason, heartbeat=5.0))  # type: ignore[arg-type]
        store.ingest(directory)
    assert [(event.state, event.detail) for event in store.runs.events("run-1")] == [
        ("running", ""),
        ("paused", "budget of calls spent"),
        ("finished", ""),
    ]


def test_a_folder_without_a_plan_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"no plan\.json"):
        store.ingest(tmp_path)
    assert store.runs.list() == []


def test_ingest_keeps_up(store: Store, tmp_path: Path) -> None:
    """20,000 records a second on a quiet machine; half of that is asked here, where tests run side by side."""
    directory = a_run(tmp_path, items=0)
    records = [record for n in range(3_000) for record in a_whole_item(n)]
    records += [a_score(a_problem(n), 0.5, "difficulty") for n in range(3_000)]
    append(directory, records)
    begun = time.process_time()
    assert store.ingest(directory).total == 21_001
    assert 21_001 / (time.process_time() - begun) > 10_000
