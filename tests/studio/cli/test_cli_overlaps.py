"""What commands say of test problems with other numbers and of near ones, and where the pairs are listed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TALE = "A grocer packs 12 crates of apples with 20 pieces each and sells half of them. How many are left in the end?"
NUMBERS = TALE.replace("12", "31").replace("20", "14")
OTHER = "What is the sum of the first ten odd numbers that are no multiples of three?"


def _write(path: Path, *statements: str) -> Path:
    rows = (json.dumps({"question": text, "answer": "It is #### 4"}) for text in statements)
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def home(command, tmp_path: Path) -> Path:
    """Three seeds, of which one is a test problem and one the same with other numbers."""
    place = tmp_path / "project"
    assert command("init", place).code == 0
    assert command("benchmarks", "add", _write(tmp_path / "held.jsonl", TALE), project=place).code == 0
    return place


def test_rr19_seeds_are_counted_in_tiers_when_they_come(command, home: Path, tmp_path: Path) -> None:
    """RR-19: copies as before, and beside them those with other numbers."""
    said = command("seeds", "add", _write(tmp_path / "seeds.jsonl", TALE, NUMBERS, OTHER), "--json", project=home)
    assert said.values["test_seeds"] == {"held": 1}
    assert said.values["near_tests"] == {"numbers": {"held": 1}}
    assert "1 test problems with other numbers (held 1); see lemma benchmarks check --of seeds" in said.err


def test_rr19_the_pairs_are_listed_and_written(command, home: Path, tmp_path: Path) -> None:
    """RR-19: the text, the test problem, the tier and its figure; and what nobody looked for."""
    command("seeds", "add", _write(tmp_path / "seeds.jsonl", TALE, NUMBERS, OTHER), project=home)
    out = tmp_path / "pairs.jsonl"
    said = command("benchmarks", "check", "--of", "seeds", "--out", out, "--json", project=home)
    assert said.code == 0, said.err
    assert said.values["rows"] == 3
    assert said.values["tiers"] == {"ngrams": {"held": 1}, "numbers": {"held": 1}, "judged": {}, "near": {}}
    assert said.values["every"] == {"ngrams": 1, "numbers": 2, "judged": 0, "near": 2}
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(one["tier"], one["statement"], one["test_problem"]) for one in written] == [
        ("ngrams", TALE, TALE),
        ("numbers", NUMBERS, TALE),
    ]
    told = command("benchmarks", "check", "--of", "seeds", project=home).out
    assert "told in other words" in told
    assert "1 test problems with other numbers (held 1) [drop]" in told
    less = command("benchmarks", "check", "--of", "seeds", "--set", "numbers=off", "--json", project=home)
    assert less.values["tiers"] == {"ngrams": {"held": 1}, "numbers": {}, "judged": {}, "near": {"held": 1}}


def test_without_test_problems_there_is_nothing_to_check(command, tmp_path: Path) -> None:
    place = tmp_path / "project"
    command("init", place)
    said = command("benchmarks", "check", project=place)
    assert said.code == 1
    assert "no benchmark is imported" in said.err
    bad = command("benchmarks", "check", "--set", "near=maybe", project=place)
    assert (bad.code, "near" in bad.err) == (1, True)


def test_rr19_an_export_takes_the_settings_and_says_what_it_cannot_find(ask, tmp_path: Path) -> None:
    """RR-19: a problem of the project becomes a test problem with other numbers."""
    problems = ask("benchmarks", "check", "--json")
    assert problems.code == 1, "no benchmark yet"
    first = ask("export", "all", "--out", tmp_path / "all", "--json").values["rows"]
    rows = (tmp_path / "all" / "data" / "train.jsonl").read_text().splitlines()
    texts = [json.loads(row)["messages"][0]["content"] for row in rows]
    longest = max(texts, key=lambda text: len(text.split()))
    held = _write(tmp_path / "held.jsonl", "".join("9" if sign.isdigit() else sign for sign in longest))
    assert ask("benchmarks", "add", held).code == 0
    told = ask("export", "mine", "--out", tmp_path / "mine", "--json")
    assert told.values["left_out"]["is a test problem with other numbers"] >= 1
    assert "told in other words" in told.err
    off = ["--set", "numbers=warn"]
    kept = ask("export", "kept", "--out", tmp_path / "kept", *off, "--json")
    assert kept.values["rows"] == first
    assert kept.values["warned"]["is a test problem with other numbers"] >= 1
    assert "see them with lemma benchmarks check" in kept.err


RETOLD = (
    "From 12 crates, each of 20 pieces, a grocer sells a half. Please say how many pieces of fruit then remain with "
    "him."
)


def test_rr19_a_model_is_asked_which_texts_are_test_problems_in_other_words(
    command, home: Path, tmp_path: Path
) -> None:
    """RR-19: only what no surer tier finds is asked about, and no pair twice; what was said is kept as evidence."""
    command("seeds", "add", _write(tmp_path / "seeds.jsonl", TALE, NUMBERS, RETOLD, OTHER), project=home)
    check = ("benchmarks", "check", "--of", "seeds")
    assert command(*check, "--json", project=home).values["tiers"]["judged"] == {}
    said = command(*check, "--judge", "abacus:abacus-judge-a", "--json", project=home)
    assert said.code == 0, said.err
    assert "2 texts beside up to 5 test problems each go to abacus:abacus-judge-a" in said.err
    assert said.values["tiers"]["judged"] == {"held": 1}
    (pair,) = (one for one in said.values["pairs"] if one["tier"] == "judged")
    assert (pair["statement"], pair["test_problem"]) == (RETOLD, TALE)
    assert "in other words, says abacus-judge-a: Both speak of 12, 20" in pair["reason"]
    looked = said.values["looked"]
    assert (looked["judges"], looked["judged_texts"], looked["judged"]) == (["abacus-judge-a"], 2, "warn")
    again = command(*check, "--judge", "abacus:abacus-judge-a", project=home)
    assert "Nothing is left to ask" in again.err
    assert "1 test problems in other words, says a model (held 1) [warn]" in again.out
    assert command(*check, "--judge", "abacus:abacus-judge-b", "--nearest", "1", project=home).code == 0
    off = command(*check, "--set", "judged=off", "--json", project=home)
    assert off.values["tiers"]["judged"] == {}
    assert command("verify", project=home).code == 0
