"""What a run took from its dry run is in the store as the dry run's, so that nothing refers to what is not there."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine import planning
from engine.core.project import Project, find
from engine.generation import recipes
from engine.planning import recovering
from engine.runs import launcher
from engine.runs.status import load_status
from engine.store import Store
from studio.tasks.ingest_loop import fold_in
from tests.support.command import few_seeds, within


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A project with a dry run and a run that reuses it, folded in as an open studio does; the ids of both."""
    root = tmp_path_factory.mktemp("reused") / "project"
    assert within("init", root).code == 0
    assert within("seeds", "add", few_seeds(root.parent / "seeds.jsonl", 30), project=root).code == 0
    home, recipe = find(root), recipes.load("flames", {"items": "5"}, {"*": "abacus:abacus-large"})
    with Store(home.database) as store:
        dry = planning.generation(store, home, recipe, dry=3)
        launcher.run_foreground(dry.directory, lambda status: None)
        fold_in(store, dry.directory)
        run = planning.generation(store, home, recipe, reuse=[dry.plan.id])
        launcher.run_foreground(run.directory, lambda status: None)
        fold_in(store, run.directory)
    return root, dry.plan.id, run.plan.id


def test_a_store_with_a_run_that_reused_its_dry_run_is_sound(used: tuple[Path, str, str]) -> None:
    """Every call is counted once, as whose it was."""
    root, dry, run = used
    said = within("verify", project=root)
    assert (said.code, said.out.strip()) == (0, "All is well.")
    runs = find(root).runs
    assert load_status(runs / run).cached > 0
    with Store(root / "project.duckdb") as store:
        calls = {one.id: one.calls for one in store.runs.list()}
        written = {one for (one,) in store._db.rows("select distinct run_id from problems")}
    assert calls == {dry: load_status(runs / dry).calls, run: load_status(runs / run).calls}
    assert written == {run}, "the items of a dry run are only looked at"


def test_a_reply_that_is_really_missing_is_still_found(used: tuple[Path, str, str], tmp_path: Path) -> None:
    root, dry, _ = used
    home = Project(Path(shutil.copytree(root, tmp_path / "project")))
    shutil.rmtree(home.runs / dry)
    home.database.unlink()
    recovering.recover(home)
    said = within("verify", project=home.root)
    assert said.code == 1
    assert "which is not in replies" in said.out


def test_a_rebuilt_store_has_the_reused_replies_too(used: tuple[Path, str, str], tmp_path: Path) -> None:
    home = Project(Path(shutil.copytree(used[0], tmp_path / "project")))
    home.database.unlink()
    recovering.recover(home)
    assert within("verify", project=home.root).out.strip() == "All is well."
