"""The whole way by commands on public data sets: seeds to training set, and points that people gave."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from datasets import load_dataset

from tests.studio.cli.conftest import lemma

pytestmark = [pytest.mark.real_data, pytest.mark.slow]


def test_gsm8k_and_math_go_the_whole_way(real_data, tmp_path) -> None:
    """GSDP-01, GSDP-44: both training sets, one of them without worked solutions, become a data set in one go."""
    home, out = tmp_path / "project", tmp_path / "set"

    def step(*words: object) -> dict[str, object]:
        said = lemma(*words, "--json", project=home, timeout=900)
        return dict(said.values)

    step("init", home)
    added = step(
        "seeds", "add", real_data / "gsm8k" / "train.jsonl.gz", real_data / "math" / "derived" / "math_train.jsonl.gz"
    )
    assert added["added"] + added["duplicates"] + added["rejected"] == 7473 + 7500
    assert added["added"] > 14_900
    built = step("knowledge", "build")
    assert built["points"] > 100
    assert built["edges"] > 100
    done = step("run", "gsdp", "--items", "300")
    assert done["state"] == "finished"
    chosen = step("select")
    assert 0 < chosen["selected"] < chosen["total"] <= 300
    values = step("export", "gsm8k-math", "--format", "sft", "--out", out)
    rows = load_dataset("json", data_files=values["files"][0], split="train", cache_dir=str(tmp_path / "cache"))
    assert len(rows) == values["rows"] > 0
    assert all("\\boxed" in row["messages"][1]["content"] for row in rows)
    assert json.loads((out / "manifest.json").read_text())["sources"] == ["math", "gsm8k"]
    assert lemma("verify", project=home, timeout=300).code == 0


def test_human_routes_become_points_without_a_model(real_data, tmp_path) -> None:
    """CL-06: the Chinese file gives 1,117 points before filtering, and no call is made for them."""
    home = tmp_path / "project"
    assert lemma("init", home).code == 0
    path = real_data / "knowledge_points" / "tal_scq5k" / "ch_single_choice_train_3K.jsonl.gz"
    assert lemma("seeds", "add", path, project=home).code == 0
    built = lemma("knowledge", "build", "--json", project=home, timeout=600).values
    assert built["found"] == 1117
    assert built["edges"] > 900
    shown = lemma("graph", "stats", "--json", project=home).values
    assert shown["nodes"] == built["points"]
    assert Path(home, "runs", str(built["run"]), "plan.json").exists()
