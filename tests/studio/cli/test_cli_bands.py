"""`lemma knowledge bands` and which embedder `lemma knowledge build` names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from engine.similarity import embedder
from tests.support.command import Said

PAIRS = [("Area of a circle", "Circle area"), ("Area of a circle", "Surface of a disc"), ("Sums", "Sum")]


def _lines(path: Path, said: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in said))
    return path


def test_a_build_says_what_compared_the_names(road: tuple[Path, dict[str, Said]], ask: Callable[..., Said]) -> None:
    assert road[1]["knowledge"].values["embedder"] == "hashing"
    again = ask("knowledge", "build", "--set", "filter.embedder=hashing")
    assert "names were compared by hashing, which sees words and not what they mean" in again.out


def test_bands_of_a_project_name_the_embedder_and_claim_no_limits(ask: Callable[..., Said]) -> None:
    said = ask("knowledge", "bands", "--embedder", "hashing", "--json")
    assert said.values["embedder"] == "hashing"
    assert said.values["limits"] == [0.9, 0.7]
    assert said.values["pairs"] == said.values["points"] * (said.values["points"] - 1) // 2 > 0
    v = embedder.load("hashing").embed(["Geometric sequence", "Arithmetic sequence"])
    assert abs(said.values["paper"][0] - float(v[0] @ v[1])) < 1e-5
    told = ask("knowledge", "bands", "--embedder", "hashing").out
    assert "compared by hashing" in told
    assert "can't tell" in told
    assert "filter.merge_at=" not in told


def test_an_embedder_held_against_itself_keeps_its_limits(command: Callable[..., Said], tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\n".join(f"{kind} of number {n % 7} and {n}" for kind in ("sum", "product") for n in range(60)))
    limits = ("--set", "filter.merge_at=0.8", "--set", "filter.ask_from=0.5")
    words = ("knowledge", "bands", "--points", names, "--embedder", "hashing", "--reference", "hashing", *limits)
    made = command(*words, "--json").values["mapped"]
    assert [one["limit"] for one in made] == [0.8, 0.5]
    for one in made:
        assert one["mapped"] >= one["limit"] - 1e-4
        assert one["shared"] == 1.0
    assert f"--set filter.merge_at={made[0]['mapped']:.4f}" in command(*words).out


def test_labels_that_are_too_few_set_nothing(command: Callable[..., Said], tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Area\nVolume\n")
    rows = [{"left": left, "right": right, "same": True} for left, right in PAIRS]
    given = _lines(tmp_path / "pairs.jsonl", rows)
    said = command("knowledge", "bands", "--points", names, "--embedder", "hashing", "--reference", given)
    assert said.code == 0, said.err
    assert "held against pairs.jsonl: 3 pairs that are the same, 0 that are not" in said.out
    assert "can't tell from 3 pairs" in said.out
    assert "merge_at=1" in said.out


def test_a_faulty_file_of_pairs_is_named(command: Callable[..., Said], tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("Area\nVolume\n")
    given = _lines(tmp_path / "pairs.jsonl", [{"left": "Area", "cosine": 0.5}])
    said = command("knowledge", "bands", "--points", names, "--embedder", "hashing", "--reference", given)
    assert said.code != 0
    assert "pairs.jsonl line 1" in said.err
