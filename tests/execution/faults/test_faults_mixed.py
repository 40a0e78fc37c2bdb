"""A run of 500 items, three replies in five of them wrong in every kind that it lives through: it ends, and whole."""

from __future__ import annotations

import re
import time
from collections import Counter
from pathlib import Path

import pytest

from engine.core.project import create
from engine.core.records import Failure, ItemDone, Problem, ReplyRow
from engine.runs import launcher
from engine.runs.status import Status
from engine.runs.troubles import counted
from engine.store import Store
from tests.execution.faults.test_fault_kinds import expected
from tests.support.command import within
from tests.support.fault_kinds import KINDS
from tests.support.faulty_server import OK, FaultyServer
from tests.support.worker_runs import PATH, PROGRAMS, make_run, rows

ITEMS, SHARE, DELAY_S, AT_ONCE = 500, 0.6, 0.2, 16
MEMORY_MB = 200
INEXACT = frozenset(("connection reset", "too slow", "reply cut off", "reply too long", ""))
"""Counted by how a call went: a kept connection that closes at once is asked again, a late answer may yet come, and on
a busy machine the time of a call may be over before a reply has become too long."""


class Peak:
    """The most memory that the worker of a run had, in MB."""

    def __init__(self) -> None:
        self.mb = 0.0

    def __call__(self, status: Status) -> None:
        try:
            said = Path(f"/proc/{status.pid}/status").read_text(encoding="ascii")
        except OSError:
            return
        if found := re.search(r"VmHWM:\s+(\d+)", said):
            self.mb = max(self.mb, int(found[1]) / 1024)


def _run(run_dir: Path, server: FaultyServer) -> tuple[Status, float, float]:
    """Run a real worker to its end; its last status, seconds and MB."""
    make_run(run_dir, server.url, items=ITEMS, concurrency=AT_ONCE, timeout_s=1.5, patience=1.0)
    peak, began = Peak(), time.monotonic()
    status = launcher.run_foreground(run_dir, peak, every=0.1, programs=PROGRAMS)
    return status, time.monotonic() - began, peak.mb


@pytest.mark.slow
def test_three_replies_in_five_wrong_in_every_kind_and_the_run_ends_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within three times what it takes without faults and the waits that the server asked for."""
    monkeypatch.setenv("PYTHONPATH", PATH)
    project = create(tmp_path / "project")
    run_dir = project.runs / "run"
    with FaultyServer(delay=DELAY_S) as server:
        calm, calm_s, calm_mb = _run(tmp_path / "calm" / "run", server)
    with FaultyServer(SHARE, delay=DELAY_S) as server:
        status, seconds, peak_mb = _run(run_dir, server)
    print(f"\n{calm_s:.1f} s and {calm_mb:.0f} MB without faults, {seconds:.1f} s and {peak_mb:.0f} MB with them")
    print(f"{server.sent.total()} answers, {server.waits_s:.0f} s of waits asked, {status.retries} tries again")
    print("\n".join(f"{times:6} {words}" for words, times in counted(status.errors)))
    assert (calm.state, calm.done, status.state, status.reason) == ("finished", ITEMS, "finished", "")
    assert seconds <= 3 * calm_s + server.waits_s
    assert peak_mb < MEMORY_MB
    assert set(server.sent) == {*KINDS, OK}
    assert server.sent[OK] < (1 - SHARE + 0.05) * server.sent.total()
    assert max(server.answered.values()) == 1
    _whole(run_dir, status)
    _named(status, server)
    with Store(project.database) as store:
        assert not store.ingest(run_dir).skipped
    assert within("verify", project=project.root).code == 0
    said = within("runs", "show", "run", project=project.root).out
    assert all(f"{times:,} {words}" in said for words, times in counted(status.errors))


def _whole(run_dir: Path, status: Status) -> None:
    """Every item ends once, as a result or a failure with a name, and each reply answers its own question."""
    ended = Counter(row.item_id for row in rows(run_dir, ItemDone))
    assert ended == Counter({f"item-{number}": 1 for number in range(ITEMS)})
    failed = {row.item_id for row in rows(run_dir, ItemDone) if row.outcome == "failed"}
    failures = rows(run_dir, Failure)
    assert {row.item_id for row in failures} == failed
    assert len(failed) == status.failed < ITEMS / 4
    assert {row.boundary for row in failures} <= {"provider", "reply"}
    assert all(row.message.startswith("local") for row in failures)
    assert len({row.id for row in rows(run_dir, Problem) if row.parent_id}) == ITEMS - len(failed)
    replies = rows(run_dir, ReplyRow)
    assert len(replies) == len({row.id for row in replies}) == status.calls
    assert all(row.text.startswith(expected(row)) for row in replies if row.text)


def _named(status: Status, server: FaultyServer) -> None:
    """What the run counted is what the server sent, by kind."""
    sent: Counter[str] = Counter()
    for name, kind in KINDS.items():
        sent[kind.counted] += server.sent[name]
    assert set(status.errors) <= set(sent)
    assert min(status.errors[name] for name in INEXACT if name) > 0
    exact = set(sent) - INEXACT
    assert {name: status.errors.get(name) for name in exact} == {name: sent[name] for name in exact}
