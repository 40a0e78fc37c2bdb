"""Commands that read results know what runs wrote while no studio was open."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import planning
from engine.core.project import find
from engine.generation import recipes
from engine.runs import launcher
from engine.store import Store


@pytest.fixture
def left(project: Path) -> Path:
    """A run whose worker wrote its journal and that nobody folded in, as `lemma init --demo` leaves one."""
    home = find(project)
    with Store(home.database) as store:
        planned = planning.generation(store, home, recipes.load("gsdp", {"items": "9", "seed": "77"}))
    assert launcher.run_foreground(planned.directory, lambda _: None).done == 9
    return planned.directory


def test_a_run_that_nobody_watched_is_counted(ask, project: Path, left: Path) -> None:
    with Store(project / "project.duckdb") as store:
        before = store.problems.count()
    assert ask("select", "--json").values["funnel"]["problems"] > before


def test_a_run_that_cannot_be_read_is_named_and_left_out(ask, left: Path) -> None:
    (left / "plan.json").write_text("{")
    said = ask("select")
    assert said.code == 0
    assert f"{left.name} is left out" in said.err
