"""Real worker processes: launched, paused, cancelled, killed, resumed, refused, out of disk."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.errors import BadInput, UserError
from engine.core.project import EngineSpec
from engine.core.prompts import load as load_prompt
from engine.core.records import ItemDone, KnowledgePoint, Problem, ReplyRow, RunEvent
from engine.core.settings import Recipe, RecipeSettings, Running
from engine.runs import journal as journals
from engine.runs import launcher
from engine.runs import plan as plans
from engine.runs.process import Process
from engine.runs.status import Status, load_status, save_status
from tests.support.endpoint import Endpoint, Plan, always
from tests.support.run_programs import PATH
from tests.support.worker_runs import KINDS

PROGRAMS = "tests.support.run_programs:PROGRAMS"


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", PATH)


def make_run(
    tmp_path: Path, url: str, *, items: int = 40, kind: str = "generate", key_env: str = "", **running: object
) -> Path:
    run_dir = tmp_path / "runs" / "run"
    settings = RecipeSettings(running=Running(**{"concurrency": 8, "timeout_s": 20.0, **running}))
    recipe = Recipe(name="test", title="Test", roles={"writer": "local:tiny"}, settings=settings)
    plan = KINDS[kind](
        id="run",
        recipe=recipe,
        total=items,
        engines={"local": EngineSpec(base_url=url, api_key_env=key_env)},
    )
    plans.save_plan(run_dir, plan)
    return run_dir


def wait_for(true: Callable[[], bool], seconds: float = 120.0) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def ended(run_dir: Path) -> Status:
    wait_for(lambda: launcher.state(run_dir).state not in launcher.ACTIVE)
    wait_for(lambda: not launcher.is_alive(run_dir))
    return launcher.state(run_dir)


def rows(run_dir: Path, kind: type) -> list:
    return [record for record in journals.records(run_dir / "journal") if isinstance(record, kind)]


def results(run_dir: Path) -> set[tuple[str, str]]:
    return {(problem.id, problem.statement) for problem in rows(run_dir, Problem)}


def test_a_run_from_launch_to_end(tmp_path: Path) -> None:
    seen: list[Status] = []
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path, endpoint.url)
        status = launcher.run_foreground(run_dir, seen.append, every=0.05, programs=PROGRAMS)
    assert (status.state, status.done, status.total, status.calls) == ("finished", 40, 40, 80)
    assert status.funnel == {"revised": 40}
    assert [phase.name for phase in status.phases] == ["write"]
    assert status.started <= status.heartbeat <= status.ended
    assert [point.name for point in rows(run_dir, KnowledgePoint)] == ["Before the phase", "After the phase"]
    assert [event.state for event in rows(run_dir, RunEvent)] == ["finished"]
    assert seen[-1].state == "finished"
    assert any("phase write: 40 items" in line for line in launcher.tail_log(run_dir))
    assert launcher.resume_plan(run_dir).to_run == 0
    assert not launcher.is_alive(run_dir)


@pytest.mark.parametrize("after", [1, 17, 45])
def test_kill_minus_nine_loses_nothing_and_asks_again_only_what_was_in_flight(tmp_path: Path, after: int) -> None:
    with Endpoint(delay=0.02) as calm:
        undisturbed = make_run(tmp_path / "calm", calm.url)
        launcher.run_foreground(undisturbed, lambda status: None, every=0.05, programs=PROGRAMS)
    with Endpoint(delay=0.02) as endpoint:
        run_dir = make_run(tmp_path / "killed", endpoint.url)
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: sum(endpoint.answered.values()) >= after)
        launcher.kill(run_dir)
        assert launcher.state(run_dir).state == "lost"
        assert launcher.reconcile(run_dir.parent) == [run_dir]
        assert load_status(run_dir).state == "lost"
        # A torn line is the mark of a killed worker.
        for name in journals.FILES:
            with (run_dir / "journal" / name).open("ab") as file:
                file.write(b'{"t":"reply","id":"R-0')
        assert launcher.resume_plan(run_dir).to_run > 0
        launcher.resume(run_dir, programs=PROGRAMS)
        status = ended(run_dir)
        again = sum(endpoint.answered.values()) - len(endpoint.answered)
    assert (status.state, status.done) == ("finished", 40)
    assert results(run_dir) == results(undisturbed)
    assert again <= 8
    assert status.calls == len({row.id for row in rows(run_dir, ReplyRow)}) == 80
    outcomes = [row.item_id for row in rows(run_dir, ItemDone)]
    assert len(outcomes) == len(set(outcomes)) == 40


def test_pause_and_resume(tmp_path: Path) -> None:
    with Endpoint(delay=0.05) as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=60)
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: sum(endpoint.answered.values()) >= 10)
        launcher.pause(run_dir)
        status = ended(run_dir)
        assert (status.state, status.reason) == ("paused", "paused on request")
        assert 0 < status.done < 60
        assert launcher.reconcile(run_dir.parent) == []
        launcher.resume(run_dir, programs=PROGRAMS)
        status = ended(run_dir)
        assert (status.state, status.done, status.calls) == ("finished", 60, 120)
        assert max(endpoint.asked.values()) == 1


def test_cancel_ends_within_seconds_though_replies_are_slow(tmp_path: Path) -> None:
    with Endpoint(always("slow")) as endpoint:
        run_dir = make_run(tmp_path, endpoint.url)
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: endpoint.inside == 8)
        launcher.cancel(run_dir)
        wait_for(lambda: launcher.state(run_dir).state in ("stopping", "cancelled"))
        status = ended(run_dir)
        assert (status.state, status.calls) == ("cancelled", 0), "a reply that takes half a minute was waited for"


def test_sigterm_is_a_clean_cancel(tmp_path: Path) -> None:
    with Endpoint(delay=0.05) as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=500)
        pid = launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: len(endpoint.bodies) >= 8)
        os.kill(pid, signal.SIGTERM)
        status = ended(run_dir)
    assert (status.state, status.reason) == ("cancelled", "the process was asked to end")
    assert len(rows(run_dir, ReplyRow)) == status.calls == sum(endpoint.answered.values())


def test_a_budget_pauses_and_a_resume_grants_it_again(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=20, budget_calls=15)
        states = []
        for _ in range(3):
            status = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
            states.append((status.state, status.calls))
    assert states == [("paused", 15), ("paused", 30), ("finished", 40)]
    assert max(endpoint.asked.values()) == 1


def test_a_second_worker_on_the_same_run_is_refused(tmp_path: Path) -> None:
    with Endpoint(delay=0.2) as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=2_000)
        pid = launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: len(endpoint.bodies) > 0)
        with pytest.raises(UserError, match="has a worker already"):
            launcher.launch(run_dir, programs=PROGRAMS)
        second = subprocess.run(
            [sys.executable, "-m", "engine.execution", str(run_dir), "--programs", PROGRAMS],
            capture_output=True,
            text=True,
        )
        assert second.returncode == 2
        assert f"process {pid} is working on this run" in second.stderr
        assert "Traceback" not in second.stderr
        launcher.cancel(run_dir)
        ended(run_dir)


def test_a_worker_that_has_signed_off_and_not_gone_yet_is_waited_for(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=3)
        with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"]) as leaving:
            (run_dir / "launch.json").write_bytes(Process.of(leaving.pid).packed())
            save_status(run_dir, Status(state="paused", pid=leaving.pid))
            launcher.resume(run_dir, programs=PROGRAMS)
        assert ended(run_dir).state == "finished"


def test_a_lock_whose_pid_now_belongs_to_another_process_is_stale(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=3)
        # Our own pid lives, but it did not start in 1970.
        (run_dir / "lock").write_text(f'{{"pid":{os.getpid()},"started":1.0}}')
        status = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
    assert status.state == "finished"


def test_a_full_disk_fails_the_run_with_the_reason_and_nothing_torn(tmp_path: Path) -> None:
    """A limit on file size stands for the full disk: the write is cut short by the kernel all the same."""
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=200)
        child = subprocess.run(
            [sys.executable, "-m", "engine.execution", str(run_dir), "--programs", PROGRAMS],
            preexec_fn=_small_files,
            capture_output=True,
            text=True,
        )
        assert child.returncode == 1, child.stderr
        status = launcher.state(run_dir)
        assert status.state == "failed"
        assert "the journal cannot be written" in status.reason
        before = len(rows(run_dir, ReplyRow))
        assert before == status.calls > 0
        again = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
    assert (again.state, again.done) == ("finished", 200)


def _small_files() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


def test_a_log_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=3)
        (run_dir / "run.log").mkdir()
        (run_dir / "output.log").mkdir()
        status = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
    assert status.state == "finished"
    assert launcher.tail_log(run_dir) == ()


def test_the_heart_beats_while_the_program_computes(tmp_path: Path) -> None:
    run_dir = make_run(tmp_path, "http://127.0.0.1:9/v1", kind="knowledge", items=2)
    beats: list[float] = []
    status = launcher.run_foreground(run_dir, lambda s: beats.append(s.heartbeat), every=0.05, programs=PROGRAMS)
    assert status.state == "finished"
    assert len(set(beats)) >= 3
    assert [point.name for point in rows(run_dir, KnowledgePoint)] == ["Computed"]


def test_a_bug_in_the_program_fails_the_run_with_its_name(tmp_path: Path) -> None:
    run_dir = make_run(tmp_path, "http://127.0.0.1:9/v1", kind="map")
    status = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
    assert (status.state, status.reason) == ("failed", "ZeroDivisionError: a bug in the program")
    assert "ZeroDivisionError" in (run_dir / "run.log").read_text()
    assert [point.name for point in rows(run_dir, KnowledgePoint)] == ["Before the bug"]


def test_a_plan_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is not a run directory"):
        launcher.launch(tmp_path)
    run_dir = make_run(tmp_path, "ftp://nowhere")
    status = launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
    assert status.state == "failed"
    assert "base_url must be a web address" in status.reason


def test_a_worker_that_never_came_up_is_lost_with_its_last_words(tmp_path: Path) -> None:
    run_dir = make_run(tmp_path, "http://127.0.0.1:9/v1")
    launcher.launch(run_dir, programs="no_such_module:PROGRAMS")
    status = ended(run_dir)
    assert status.state in ("lost", "failed")
    assert "no_such_module" in status.reason


def test_pause_and_cancel_of_a_run_without_a_worker(tmp_path: Path) -> None:
    run_dir = make_run(tmp_path, "http://127.0.0.1:9/v1")
    assert launcher.state(run_dir).state == "waiting"
    with pytest.raises(UserError, match="is not running"):
        launcher.pause(run_dir)
    launcher.cancel(run_dir)
    assert launcher.state(run_dir).state == "cancelled"


def test_the_resume_plan_says_why_items_run_again(tmp_path: Path) -> None:
    broken: Plan = lambda body, before: "400" if "revise" in str(body) else "ok"  # noqa: E731
    with Endpoint(broken) as endpoint:
        run_dir = make_run(tmp_path, endpoint.url, items=6, budget_calls=4, concurrency=1)
        launcher.run_foreground(run_dir, lambda status: None, every=0.05, programs=PROGRAMS)
    plan = plans.load_plan(run_dir)
    changed = plan.model_copy(
        update={"prompts": {"judges/problem": "old", "judges/solution": _hash("judges/solution")}}
    )
    plans.save_plan(run_dir, changed)
    resume = launcher.resume_plan(run_dir)
    assert (resume.done, resume.failed, resume.to_run, resume.again) == (0, 3, 3, 0)
    assert resume.why == "prompt judges/problem changed"
    with (run_dir / "journal" / "replies.jsonl").open("ab") as file:
        row = rows(run_dir, ReplyRow)[0]
        asked = {"item_id": "item-5", "prompt_id": "judges/problem", "prompt_hash": "old"}
        fields = {name: getattr(row, name) for name in ReplyRow.__dataclass_fields__} | asked
        file.write(journals.encode(ReplyRow(**fields)))
    assert str(launcher.resume_plan(run_dir)) == (
        "0 done · 3 to run · 3 failed · 1 again because prompt judges/problem changed"
    )


def _hash(name: str) -> str:
    return load_prompt(name).ref.hash


def test_cancel_does_not_wait_for_a_long_computation(tmp_path: Path) -> None:
    run_dir = make_run(tmp_path, "http://127.0.0.1:9/v1", kind="knowledge", items=60)
    launcher.launch(run_dir, programs=PROGRAMS)
    wait_for(lambda: launcher.state(run_dir).state == "running")
    launcher.cancel(run_dir)
    asked = time.monotonic()
    assert ended(run_dir).state == "cancelled"
    assert time.monotonic() - asked < 8
