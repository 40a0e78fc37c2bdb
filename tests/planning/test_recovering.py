"""Each file of a project is destroyed in turn; the store comes back from what is left, and says what did not."""

from __future__ import annotations

import os
import random
import shutil
import time
from pathlib import Path

import duckdb
import pytest

from engine.core import project
from engine.core.errors import BadInput, ProjectBusy, UserError
from engine.planning import recovering
from engine.runs import launcher
from engine.store import Store, backups
from tests.support.command import few_seeds, within

ITEMS = 12


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with seeds, a run, decisions and a copy, in a folder that no test changes."""
    root = tmp_path_factory.mktemp("recovering") / "project"
    assert within("init", root).code == 0
    assert within("seeds", "add", few_seeds(root.parent / "seeds.jsonl", 40), project=root).code == 0
    run = ("run", "flames", "--items", ITEMS, "--engine", "*=abacus:abacus-large")
    assert within(*run, project=root).code == 0
    with Store(root / "project.duckdb") as store:
        ids = list(store.problems.page(limit=3).rows["id"])
    assert ids
    for ident in ids:
        assert within("decide", ident, "approve", project=root).code == 0
    assert within("backup", project=root).code == 0
    return root


@pytest.fixture
def home(used: Path, tmp_path: Path) -> project.Project:
    return project.Project(Path(shutil.copytree(used, tmp_path / "project")))


def _counts(home: project.Project) -> dict[str, int]:
    with duckdb.connect(str(home.database), read_only=True) as found:
        names = [name for (name,) in found.execute("select table_name from duckdb_tables()").fetchall()]
        return {name: found.execute(f'select count(*) from "{name}"').fetchall()[0][0] for name in names}


def _halve(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


def _scramble(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _flip(path: Path) -> None:
    """Change a byte here and there behind the head, as a bad disk does."""
    body = bytearray(path.read_bytes())
    for place in range(20_000, len(body), 50_000):
        body[place] ^= 0xFF
    path.write_bytes(body)


@pytest.mark.parametrize("harm", [_halve, _scramble, _flip, Path.unlink, lambda path: path.write_bytes(b"")])
def test_a_store_that_cannot_be_read_comes_back_from_its_copy(home: project.Project, harm) -> None:
    with Store(home.database) as store:
        backups.copy(store, home.root / "whole.duckdb")
    shutil.copyfile(home.root / "whole.duckdb", home.database)
    home.database.with_name("project.duckdb.wal").unlink(missing_ok=True)
    before = _counts(home)
    harm(home.database)
    said = within("recover", "--json", project=home.root).values
    assert said["whole"] is False
    assert Path(said["source"]).parent == home.backups
    assert "made after that are gone" in said["lost"]
    assert _counts(home) == before
    assert (said["aside"] is None) == (harm is Path.unlink)


def test_without_a_copy_what_runs_made_comes_back(home: project.Project) -> None:
    before = _counts(home)
    shutil.rmtree(home.backups)
    _scramble(home.database)
    home.database.with_name("project.duckdb.wal").unlink(missing_ok=True)
    said = within("recover", "--json", project=home.root).values
    after = _counts(home)
    assert said["source"] == "nothing"
    assert "decisions" in said["lost"]
    for kind in ("problems", "solutions", "verdicts", "replies", "items", "runs"):
        assert after[kind] == before[kind] > 0
    assert after["seeds"] > 0
    assert after["decisions"] == 0


def test_a_run_that_ended_after_the_copy_comes_back_whole(home: project.Project) -> None:
    run = ("run", "flames", "--items", 4, "--engine", "*=abacus:abacus-large", "--set", "seed=9")
    assert within(*run, project=home.root).code == 0
    before = _counts(home)
    _scramble(home.database)
    home.database.with_name("project.duckdb.wal").unlink(missing_ok=True)
    assert within("recover", project=home.root).code == 0
    after = _counts(home)
    assert {kind: after[kind] for kind in ("problems", "verdicts", "decisions")} == {
        kind: before[kind] for kind in ("problems", "verdicts", "decisions")
    }


def test_every_other_file_may_be_lost(home: project.Project) -> None:
    """One after the other is scrambled: the store is made anew each time, or one line says why not."""
    files = [path for path in sorted(home.root.rglob("*")) if path.is_file() and "project.duckdb" not in path.name]
    assert len(files) > 10
    for path in files:
        kept = path.read_bytes()
        path.write_bytes(b"\0\xff not what it was {")
        said = within("recover", "--anyway", "--json", project=home.root)
        assert said.code in (0, 1), (path, said)
        assert len(said.err.strip().splitlines()) < 12
        if said.code:
            assert path.name == "engines.toml", (path, said.err)
        path.write_bytes(kept)
    assert _counts(home)["decisions"] == 3


def test_a_whole_store_is_left_alone(home: project.Project) -> None:
    before = home.database.stat().st_ino
    assert within("recover", "--json", project=home.root).values == {"source": None, "whole": True}
    assert home.database.stat().st_ino == before


def test_a_store_that_is_open_is_not_touched(home: project.Project) -> None:
    with Store(home.database), pytest.raises(ProjectBusy):
        recovering.recover(home)
    assert not (home.root / "damaged").exists()


def test_a_store_that_is_gone_is_not_silently_made_anew(home: project.Project) -> None:
    home.database.unlink()
    said = within("verify", project=home.root)
    assert said.code == 1
    assert "is not there any more, although the project was used. Bring the file back" in said.err
    assert not home.database.exists()


def test_a_store_that_is_deleted_while_it_is_open_takes_no_more_writes(home: project.Project) -> None:
    """Decisions went on into a file that nobody could find any more."""
    with Store(home.database) as store:
        home.database.unlink()
        with pytest.raises(BadInput, match=r"was deleted or replaced while it was open; nothing is saved"):
            store.between_writes(lambda: None)


def test_a_copy_can_be_made_while_the_store_is_used_and_none_takes_anothers_place(home: project.Project) -> None:
    with Store(home.database) as store:
        made = backups.make(store, home.backups, now=0.0)
        with pytest.raises(UserError, match="is there already"):
            backups.make(store, home.backups, now=0.0)
        assert len(store.problems.page(limit=1).rows)
    assert backups.fault(made.path) == ""
    assert [path.name for path in home.backups.iterdir() if not path.name.endswith(".duckdb")] == []


def test_a_copy_is_made_once_a_day_and_seven_are_kept(home: project.Project) -> None:
    born, day = 1_000_000.0, backups.DAY_S
    folder = home.root / "daily"
    with Store(home.database) as store:
        assert backups.daily(store, folder, born, now=born + day / 2) is None
        made = [backups.daily(store, folder, born, now=born + number * day) for number in range(1, 11)]
        assert all(made)
        assert backups.daily(store, folder, born, now=born + 10.5 * day) is None
        assert backups.daily(store, folder, born, now=born) is not None, "a clock that was set back"
    assert len(backups.listed(folder)) == backups.KEPT


def test_a_copy_that_is_damaged_or_no_file_is_passed_over(home: project.Project) -> None:
    """An older one is taken, however the newer ones look; recovering twice is recovering once."""
    before = _counts(home)
    (whole,) = (one.path for one in backups.listed(home.backups))
    for number, name in enumerate(("flipped", "empty", "folder", "link", "pipe"), 1):
        place = home.backups / f"project-2099010{number}T000000Z.duckdb"
        if name == "flipped":
            shutil.copyfile(whole, place)
            _flip(place)
        elif name == "empty":
            place.touch()
        elif name == "folder":
            place.mkdir()
        elif name == "link":
            place.symlink_to("/dev/zero")
        else:
            os.mkfifo(place)
    for again in range(2):
        if not again:
            _scramble(home.database)
            home.database.with_name("project.duckdb.wal").unlink(missing_ok=True)
        said = within("recover", "--json", project=home.root).values
        assert said["source"] == (None if again else str(whole))
        assert _counts(home) == before


def test_a_damaged_journal_comes_back_as_far_as_it_can_be_read_and_whole_after_a_resume(home: project.Project) -> None:
    """Lines that cannot be read are named by the check; the run is resumed and has all that it had."""
    before = _counts(home)
    (run,) = (plan.parent for plan in home.runs.glob("*/plan.json"))
    path = run / "journal" / "records.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    problem = next(n for n, line in enumerate(lines) if line.startswith(b'{"t":"problem"'))
    lines[problem] = lines[problem][:40] + b"\n"
    path.write_bytes(b"".join(lines))
    shutil.rmtree(home.backups)
    _scramble(home.database)
    home.database.with_name("project.duckdb.wal").unlink(missing_ok=True)
    assert within("recover", "--json", project=home.root).values["runs"] == 1
    assert _counts(home)["problems"] == before["problems"] - 1
    assert f"line {problem + 1} cannot be read" in within("verify", project=home.root).out
    said = within("runs", "resume", run.name, "--json", project=home.root)
    assert f"records.jsonl line {problem + 1} (" in said.err
    assert said.values["damage"] in said.err
    while launcher.state(run).state in launcher.ACTIVE or launcher.is_alive(run):
        time.sleep(0.05)
    assert "made again from replies that are there" in within("runs", "show", run.name, project=home.root).out
    assert within("select", project=home.root).code == 0
    after = _counts(home)
    assert {kind: after[kind] for kind in ("problems", "verdicts", "replies", "solutions")} == {
        kind: before[kind] for kind in ("problems", "verdicts", "replies", "solutions")
    }
    assert within("verify", project=home.root).out.strip() == "All is well."
