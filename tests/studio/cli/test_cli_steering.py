"""Runs watched and steered from a second shell while the first one is at work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from engine.runs import launcher
from tests.studio.cli.conftest import Said, lemma

SLOW = ("--items", "40", "--set", "running.concurrency=2", "--engine", "writer=abacus:abacus-large@700ms", "--json")


@pytest.fixture
def ask(project: Path) -> Callable[..., Said]:
    """A second shell: a process of its own, on the project that the first one runs in."""
    return partial(lemma, project=project)


# A shell that starts the tests in the background has its children ignore Ctrl+C; the test sends one.
AS_IN_A_TERMINAL = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def _start(project: Path) -> subprocess.Popen[str]:
    code = f"{AS_IN_A_TERMINAL}; from studio.cli.main import main; main()"
    command = [sys.executable, "-c", code, "run", "gsdp", *SLOW]
    return subprocess.Popen(
        command, env={**os.environ, "LEMMA_PROJECT": str(project)}, cwd=Path(__file__).parents[3], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def _until(true: Callable[[], object], seconds: float = 180) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


@pytest.mark.slow
def test_a_run_is_paused_resumed_and_folded_in_from_another_shell(project, ask) -> None:
    """A paused run ends with 0 and says so; a resumed one goes on in the background, from where it was."""
    first = _start(project)
    run = project / "runs" / "gsdp-0002"
    _until(lambda: (run / "status.json").exists() and launcher.state(run).done > 1)
    assert ask("runs", "pause", run.name, "--json").values["run"] == run.name
    out, err = first.communicate(timeout=180)
    assert first.returncode == 0, err
    assert '"state":"paused"' in out
    paused = ask("runs", "show", run.name, "--json").values
    assert paused["state"] == "paused"
    assert 1 < paused["done"] < paused["total"] == 40
    resumed = ask("runs", "resume", run.name, "--json").values
    assert resumed["pid"]
    _until(lambda: launcher.state(run).state not in launcher.ACTIVE)
    ended = ask("runs", "show", run.name, "--json").values
    assert (ended["state"], ended["done"]) == ("finished", 40)
    assert ask("ingest", run, "--json").values["ingested"]["items"] > 0
    assert ask("verify", "--json").values["ok"]


def test_ctrl_c_leaves_a_run_that_can_be_gone_on_with(project, ask) -> None:
    """Nothing that was paid for is lost when a person stops the command."""
    first = _start(project)
    run = project / "runs" / "gsdp-0002"
    _until(lambda: (run / "status.json").exists() and launcher.state(run).done > 1)
    first.send_signal(signal.SIGINT)
    _, err = first.communicate(timeout=180)
    assert "Traceback" not in err
    stopped = ask("runs", "show", run.name, "--json").values
    assert stopped["state"] not in (*launcher.ACTIVE, "finished")
    assert ask("verify", "--json").values["ok"]
    assert ask("ingest", run).code == 0


def test_a_cancelled_run_keeps_what_it_has(project, ask) -> None:
    first = _start(project)
    run = project / "runs" / "gsdp-0002"
    _until(lambda: (run / "status.json").exists() and launcher.state(run).done > 1)
    assert ask("runs", "cancel", run.name).code == 0
    assert first.communicate(timeout=180)[0].count('"state":"cancelled"') == 1
    assert ask("runs", "show", run.name, "--json").values["done"] > 1
