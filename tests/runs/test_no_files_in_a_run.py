"""Something else stands in the place of a run's file: nobody waits for it, and what can do without it does."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.errors import BadInput, UserError
from engine.runs import damage, journal, launcher
from engine.runs.journal import FILES, Journal
from engine.runs.plan import load_plan
from engine.runs.process import Process, holder
from engine.runs.status import Status, control_word, load_status
from tests.support.endpoint import Endpoint
from tests.support.worker_runs import contents, make_run, run_whole

INSTEAD: dict[str, Callable[[Path], None]] = {
    "a folder": Path.mkdir,
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
}
NO_PROCESS = [
    b'{"pid":-1,"started":0}', b'{"pid":1e30,"started":0}', b'{"pid":4294967295,"started":0}', b"[1]", b"5",
    b'{"pid":"99999999999999999999999","started":0}', b'{"pid":1,"started":"nan"}', b"\0" * 64, b"[" * 9000,
]  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with Endpoint() as endpoint:
        run = make_run(tmp_path_factory.mktemp("whole") / "run", endpoint.url, items=4)
        assert run_whole(run).state == "finished"
    return run


def _replaced(whole: Path, tmp_path: Path, name: str, kind: str) -> Path:
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    (run / name).unlink(missing_ok=True)
    INSTEAD[kind](run / name)
    return run


@pytest.mark.parametrize("kind", INSTEAD)
@pytest.mark.parametrize("name", FILES)
def test_a_journal_that_is_no_file_is_named_and_nothing_waits_for_it(
    whole: Path, tmp_path: Path, name: str, kind: str
) -> None:
    run = _replaced(whole, tmp_path, f"journal/{name}", kind)
    for use in (
        lambda: list(journal.records(run / "journal")),
        lambda: damage.examine(run / "journal", "run"),
        lambda: Journal(run / "journal"),
    ):
        with pytest.raises((BadInput, IsADirectoryError), match=name):
            use()


@pytest.mark.parametrize("kind", INSTEAD)
def test_what_a_run_says_of_itself_is_no_file(whole: Path, tmp_path: Path, kind: str) -> None:
    for number, name in enumerate(("status.json", "control", "launch.json", "lock", "plan.json", "output.log")):
        run = _replaced(whole, tmp_path / str(number), name, kind)
        if name == "plan.json":
            with pytest.raises(BadInput, match=r"plan\.json"):
                load_plan(run)
        elif name == "status.json":
            assert load_status(run) == Status()
        assert control_word(run) == "run"
        assert launcher.is_alive(run) is False
        assert launcher.state(run).state in ("finished", "waiting", "lost")
        assert launcher.tail_log(run) is not None


@pytest.mark.parametrize("said", NO_PROCESS)
def test_a_lock_that_names_no_process_is_nobodys(whole: Path, tmp_path: Path, said: bytes) -> None:
    run = tmp_path / "run"
    shutil.copytree(whole, run)
    for name in ("lock", "launch.json"):
        (run / name).write_bytes(said)
    assert launcher.is_alive(run) is False
    found = holder(run)
    assert found is None or isinstance(found, Process)
    (run / "control").write_bytes(b"\xff\xfe" + said)
    assert control_word(run) == "run"


@pytest.mark.parametrize("name", ["status.json", "output.log", "run.log"])
def test_a_pipe_in_place_of_what_can_be_made_again_costs_a_run_nothing(whole: Path, tmp_path: Path, name: str) -> None:
    run = _replaced(whole, tmp_path, name, "a pipe")
    assert run_whole(run).state == "finished"
    assert contents(run) == contents(whole)


@pytest.mark.parametrize("name", [f"journal/{FILES[0]}", "lock"])
def test_a_pipe_in_place_of_what_cannot_be_made_again_ends_a_resume_in_a_line(
    whole: Path, tmp_path: Path, name: str
) -> None:
    run = _replaced(whole, tmp_path, name, "a pipe")
    try:
        said = run_whole(run).reason
    except UserError as error:
        said = str(error)
    assert str(run) in said
    assert "\n" not in said.strip()
