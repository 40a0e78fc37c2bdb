"""`lemma export`: shards, classes, repetition from a manifest, and what is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.store import Store

FAILED, WRONG_USE = 1, 2
"""The exit codes that the commands promise."""


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_am26_a_manifest_makes_the_same_files_again(ask, tmp_path: Path) -> None:
    """AM-26: in shards, split and balanced, and with the licences of the seeds on the card."""
    said = ask(
        "export", "mine", "--out", tmp_path / "one", "--format", "sft-pairs", "--container", "parquet", "--shard-rows",
        3, "--test-share", 0.3, "--balance", "difficulty", "--seed", 5, "--json",
    ).values  # fmt: skip
    assert any("-of-" in name for name in said["files"])
    assert sum(said["splits"].values()) == said["rows"]
    again = ask("export", "--from-manifest", tmp_path / "one" / "manifest.json", "--out", tmp_path / "two", "--json")
    assert again.values["sha256"] == said["sha256"]
    assert again.values["only"] == "recreated"
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_what_the_card_says_of_seeds_is_what_was_stated(ask, project: Path, tmp_path: Path) -> None:
    with Store(project / "project.duckdb") as store:
        name = store.seeds.sources()[0].name
    said = ask("export", "mine", "--out", tmp_path / "one", "--seed-license", f"{name}=cc-by-4.0")
    assert said.code == 0, said.err
    assert json.loads((tmp_path / "one" / "manifest.json").read_text())["licenses"] == {name: "cc-by-4.0"}


def test_am20_a_data_set_of_seeds_and_the_best_problems(ask, tmp_path: Path) -> None:
    """AM-20: of the selected problems; what it has too few of is one clear line, and the same files come out again."""
    said = ask("export", "mine", "--out", tmp_path / "one", "--dataset", "3x2", "--json")
    assert said.values["only"] == "selected"
    assert "a score and a solution but are not selected." in said.err
    parts = json.loads((tmp_path / "one" / "manifest.json").read_text())["parts"]
    assert parts["synthesised problems"] == 3
    again = ask("export", "--from-manifest", tmp_path / "one" / "manifest.json", "--out", tmp_path / "two")
    assert again.code == 0, again.err
    assert files(tmp_path / "one") == files(tmp_path / "two")
    short = ask("export", "mine", "--out", tmp_path / "three", "--dataset", "90k")
    assert "of 15,000 synthesised problems are there" in short.out + short.err
    everything = ask("export", "mine", "--out", tmp_path / "four", "--dataset", "90k", "--only", "all", "--json")
    assert everything.values["rows"] > said.values["rows"]
    assert "not selected" not in everything.err


def test_gsdp37_parts_of_the_graph_and_their_unions(ask, project: Path, tmp_path: Path) -> None:
    """GSDP-37: a union holds what its parts hold and nothing else; the manifest makes it again."""
    with Store(project / "project.duckdb") as store:
        kinds = dict(zip(*(store.exports.tagged("selected")[name].to_pylist() for name in ("id", "kind")), strict=True))
    done = {}
    for part in ("One", "Two", "one-hop+GSDP-Two"):
        out = tmp_path / part
        said = ask("export", "mine", "--out", out, "--part", part, "--format", "raw", "--json").values
        rows = [
            json.loads(line)
            for path in said["files"]
            if path.endswith(".jsonl")
            for line in Path(path).read_text().splitlines()
        ]
        done[part] = {row["id"] for row in rows}
        wanted = {"One": {"one-hop"}, "Two": {"two-hop"}}.get(part, {"one-hop", "two-hop"})
        assert done[part]
        assert {kinds[ident] for ident in done[part]} == wanted
        told = json.loads((out / "manifest.json").read_text())
        assert sum(told["parts"].values()) == sum(kind in wanted for kind in kinds.values())
    assert done["one-hop+GSDP-Two"] == done["One"] | done["Two"]
    assert "One" in (tmp_path / "One" / "README.md").read_text()
    again = ask("export", "--from-manifest", tmp_path / "One" / "manifest.json", "--out", tmp_path / "again")
    assert again.code == 0, again.err
    assert files(tmp_path / "One") == files(tmp_path / "again")
    said = ask("export", "mine", "--out", tmp_path / "x", "--part", "Four")
    assert said.code == FAILED
    assert "'Four' is no part of graph-based data. Join with +: One, One-Base" in said.err


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("mine",), "NAME and --out are needed", WRONG_USE),
        (("--out", "x"), "NAME and --out are needed", WRONG_USE),
        (("mine", "--out", "x", "--format", "xml"), "xml is no format", FAILED),
        (("mine", "--out", "x", "--container", "zip"), "zip is no container", FAILED),
        (("mine", "--out", "x", "--balance", "luck"), "luck is no class", FAILED),
        (("mine", "--out", "x", "--format", "preference", "--pairs", "luck"), "luck makes no pairs", FAILED),
        (("mine", "--out", "x", "--dataset", "45k"), "'45k' is no data set", FAILED),
        (("mine", "--out", "x", "--dataset", "30k", "--format", "rl"), "rl has no use for several", FAILED),
        (("mine", "--out", "x", "--seed-license", "mit"), "is not SET=LICENCE", FAILED),
        (("mine", "--out", "x", "--only", "all"), "Use approved or selected", FAILED),
        (("mine", "--out", "x", "--push", "set"), "Use owner/name", FAILED),
        (("mine", "--out", "x", "--push", "me/set"), "Set HF_TOKEN", FAILED),
        (("--from-manifest", "none.json", "--out", "x"), "Give the manifest.json of an export", FAILED),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_nothing(here, tmp_path: Path, monkeypatch, words, said, code) -> None:
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    done = here("export", *words)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_export_is_left_alone(here, tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "thesis.tex").write_text("years")
    done = here("export", "mine", "--out", tmp_path / "x")
    assert done.code == 1
    assert "is there already and is no export. Choose another folder." in done.err
    assert (tmp_path / "x" / "thesis.tex").read_text() == "years"


def test_somebody_elses_manifest_is_no_export(here, tmp_path: Path) -> None:
    """Web sites have a manifest.json, too: the folder was taken for an export and replaced."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "manifest.json").write_text('{"name": "My site", "icons": [], "start_url": "/"}')
    (tmp_path / "x" / "index.html").write_text("years")
    done = here("export", "mine", "--out", tmp_path / "x")
    assert done.code == 1
    assert "is there already and is no export. Choose another folder." in done.err
    assert (tmp_path / "x" / "index.html").read_text() == "years"


def test_what_somebody_put_beside_an_export_is_not_lost(here, tmp_path: Path) -> None:
    assert here("export", "mine", "--out", tmp_path / "x").code == 0
    (tmp_path / "x" / "data" / "notes.txt").write_text("years")
    done = here("export", "mine", "--out", tmp_path / "x")
    assert done.code == 1
    assert "holds data/notes.txt beside an earlier export, which would be lost. Move it away" in done.err
    (tmp_path / "x" / "data" / "notes.txt").rename(tmp_path / "notes.txt")
    assert here("export", "mine", "--out", tmp_path / "x").code == 0
