"""Processes are known again by what was written about them, also by earlier versions."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from engine.core.errors import UserError
from engine.learning.training import watching
from engine.learning.training.folder import Folder
from engine.models import serving
from engine.runs import launcher
from engine.runs.process import Process, hold, holder, kernel_id, reap, spawn_detached
from engine.runs.status import Status, save_status

OLD = b'{"pid":4242,"started":1790000000.25,"mark":"5f0c1d2e-0000-4000-8000-00000000abcd:123456"}'
OLDEST = b'{"pid":4242,"started":1790000000.25}'
SERVER = (
    b'{"name":"small","pid":%d,"started":%s,"port":8123,"served":"small","model":"/models/small",'
    b'"folder":"/project/servers/small","command":["python","-m","server"],"mark":"%s"}'
)


def test_what_earlier_versions_wrote_is_read_and_written_the_same() -> None:
    process = Process.parse(OLD)
    assert process == Process(4242, 1790000000.25, "5f0c1d2e-0000-4000-8000-00000000abcd:123456")
    assert process.packed() == OLD
    assert Process.parse(OLDEST) == Process(4242, 1790000000.25)


@pytest.fixture
def other():
    """A living process, and what an earlier version would have written about it."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        yield Process.of(child.pid)
        child.kill()


def _bytes(process: Process) -> bytes:
    return b'{"pid":%d,"started":%s,"mark":"%s"}' % (
        process.pid, repr(process.started).encode(), process.kernel_id.encode(),
    )  # fmt: skip


def test_a_run_that_an_earlier_version_launched_is_still_at_work(tmp_path: Path, other: Process) -> None:
    save_status(tmp_path, Status(state="running", pid=other.pid))
    (tmp_path / "launch.json").write_bytes(_bytes(other))
    assert launcher.is_alive(tmp_path)
    (tmp_path / "launch.json").write_bytes(OLD)
    assert launcher.state(tmp_path).state == "lost"


def test_a_lock_that_an_earlier_version_took_is_respected(tmp_path: Path, other: Process) -> None:
    (tmp_path / "lock").write_bytes(_bytes(other))
    assert holder(tmp_path) == other
    with pytest.raises(UserError, match=f"process {other.pid} is working on this run"), hold(tmp_path):
        pass
    # That of a dead one is taken over.
    (tmp_path / "lock").write_bytes(OLD)
    with hold(tmp_path):
        assert holder(tmp_path) == Process.of(os.getpid())
    assert holder(tmp_path) is None


def test_a_server_that_an_earlier_version_started_is_found(tmp_path: Path, other: Process) -> None:
    place = tmp_path / "small"
    place.mkdir()
    said = SERVER % (other.pid, repr(other.started).encode(), other.kernel_id.encode())
    (place / "server.json").write_bytes(said)
    found = serving.find(tmp_path, "small")
    assert found is not None
    assert found.process == other
    assert found.base_url == "http://127.0.0.1:8123/v1"
    without = {name: value for name, value in orjson.loads(said).items() if name != "mark"}
    (place / "server.json").write_bytes(orjson.dumps(without))
    assert serving.find(tmp_path, "small") is not None


def test_the_kernel_decides_who_a_process_is() -> None:
    me = Process.of(os.getpid())
    assert me.kernel_id == kernel_id(me.pid) != ""
    assert me.alive
    assert Process(me.pid, me.started - 3600, me.kernel_id).alive, "the clock was set, the process is the same"
    assert not Process(me.pid, me.started, "another boot:1").alive
    assert not Process(me.pid, me.started - 3600).alive


def test_a_trainer_stays_with_a_worker_when_the_clock_was_set(tmp_path: Path) -> None:
    me = Process.of(os.getpid())
    assert not watching.Guard(Folder(tmp_path), watching.watched_by_me()[watching.WATCHED]).ends()
    assert not watching.Guard(Folder(tmp_path), f"{me.pid} {me.started - 3600} {me.kernel_id}").ends()
    assert watching.Guard(Folder(tmp_path), f"{me.pid} {me.started} another:1").ends()


def test_a_detached_process_has_its_own_session_and_is_no_zombie_after_its_end(tmp_path: Path) -> None:
    with (tmp_path / "output.log").open("wb") as sink:
        process = spawn_detached(
            [sys.executable, "-c", "import os; print(os.getsid(0), os.environ['WHO'])"],
            sink,
            {**os.environ, "WHO": "me"},
        )
    until = time.monotonic() + 20
    while process.alive and time.monotonic() < until:
        time.sleep(0.02)
    assert (tmp_path / "output.log").read_text() == f"{process.pid} me\n"
    reap()
    assert not Path(f"/proc/{process.pid}").exists()
