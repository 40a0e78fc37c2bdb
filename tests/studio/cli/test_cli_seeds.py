"""What commands say of test problems: that seeds are some, or that none are known."""

from __future__ import annotations

import json
from pathlib import Path

TALE = "A grocer packs 12 crates of apples with 20 pieces each and sells half of them. How many are left in the end?"


def _write(path: Path, *statements: str) -> Path:
    rows = (json.dumps({"question": text, "answer": "It is #### 4"}) for text in statements)
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_gsdp24_seeds_are_compared_with_test_problems_when_either_comes(command, tmp_path: Path) -> None:
    """GSDP-24: by `seeds add` and by `benchmarks add`, by name of the test set."""
    home = tmp_path / "project"
    assert command("init", home).code == 0
    seeds = _write(tmp_path / "seeds.jsonl", TALE, "What is the sum of the first ten odd numbers?")
    assert command("seeds", "add", seeds, "--json", project=home).values["test_seeds"] == {}
    late = command("benchmarks", "add", _write(tmp_path / "held.jsonl", TALE), "--json", project=home)
    assert late.values["test_seeds"] == {"held": 1}
    assert "1 seed is a test problem (held 1)" in late.err
    again = command("seeds", "add", _write(tmp_path / "more.jsonl", f"{TALE} "), project=home)
    assert "test problem" in again.out + again.err


def test_gsdp24_a_run_and_an_export_without_test_problems_say_so(ask, tmp_path: Path) -> None:
    """GSDP-24: in the outcome, in words and as a value."""
    planned = ask("run", "gsdp", "--items", 4, "--dry-run")
    assert "nothing is compared with test problems" in planned.out + planned.err
    done = ask("run", "gsdp", "--items", 4, "--json")
    assert any("nothing is compared with test problems" in note for note in done.values["notes"])
    sent = ask("export", "mine", "--out", tmp_path / "one", "--json")
    assert sent.code == 0, sent.err
    assert "it is not known whether rows, or their seeds, copy test problems" in sent.err


def test_gsdp24_test_problems_are_told_of_as_seeds_are(command, tmp_path: Path) -> None:
    """GSDP-24: columns that go nowhere and what was noted of rows, in the words of `seeds add`."""
    home, path = tmp_path / "project", tmp_path / "held.jsonl"
    assert command("init", home).code == 0
    rows = [{"problem": TALE, "answer": "N/A", "hint": "halve it"}, {"problem": "What is 2 + 2?", "answer": "4"}]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    tests = command("benchmarks", "add", path, "--json", project=home)
    assert (tests.values["added"], tests.values["unused"]) == (2, ["hint"])
    lines = [line for line in tests.err.splitlines() if line.startswith("held.jsonl: ")]
    assert "held.jsonl: 1 column unused: hint" in lines
    assert any("1 × " in line for line in lines)
    seeds = command("seeds", "add", path, "--json", project=home)
    assert [line for line in seeds.err.splitlines() if line.startswith("held.jsonl: ")] == lines
    plain = command("benchmarks", "add", _write(tmp_path / "plain.jsonl", "What is 3 + 3?"), "--json", project=home)
    assert plain.values["unused"] == []
    said = [line for line in plain.err.splitlines() if line.startswith("plain.jsonl: ")]
    assert said == ["plain.jsonl: Answers of 1 row: 1 after ####."]
