"""Preference pairs out of a real continual-learning synthesis, from its run to the exported file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import planning
from engine.core import project
from engine.core.resources import shipped
from engine.export import deliver
from engine.generation import recipes
from engine.runs import launcher
from engine.seeds import import_files
from engine.store import Store


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> project.Project:
    made = project.create(tmp_path_factory.mktemp("mended") / "project")
    with Store(made.database) as store:
        import_files.add_seeds(store, made, shipped("seeds") / "algebra.jsonl")
        planned = planning.generation(store, made, recipes.load("continual", {"items": "40"}))
        launcher.run_foreground(planned.directory, lambda status: None)
        store.ingest(planned.directory)
        source = store.exports.outgoing("all")
        for piece in source.texts():
            for ident in piece["id"].to_pylist():
                store.decisions.decide(ident, "mira", "approve")
        source.close()
    return made


def test_cl15_self_refined_pairs_go_out_under_their_request(home, tmp_path: Path) -> None:
    """CL-15: every revised sample becomes a pair with its parent; the others are left out of preference data."""
    with Store(home.database) as store:
        done = deliver(store, "pairs", tmp_path / "pairs", format="preference").exported
        rows = [json.loads(line) for line in (tmp_path / "pairs" / "data" / "train.jsonl").read_text().splitlines()]
        whole = {row["id"]: row for row in store.exports.rows("all").to_pylist()}
        assert len(rows) == done.rows > 2
        for row in rows:
            revised = whole[row["id"]]
            assert revised["agent"] == "self_refine"
            assert revised["statement"] in row["chosen"][0]["content"]
            assert "\\boxed" in row["chosen"][0]["content"]
            parent = store.problems.get(revised["parent_id"])
            assert parent is not None
            assert parent.statement in row["rejected"][0]["content"]
            assert row["chosen"] != row["rejected"]
            assert "<request>" in row["prompt"][-1]["content"]
        assert sum(row["agent"] == "self_refine" for row in whole.values()) >= len(rows)
