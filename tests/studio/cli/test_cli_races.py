"""Commands of several processes at one project: whole results, or one plain line that says who holds the store."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from engine import planning
from engine.core.errors import ProjectBusy
from engine.core.project import find
from engine.core.records import Policy, Rule
from engine.curation import policy_file
from engine.generation import recipes
from engine.runs import launcher
from engine.store import Store
from studio.cli import opening
from studio.cli.opening import in_turn
from tests.support.command import Said

LEMMA = [sys.executable, "-c", "from studio.cli.main import main; main()"]


def _begin(project: Path, *words: object) -> subprocess.Popen[str]:
    command = [*LEMMA, *map(str, words), "--project", str(project)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _whole(folder: Path) -> int:
    """Check an export against its own manifest, and return its rows."""
    told = json.loads((folder / "manifest.json").read_text())
    rows: list[dict[str, object]] = []
    for file in told["files"]:
        body = (folder / file["path"]).read_bytes()
        assert (len(body), sha256(body).hexdigest()) == (file["bytes"], file["sha256"])
        rows += [json.loads(line) for line in body.splitlines()]
    for path, digest in told["others"].items():
        assert sha256((folder / path).read_bytes()).hexdigest() == digest
    assert len(rows) == told["rows"]
    assert len({json.dumps(row, sort_keys=True) for row in rows}) == len(rows)
    return len(rows)


@pytest.mark.slow
def test_exports_while_a_run_is_written_and_folded_in_are_whole(project: Path, tmp_path: Path) -> None:
    """A worker writes, other commands fold in and select, and each export fits its manifest."""
    home = find(project)
    recipe = recipes.load("gsdp", {"items": "60", "running.concurrency": "2"}, {"writer": "abacus:abacus-large"})
    with Store(home.database) as store:
        before = len(store.problems.scoreboard())
        planned = planning.generation(store, home, recipe)
    launcher.launch(planned.directory)
    sizes: list[int] = []
    while launcher.state(planned.directory).state in launcher.ACTIVE or len(sizes) < 4:
        folder = tmp_path / f"set{len(sizes)}"
        both = _begin(project, "export", "set", "--out", folder, "--only", "selected"), _begin(project, "select")
        said = [(process.communicate(timeout=300), process.returncode) for process in both]
        assert [code for _, code in said] == [0, 0], said
        sizes.append(_whole(folder))
    assert sizes == sorted(sizes)
    with Store(home.database) as store:
        store.ingest(planned.directory)
        assert len(store.problems.scoreboard()) > before
        assert store.verify() == []


@pytest.mark.slow
def test_five_sorts_of_commands_at_once_end_right(project: Path, tmp_path: Path) -> None:
    """Reading, choosing, writing out, copying and checking, in processes of their own."""
    words = (
        ("select",), ("export", "set", "--out", tmp_path / "set", "--only", "selected"),
        ("graph", "stats"), ("backup",), ("verify",),
    )  # fmt: skip
    begun = [_begin(project, *each) for each in words]
    said = [(process.communicate(timeout=300), process.returncode) for process in begun]
    assert [code for _, code in said] == [0] * 5, said
    assert all("Traceback" not in err for (_, err), _ in said)
    assert _whole(tmp_path / "set") > 0


def test_who_waits_in_vain_is_told_for_whom_and_how_long(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another command first, then a process outside the queue: one line each."""
    holder = "import sys; from engine.store import Store; Store(sys.argv[1]); print('open', flush=True); input()"
    command = [sys.executable, "-c", holder, str(project / "project.duckdb")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "open\n"
        with pytest.raises(ProjectBusy) as told, in_turn(find(project), patience=0.2):
            pass
        assert f"another process ({other.pid}) holds the store, waited 0 s. Use the studio" in str(told.value)
        with (project / opening.turns.QUEUE).open("a+") as queue:
            assert opening.turns.take(queue)
            opening.turns.sign(queue, brief=False)
            late = pytest.raises(ProjectBusy, match=r"holds the store, waited 0 s\. Try again when it has ended")
            with late, in_turn(find(project), patience=0.2):
                pass
        other.communicate("\n")


def test_a_policy_file_that_goes_while_its_command_waits_was_read_before(project: Path, tmp_path: Path) -> None:
    """What is applied and remembered is what the file said; without a file it is one line."""
    file = tmp_path / "house.toml"
    file.write_text(policy_file.to_toml(Policy("", "house", (Rule("judge_score", "at least", 0.05),))))
    with Store(project / "project.duckdb"):
        waiting = _begin(project, "select", "--policy", file, "--json")
        assert waiting.stderr
        assert "waiting" in waiting.stderr.readline()
        file.unlink()
        late = _begin(project, "select", "--policy", file)
        out, err = late.communicate(timeout=120)
        assert (late.returncode, out) == (1, "")
        assert err.count("\n") == 1
        assert "does not exist" in err or "cannot be read" in err
    out, err = waiting.communicate(timeout=120)
    assert waiting.returncode == 0, err
    with Store(project / "project.duckdb") as store:
        kept = store.policies.get("house")
    assert kept is not None
    assert [rule.limit for rule in kept.rules] == [0.05]


def test_of_two_processes_that_rename_one_point_one_is_told(ask: Callable[..., Said], project: Path) -> None:
    with Store(project / "project.duckdb") as store:
        name = str(store.points.live()["name"].iloc[0])
    gate = threading.Barrier(2)
    said: dict[str, subprocess.Popen[str]] = {}

    def rename(by: str) -> None:
        gate.wait()
        act = "import sys; from engine.store import Store; Store(sys.argv[1]).points.rename(*sys.argv[2:5])"
        command = [sys.executable, "-c", act, str(project / "project.duckdb"), name, f"{name} by {by}", by]
        said[by] = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        said[by].communicate(timeout=120)

    threads = [threading.Thread(target=rename, args=(by,)) for by in ("ann", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # One at a time can open the store, so the other is refused for that, or finds the name gone.
    assert sorted(process.returncode for process in said.values()) == [0, 1]
    (winner,) = (by for by, process in said.items() if not process.returncode)
    with Store(project / "project.duckdb") as store:
        assert [row for row in store.points.live()["name"] if row.startswith(name)] == [f"{name} by {winner}"]
