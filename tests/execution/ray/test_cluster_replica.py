"""Servers that live as long as their owner, and shards that are poured once; no cluster is needed for either."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.core.errors import BadSetting, Unreachable
from engine.core.protocol import Item
from engine.core.records import ItemDone, JournalRecord, KnowledgePoint, ReplyRow
from engine.execution.ray.batch import Common, _restored, _swapped, common
from engine.execution.ray.begun import BegunBatches, done_in
from engine.execution.ray.replica import Replica
from engine.execution.ray.shard_merge import ActorShards
from engine.execution.reply_cache import ReplyCache
from engine.runs.journal import FILES, Journal, records
from tests.support.run_programs import chain
from tests.support.worker_runs import wait_for

SERVER = Path(__file__).resolve().parents[2] / "support" / "tiny_server.py"


def command(pids: Path) -> str:
    return f"{sys.executable} {SERVER} {{port}} {pids}"


def gone(pids: Path) -> bool:
    """A zombie that nobody has waited for is gone as well."""
    alive = [int(pid) for pid in pids.read_text().split() if psutil.pid_exists(int(pid))]
    return all(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE for pid in alive)


def test_a_replica_answers_and_is_stopped(tmp_path: Path) -> None:
    replica = Replica(command(tmp_path / "pids"), tmp_path / "log")
    replica.wait(20)
    with urllib.request.urlopen(f"{replica.url}/models") as answer:
        assert b"tiny" in answer.read()
    assert not replica.ended()
    replica.stop()
    assert gone(tmp_path / "pids")
    assert replica.ended()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_replica_ends_with_its_owner_however_that_one_ends(tmp_path: Path, number: int) -> None:
    code = (
        "import sys, time, pathlib; from engine.execution.ray.replica import Replica; "
        "Replica(sys.argv[1], pathlib.Path(sys.argv[2])).wait(20); print('up', flush=True); time.sleep(60)"
    )
    words = [sys.executable, "-c", code, command(tmp_path / "pids"), str(tmp_path / "log")]
    owner = subprocess.Popen(words, stdout=subprocess.PIPE, start_new_session=True)
    assert owner.stdout is not None
    assert owner.stdout.readline() == b"up\n"
    # Ray kills the children of an actor too, so the whole group goes.
    os.killpg(owner.pid, number)
    owner.wait()
    owner.stdout.close()
    wait_for(lambda: gone(tmp_path / "pids"), 15)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    failing = f"{sys.executable} -c 'import sys; sys.exit(\"no such model {{port}}\")'"
    with pytest.raises(Unreachable, match="the server of a replica ended: no such model"):
        _closing(Replica(failing, tmp_path / "log"), 20)
    deaf = f"{sys.executable} -c 'import time; print(\"{{port}} loading\", flush=True); time.sleep(60)'"
    replica = Replica(deaf, tmp_path / "log2")
    # Its patience is what is tested, not how fast a process starts.
    wait_for(lambda: "loading" in (tmp_path / "log2").read_text(), 60)
    with pytest.raises(Unreachable, match=r"did not answer within 1 s: .* loading"):
        _closing(replica, 1)
    with pytest.raises(BadSetting, match="must hold"):
        Replica("serve", tmp_path / "log")


def _closing(replica: Replica, seconds: float) -> None:
    try:
        replica.wait(seconds)
    finally:
        replica.stop()


def _reply(number: int) -> ReplyRow:
    return ReplyRow(
        f"R-{number:016x}", "run", "i", "writer", "tiny", "p", "h", "[]", "text", "stop", 1, 1, 0.1, 0.0, 1.0
    )


def test_shards_are_poured_once_whatever_is_killed_in_between(tmp_path: Path) -> None:
    """Lines that a killed start has poured already are told from those that it has not; a torn line waits."""
    shard = Journal(tmp_path / "shards" / "one" / "journal")
    for number in range(3):
        shard.append(_reply(number))
    shard.append(ItemDone("run", "a", "kept", 1.0))
    seen: list[JournalRecord] = []
    journal = Journal(tmp_path / "journal")
    first = ActorShards(tmp_path, journal)
    assert first.pour(seen.append) == 4
    shard.append(KnowledgePoint.make("late"))
    shard.append(_reply(9))
    with (tmp_path / "shards" / "one" / "journal" / FILES[0]).open("ab") as file:
        file.write(b'{"t":"reply","id":"R-')
    # Killed here: what was poured is known from the run's own journal alone.
    journal.close()
    journal = Journal(tmp_path / "journal")
    again = ActorShards(tmp_path, journal)
    assert again.pour(seen.append) == 2
    assert again.pour(seen.append) == 0
    again.clear()
    journal.close()
    shard.close()
    assert len(seen) == 6
    assert {getattr(r, "id", "done") for r in records(tmp_path / "journal")} == {getattr(r, "id", "done") for r in seen}
    assert len(list(records(tmp_path / "journal"))) == 6
    assert not (tmp_path / "shards").exists()


def test_a_record_of_two_actors_is_poured_once(tmp_path: Path) -> None:
    """An actor that was given up may have lived for a moment: its items are done twice, its replies were paid twice."""
    shards = [Journal(tmp_path / "shards" / name / "journal") for name in ("one", "two")]
    point = KnowledgePoint.make("late")
    for at, shard in enumerate(shards):
        shard.append(point)
        shard.append(replace(_reply(1), seconds=float(at)))
        shard.append(ItemDone("run", "a", "kept", float(at)))
        shard.append(ItemDone("run", "b", "kept" if at else "failed", 1.0))
        shard.close()
    journal, seen = Journal(tmp_path / "journal"), list[JournalRecord]()
    poured = ActorShards(tmp_path, journal)
    assert poured.pour(seen.append) == len(seen) == 5
    poured.clear()
    journal.close()
    assert sorted(type(record).__name__ for record in records(tmp_path / "journal")) == [
        "ItemDone", "ItemDone", "KnowledgePoint", "ReplyRow", "ReplyRow",
    ]  # fmt: skip
    outcomes = [(row.item_id, row.outcome, row.at) for row in seen if isinstance(row, ItemDone)]
    assert outcomes == [("a", "kept", 0.0), ("b", "failed", 1.0)]


def test_a_batch_that_comes_again_finds_what_was_done_of_it(tmp_path: Path) -> None:
    """Its first actor is gone; another one reads what that one journalled, and writes into its own journal alone."""
    dead, alive = (tmp_path / "shards" / name / "journal" for name in ("dead", "alive"))
    with closing(Journal(dead)) as journal:
        journal.append(_reply(1))
        journal.append(ItemDone("run", "a", "kept", 1.0))
        journal.append(ItemDone("run", "b", "failed", 1.0))
    assert BegunBatches(tmp_path, dead).begin(b"batch") == []
    with closing(Journal(alive)) as journal, closing(ReplyCache(alive)) as cache:
        again = BegunBatches(tmp_path, alive)
        assert again.begin(b"another batch") == []
        assert again.begin(b"batch") == [dead]
        done = done_in([dead], ["a", "b", "c"])
        assert [done.outcome(item) for item in ("a", "b", "c")] == ["kept", "failed", None]
        assert cache.get(_reply(1).id) is None
        cache.also(dead)
        cache.keep(_reply(2), journal)
        found = [cache.get(_reply(number).id) for number in (1, 2, 3)]
        assert [reply and reply.id for reply in found] == [_reply(1).id, _reply(2).id, None]


def test_what_items_have_in_common_travels_once() -> None:
    from functools import partial

    index = {"large": list(range(1000))}
    items = [Item(f"i{n}", partial(chain, f"run{n}", index, rereads=n)) for n in range(3)]
    shared, whole = common(items)
    assert shared == (index,)
    whole = list(whole)
    assert [item.id for item in whole] == ["i0", "i1", "i2"]
    sent = [_swapped(item.way, {id(index): Common(0)}) for item in whole]
    assert all(way.args[1] == Common(0) for way in sent)
    back = [_restored(way, shared) for way in sent]
    assert all(way.args[1] is index and way.keywords == {"rereads": n} for n, way in enumerate(back))
    assert common([])[0] == ()
