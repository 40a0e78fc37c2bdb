"""What each keep strategy keeps, as one data set with a split for each: own sizes, equal sizes, made again."""

from __future__ import annotations

import json
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from datasets import load_dataset

from engine.core.errors import BadSetting
from engine.export.shape import FileShape
from engine.store import Store
from tests.support.command import Said, few_seeds, within

ITEMS = 24


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A FLAMES run whose strategies keep different numbers of problems; one problem was rejected by a person."""
    place = tmp_path_factory.mktemp("strategies")
    home = place / "home"
    assert within("init", home).code == 0
    assert within("seeds", "add", few_seeds(place / "seeds.jsonl"), project=home).code == 0
    said = within("run", "flames", "--items", ITEMS, "--engine", "solver=abacus:abacus-small", project=home)
    assert said.code == 0, said.err
    kept = _kept(home)["strict"]
    assert within("decide", kept[0], "reject", "--reason", "ambiguous", project=home).code == 0
    return home


def _kept(home: Path) -> dict[str, list[str]]:
    with Store(home / "project.duckdb") as store:
        said = store.figures.said([f"keep_{name}" for name in ("strict", "majority", "first")])
    said = said[said["value"] == 1.0]
    return {name.removeprefix("keep_"): mine["subject_id"].tolist() for name, mine in said.groupby("name")}


def _export(home: Path, out: Path, *words: object) -> Said:
    return within("export", "study", "--out", out, *words, "--json", project=home)


def _splits(folder: Path) -> dict[str, list[str]]:
    import pyarrow.parquet as pq

    table = pq.read_table(folder / "lineage.parquet", columns=["id", "split"]).to_pylist()
    found: dict[str, list[str]] = {}
    for row in table:
        found.setdefault(row["split"], []).append(row["id"])
    return found


def test_fl27_a_split_for_each_strategy_with_all_that_it_keeps(home: Path, tmp_path: Path) -> None:
    """FL-27: coverage in order, a person's no above every strategy, and what the card says of it."""
    said = _export(home, tmp_path / "own", "--strategies", "own").values
    kept, splits = _kept(home), _splits(tmp_path / "own")
    rejected = kept["strict"][0]
    assert len(splits["strict"]) <= len(splits["majority"]) <= len(splits["first"])
    assert len(splits["strict"]) < len(splits["first"])
    for name in kept:
        assert set(splits[name]) <= set(kept[name]) - {rejected}
    card = (tmp_path / "own" / "README.md").read_text(encoding="utf-8")
    assert "## Coverage" in card
    told = json.loads((tmp_path / "own" / "manifest.json").read_text())
    parts = told["parts"]
    assert parts["strict"] == len(kept["strict"]) - 1
    assert f"{parts['strict']:,} ({parts['strict'] / parts['problems']:.1%})" in card.replace("\\", "")
    assert said["splits"] == {name: len(ids) for name, ids in splits.items()}


def test_fl27_strategies_at_equal_size_are_drawn_in_one_order(home: Path, tmp_path: Path) -> None:
    """FL-27: as many rows in every file, no problem twice in one, and `datasets` reads each as a split."""
    said = _export(home, tmp_path / "equal", "--strategies", "equal").values
    sizes = set(said["splits"].values())
    assert len(sizes) == 1
    assert said["left_out"] == {}
    splits = _splits(tmp_path / "equal")
    assert all(max(Counter(ids).values()) == 1 for ids in splits.values())
    kept = _kept(home)
    for one, other in combinations(kept, 2):
        both = set(kept[one]) & set(kept[other])
        drawn = [both & set(splits[name]) for name in (one, other)]
        assert min(drawn, key=len) <= max(drawn, key=len), "what both keep is drawn in the same order"
    rows = load_dataset(str(tmp_path / "equal"), split="majority", cache_dir=str(tmp_path / "cache"))
    assert len(rows) == sizes.pop()


def test_fl27_a_row_has_the_solution_that_its_strategy_chose(home: Path, tmp_path: Path) -> None:
    """FL-27: where the majority is not the first answer, the two splits teach different solutions."""
    _export(home, tmp_path / "own", "--strategies", "own", "--format", "sft-pairs")
    import pyarrow.parquet as pq

    lines = pq.read_table(tmp_path / "own" / "lineage.parquet", columns=["id", "split", "solution_id"]).to_pylist()
    with Store(home / "project.duckdb") as store:
        reasons = store.figures.said(["keep_majority", "keep_first"]).set_index(["name", "subject_id"])["reason"]
        for line in lines:
            if line["split"] in ("majority", "first"):
                solutions = {one.id: one.index for one in store.problems.solutions(line["id"])}
                wanted = f"keeps solution {solutions[line['solution_id']] + 1}"
                assert reasons["keep_" + line["split"], line["id"]] == wanted


def test_fl27_it_is_made_again_byte_for_byte(home: Path, tmp_path: Path) -> None:
    first = _export(home, tmp_path / "one", "--strategies", "equal").values
    again = within(
        "export",
        "--from-manifest",
        tmp_path / "one" / "manifest.json",
        "--out",
        tmp_path / "two",
        "--json",
        project=home,
    ).values
    assert again["sha256"] == first["sha256"]
    assert (tmp_path / "two" / "README.md").read_bytes() == (tmp_path / "one" / "README.md").read_bytes()


@pytest.mark.parametrize(
    "beside", [{"test_share": 0.1}, {"balance": "concept"}, {"best": 5}, {"components": ("One",)}, {"format": "rl"}]
)
def test_fl27_what_has_no_place_beside_it_is_said(beside: dict[str, object]) -> None:
    with pytest.raises(BadSetting):
        FileShape(strategies="own", **beside)  # type: ignore[arg-type]
    with pytest.raises(BadSetting, match="own or equal"):
        FileShape(strategies="fair")
