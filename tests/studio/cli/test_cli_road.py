"""From an empty folder to a training set by commands alone: fields, counts, files."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from datasets import load_dataset

from engine.store import Store

ITEMS = 40


def test_every_command_of_the_road_says_its_fields(road) -> None:
    home, said = road
    assert Path(said["init"].values["project"]) == home.resolve()
    added = said["seeds"].values
    assert added["added"] == 60
    assert added["duplicates"] == 0
    assert added["rejected"] == 0
    assert added["reasons"] == {}
    built = said["knowledge"].values
    assert built["points"] > 20
    assert built["edges"] > 10
    assert built["run"]
    stats = said["stats"].values
    assert (stats["nodes"], stats["edges"]) == (built["points"], built["edges"])
    assert set(stats["counts"]) == {"one-hop", "two-hop", "three-hop", "community"}
    assert stats["components"] >= 1
    assert stats["core"]


def test_a_dry_run_plans_and_leaves_nothing_behind(road) -> None:
    """GSDP-21: what would be written is known before a call is paid for."""
    home, said = road
    assert said["dry"].values["state"] == "planned"
    assert said["dry"].values["items"] == ITEMS
    assert len(list(home.glob("runs/*/plan.json"))) == 2


def test_a_run_accounts_for_every_item(road) -> None:
    home, said = road
    done = said["run"].values
    assert done["state"] == "finished"
    assert done["calls"] > ITEMS
    assert done["tokens_in"] > 1_000
    assert done["tokens_out"] > 1_000
    assert done["cost"] == 0
    assert done["seconds"] > 0
    assert max(done["funnel"].values()) + sum(done["failures"].values()) >= ITEMS
    with Store(home / "project.duckdb") as store:
        funnel = store.home.funnel()
    kept = said["select"].values
    assert kept["total"] == funnel.written
    assert kept["selected"] == funnel.selected > 3
    assert (kept["precision"]["refused"], kept["precision"]["value"]) == ("no_labels", None)
    assert kept["precision"]["labels_needed"] > 0


def test_a_selection_is_no_larger_than_was_asked_for(ask) -> None:
    values = ask("select", "--size", "2", "--json").values
    assert values["selected"] == 2
    assert values["total"] > 2


def test_the_exported_lines_load_as_a_dataset(road, ask, tmp_path) -> None:
    """The selected problems go out where nobody approved one, and the command says so."""
    done = ask("export", "first", "--format", "sft", "--out", tmp_path / "set", "--json")
    values = done.values
    assert "No problem is approved yet" in done.err
    assert values["only"] == "selected"
    assert values["rows"] + sum(values["left_out"].values()) == road[1]["select"].values["selected"]
    assert all(Path(file).is_file() for file in values["files"])
    loaded = load_dataset("json", data_files=values["files"][0], split="train", cache_dir=str(tmp_path / "cache"))
    assert len(loaded) == values["rows"]
    assert [turn["role"] for turn in loaded[0]["messages"]] == ["user", "assistant"]
    by_card = load_dataset(str(tmp_path / "set"), split="train", cache_dir=str(tmp_path / "cache"))
    assert by_card["id"] == loaded["id"]


def test_an_export_is_made_again_byte_for_byte(ask, tmp_path) -> None:
    """GSDP-44: the same problems and settings give the same manifest, and its hashes are those of the files."""
    first, again = tmp_path / "one", tmp_path / "two"
    for out in (first, again):
        assert ask("export", "same", "--out", out, "--test-share", "0.3").code == 0
    names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    for name in names:
        assert (first / name).read_bytes() == (again / name).read_bytes()
    told = json.loads((first / "manifest.json").read_text())
    for file in told["files"]:
        assert hashlib.sha256((first / file["path"]).read_bytes()).hexdigest() == file["sha256"]


def test_decisions_rule_what_is_approved_and_undo_takes_them_back(project, ask, tmp_path) -> None:
    """X-08: a person's word stands above the scores, and every word can be taken back."""
    with Store(project / "project.duckdb") as store:
        ids = store.exports.rows("selected")["id"].to_pylist()
    assert ask("decide", ids[0], "approve", "--json").values["decision"]["act"] == "approve"
    assert ask("decide", ids[1], "reject", "--reason", "trivial", "--json").values["decision"]["reason"] == "trivial"
    assert ask("decide", ids[2], "edit", "--solution", "It is \\boxed{7}.", "--json").code == 0
    out = ask("export", "mine", "--out", tmp_path / "mine", "--format", "preference", "--json").values
    assert out["only"] == "approved"
    assert out["rows"] == 1
    assert out["left_out"] == {"not edited": 1}
    back = ask("undo", "--json").values["undone"]
    assert [one["problem_id"] for one in back] == [ids[2]]
    nothing = ask("export", "mine", "--out", tmp_path / "mine2", "--format", "preference")
    assert nothing.code == 1
    assert "not edited" in nothing.err
    assert not (tmp_path / "mine2").exists()


def test_combinations_are_counted_listed_and_the_same_for_a_seed(ask, tmp_path) -> None:
    """GSDP-14: one-hop combinations are listed, all of them where there are few."""
    out = tmp_path / "pairs.jsonl"
    words = ("graph", "combinations", "--kind", "one-hop", "--limit", "5", "--seed", "3", "--out", out, "--json")
    values = ask(*words).values
    assert values["listed"] == 5 <= values["total"]
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert all(line["kind"] == "one-hop" and line["distance"] == 1 and len(line["points"]) == 2 for line in lines)
    before = out.read_bytes()
    assert ask(*words).code == 0
    assert out.read_bytes() == before


def test_a_run_made_elsewhere_is_folded_in_once(road, command, tmp_path) -> None:
    other = tmp_path / "other"
    assert command("init", other).code == 0
    run = next(road[0].glob("runs/gsdp-*"))
    first = command("ingest", run, "--json", project=other).values["ingested"]
    assert first["problems"] > 10
    assert not any(command("ingest", run, "--json", project=other).values["ingested"].values())
