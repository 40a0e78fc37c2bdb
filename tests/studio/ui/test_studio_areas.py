"""Concepts have the areas of the shipped tree, on the map and on the graph."""

from __future__ import annotations

from pathlib import Path

from engine.store import Store
from studio.parts.graph import reads
from studio.ui.areas import area_of


def test_a_concept_of_the_tree_has_an_area_and_another_has_none() -> None:
    assert area_of("Linear equations") == "Algebra"
    assert area_of("Basket weaving") == ""


def test_a_point_without_an_area_takes_that_of_the_tree_and_its_own_wins(tmp_path: Path) -> None:
    with Store(tmp_path / "project.duckdb") as store:
        store.points.create("Linear equations", "me")
        store.points.create("Quadratic equations", "me", area="Mine")
        store.points.create("Basket weaving", "me")
        found = {name: fact.area for name, fact in reads.facts(store).items()}
    assert found == {"Linear equations": "Algebra", "Quadratic equations": "Mine", "Basket weaving": ""}
