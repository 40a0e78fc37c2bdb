"""Problems from random pairs beside those of the graph: run, marked, exported apart, told by the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.project import find
from engine.core.records import RANDOM
from engine.generation import recipes
from engine.knowledge import unions
from engine.planning.writing import graph_of
from engine.reporting import pairing, yields
from engine.similarity import embedder
from engine.store import Store
from tests.support.command import Said

ITEMS = 12
LOT = ("run", "gsdp", "--set", "mixture.random_pairs=true", "--items", ITEMS)


@pytest.fixture
def told(ask: Callable[..., Said], project: Path) -> Said:
    return ask(*LOT, "--json")


def test_gsdp43_a_run_writes_from_as_many_random_pairs_as_items(told: Said, project: Path) -> None:
    """GSDP-43: all different, of points of the graph, marked as random, and told beside the graph's own."""
    with Store(project / "project.duckdb") as store:
        points = set(graph_of(store, recipes.load("gsdp")).names)
        plan = store.runs.plan(told.values["run"])
        made = store.figures.problems()
        pairs = store.figures.pairs()
        counts = {one.kind: one.known for one in store.combinations.counts()}
        section = pairing.random_baseline(store, recipes.load("gsdp"), embedder.load("hashing"))
        sets = yields.data_sets(store)
    assert plan is not None
    assert plan.recipe.settings.mixture.random_pairs
    lot = pairs[pairs["kind"] == RANDOM]
    assert counts[RANDOM] == ITEMS
    assert set(lot["first"]) | set(lot["second"]) <= points
    assert (made["kind"] == RANDOM).sum() >= len(lot) > ITEMS / 2
    assert section.table is not None
    row = next(row for row in section.table.rows if row[0] == pairing.RANDOM)
    assert row[1] == len(lot)
    assert isinstance(row[-1], float), "how near its problems stay to seeds is measured now"
    assert "those that problems were written from" in section.notes[0]
    assert "more come from random pairs" in sets.notes[0]


def test_gsdp43_the_two_sets_go_out_apart(told: Said, ask: Callable[..., Said], tmp_path: Path) -> None:
    """GSDP-43: beside the graph's set and never joined with it; every row says that its pair is random."""
    assert told.code == 0
    assert ask("select").code == 0
    lot = ask(
        "export",
        "lot",
        "--part",
        "random",
        "--only",
        "selected",
        "--format",
        "raw",
        "--out",
        tmp_path / "lot",
        "--json",
    )
    ours = ask(
        "export", "one", "--part", "One", "--only", "selected", "--format", "raw", "--out", tmp_path / "one", "--json"
    )
    kinds = []
    for said in (lot, ours):
        assert said.values["rows"] > 0
        lines = Path(said.values["files"][0]).read_text(encoding="utf-8").splitlines()
        kinds.append({json.loads(line)["kind"] for line in lines})
    assert kinds == [{RANDOM}, {"one-hop"}]
    joined = ask("export", "both", "--part", "One+Random", "--out", tmp_path / "both")
    assert (joined.code, "never joined" in joined.err) == (1, True)


def test_gsdp43_a_plan_says_how_many_pairs_of_the_graph_there_are(ask: Callable[..., Said], project: Path) -> None:
    said = ask(*LOT, "--dry-run")
    assert said.code == 0, said.err
    assert "pairs of the graph. To compare as many, ask for" in said.out + said.err
    point = ask(*LOT, "--point", find(project).root.name)
    assert (point.code, "cannot all hold one point" in point.err) == (1, True)


def test_gsdp43_random_pairs_are_in_no_union() -> None:
    items = [unions.Tagged("a", "one-hop", "1"), unions.Tagged("b", RANDOM, "2")]
    assert unions.named("GSDP-Random") == ("Random",)
    assert unions.union(items, unions.named("Random")) == ("b",)
    assert unions.union(items, unions.COMPONENTS) == ("a",)
