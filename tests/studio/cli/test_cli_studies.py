"""A study of models by one command: the same items for every choice, told pair by pair, resumed where it stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import planning
from engine.core.project import find
from engine.generation import inputs, recipes
from engine.reporting import model_study
from engine.runs import launcher
from engine.runs.plan import GeneratePlan, StudyPlan, load_plan_as
from engine.runs.status import load_status
from engine.store import Store
from tests.support.command import Said, few_seeds, within
from tests.support.worker_runs import wait_for

ITEMS = 4
MODELS = ("abacus:abacus-small", "abacus:abacus-large")
TURNS = tuple(f"{role}={where}" for role in ("writer", "solver") for where in MODELS)
STUDY = ("run", "flames", "--items", ITEMS, *(word for turn in TURNS for word in ("--study", turn)))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Said]:
    place = tmp_path_factory.mktemp("study")
    home = place / "home"
    assert within("init", home).code == 0
    assert within("seeds", "add", few_seeds(place / "seeds.jsonl"), project=home).code == 0
    return home, within(*STUDY, "--json", project=home)


def _cells(home: Path, said: Said) -> list[GeneratePlan]:
    plan = load_plan_as(home / "runs" / said.values["run"], StudyPlan)
    return [load_plan_as(home / "runs" / name, GeneratePlan) for name in plan.cells]


def test_fl36_every_pair_of_models_writes_the_same_items(told: tuple[Path, Said]) -> None:
    """FL-36: two writers by two solvers, the same orders and seed in each, and nothing else changed."""
    home, said = told
    cells = _cells(home, said)
    pairs = [(cell.recipe.roles["writer"], cell.recipe.roles["solver"]) for cell in cells]
    assert pairs == [(writer, solver) for writer in MODELS for solver in MODELS]
    orders = [list(inputs.work_items(home / "runs" / cell.id)) for cell in cells]
    assert len(orders[0]) == ITEMS
    assert all(one == orders[0] for one in orders)
    assert len({cell.recipe.seed for cell in cells}) == 1
    assert said.values["state"] == "finished"
    assert [row["state"] for row in said.values["runs"]] == ["finished"] * 4
    assert [row["items"] for row in said.values["runs"]] == [ITEMS] * 4


def test_fl36_the_same_writer_is_paid_once(told: tuple[Path, Said]) -> None:
    """FL-36: where only the solver differs the problems are the same, word for word, and cost nothing again."""
    home, said = told
    cells = [cell.id for cell in _cells(home, said)]
    with Store(home / "project.duckdb") as store:
        texts: dict[str, set[str]] = {name: set() for name in cells}
        ids = store.problems.scoreboard()["id"].to_pylist()
        for row in store.problems.texts(ids).to_pylist():
            card = store.problems.get(row["id"])
            assert card is not None
            texts[card.problem.run_id].add(card.problem.statement)
        roles = {name: {one.role for one in store.replies.spent(name)} for name in cells}
    assert texts[cells[0]] == texts[cells[1]]
    assert texts[cells[0]] != texts[cells[2]]
    assert "writer" in roles[cells[0]]
    assert "writer" not in roles[cells[1]]
    assert load_status(home / "runs" / cells[1]).cached > 0


def test_fl36_the_report_has_a_row_for_each_pair(told: tuple[Path, Said]) -> None:
    """FL-36: problems and kept items by pair, beside the paper's table."""
    home, said = told
    with Store(home / "project.duckdb") as store:
        section = model_study.model_study(store, find(home))
    assert section.table is not None
    rows = [dict(zip(section.table.columns, row, strict=True)) for row in section.table.rows]
    assert [row["models"] for row in rows] == [row["models"] for row in said.values["runs"]]
    assert [row["kept"] for row in rows] == [row["kept"] for row in said.values["runs"]]
    assert all(row["items"] == ITEMS and row["problems"] for row in rows)
    assert "abacus-small" in section.finding or "abacus-large" in section.finding


def test_fl36_a_study_is_forecast_pair_by_pair_and_as_a_whole(told: tuple[Path, Said]) -> None:
    """FL-36: what runs of the same models cost before; nothing is written by a plan."""
    home, _ = told
    few = within(*STUDY, "--dry-run", "--dry-items", 2, "--json", project=home)
    assert few.values["items"] == ITEMS
    assert [one["calls"] > 0 for one in few.values["forecast"]] == [True] * 4
    said = within(*STUDY, "--dry-run", project=home)
    assert "4 runs of 4 items would be written" in said.out
    assert "All: at most" in said.out + said.err


def test_fl36_a_study_that_was_stopped_goes_on_behind_what_is_done(told: tuple[Path, Said]) -> None:
    """FL-36: the first run has ended; a resume leaves it as it is and brings the others to their end."""
    home, _ = told
    with Store(home / "project.duckdb") as store:
        recipe = recipes.load("flames", {"items": "2"})
        planned = planning.study(store, find(home), recipe, {"solver": MODELS})
    first, second = (planned.directory.with_name(name) for name in planned.plan.cells)
    launcher.run_foreground(first, lambda status: None)
    before = (first / "journal" / "replies.jsonl").read_bytes()
    assert within("runs", "resume", planned.plan.id, project=home).code == 0
    wait_for(lambda: launcher.state(planned.directory).state not in launcher.ACTIVE, 600)
    assert launcher.state(planned.directory).state == "finished"
    assert launcher.state(second).state == "finished"
    assert (first / "journal" / "replies.jsonl").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--study", "painter=abacus:abacus-small", "--study", "painter=abacus:abacus-large"), "asks no 'painter'"),
        (("--study", f"writer={MODELS[0]}"), "compares nothing"),
        (("--study", f"writer={MODELS[0]}", "--study", f"writer={MODELS[0]}"), "the same model twice"),
        (("--study", "writer=nowhere:x", "--study", f"writer={MODELS[0]}"), "not a known engine"),
    ],
)
def test_fl36_what_is_no_study_is_said_and_leaves_nothing(
    words: tuple[str, ...], says: str, told: tuple[Path, Said]
) -> None:
    home, _ = told
    before = len(list((home / "runs").iterdir()))
    said = within("run", "flames", "--items", 2, *words, project=home)
    assert (said.code, says in said.err) == (1, True), said.err
    assert len(list((home / "runs").iterdir())) == before
