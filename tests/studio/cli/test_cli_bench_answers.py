"""`lemma bench answers`: outputs, ProcessBench and golds of benchmarks, ours beside math-verify on the same rows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from tests.support.command import within

OUTPUTS = [
    {"answer": "14", "a": {"text": "So she needs 14 slices.", "ok": "True"}, "b": {"text": "#### 13", "ok": "False"}},
    {"answer": "1/2", "a": {"text": "It is \\boxed{0.5}.", "ok": True}, "b": {"text": "The answer is 2.", "ok": False}},
    {"answer": "7", "a": {"text": "I do not know.", "ok": False}, "b": {"text": "The answer is 7.", "ok": True}},
]
COLUMNS = ("--text", "a.text", "--text", "b.text", "--right", "a.ok", "--right", "b.ok")
BENCHMARK = [{"question": "What is 3 + 4?", "answer": "7"}, {"question": "What is 4 + 4?", "answer": "8"}]
PROCESS = [
    {"problem": "What is 3 + 4?", "steps": ["Add them.", "The answer is \\boxed{7}."], "final_answer_correct": True},
    {"problem": "What is 4  + 4?", "steps": ["Add them.", "The answer is \\boxed{9}."], "final_answer_correct": False},
    {"problem": "Unknown?", "steps": ["It is \\boxed{1}."], "final_answer_correct": True},
]


def _lines(path: Path, rows: list[dict[str, object]]) -> Path:
    body = "\n".join(map(json.dumps, rows)).encode()
    path.write_bytes(gzip.compress(body) if path.suffix == ".gz" else body)
    return path


def test_verdicts_are_held_against_the_grades_of_a_file(tmp_path: Path) -> None:
    done = within("bench", "answers", _lines(tmp_path / "outputs.jsonl", OUTPUTS), *COLUMNS, "--json").values
    ours, theirs = done["scores"]
    assert (ours["reader"], theirs["reader"]) == ("ours", "math-verify")
    assert (ours["rows"], ours["accuracy"], ours["false_accepts"], ours["unread"]) == (6, 1.0, 0, 1)
    assert ours["by_evidence"] == {"box": 1, "hashes": 1, "sentence": 1, "unread": 1, "words": 2}
    assert theirs["rows"] == 6


def test_processbench_and_golds_are_rows_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "sums").mkdir()
    golds = _lines(tmp_path / "sums" / "test.jsonl.gz", BENCHMARK)
    solutions = tmp_path / "gsm8k.json"
    solutions.write_text(json.dumps(PROCESS), encoding="utf-8")
    files = (_lines(tmp_path / "outputs.jsonl", OUTPUTS), solutions, golds)
    done = within("bench", "answers", *files, *COLUMNS, "--golds", golds, "--json").values
    found = {(one["name"], one["reader"]): one for one in done["sets"]}
    # A solution whose problem stands in no benchmark has nothing to be held against.
    assert {name: found[name, "ours"]["rows"] for name in ("outputs", "gsm8k", "sums")} == {
        "outputs": 6,
        "gsm8k": 2,
        "sums": 3,
    }
    assert all(found[name, "ours"]["accuracy"] == 1.0 for name in ("outputs", "gsm8k", "sums"))
    assert done["scores"][0]["rows"] == 11
    table = within("bench", "answers", *files, *COLUMNS, "--golds", golds).out
    assert [line.split()[0] for line in table.splitlines()[1:9]] == [
        *("outputs", "outputs", "gsm8k", "gsm8k", "sums", "sums", "all", "all")
    ]
    assert "as fast as math-verify" in table


def test_what_cannot_be_measured_is_said(tmp_path: Path) -> None:
    path = _lines(tmp_path / "rows.jsonl", [{"nothing": 1}])
    assert within("bench", "answers").code == 1
    assert "--golds" in within("bench", "answers", path).err
    assert "one for each --text" in within("bench", "answers", path, "--text", "a", "--text", "b", "--right", "c").err
    assert "cannot be read" in within("bench", "answers", tmp_path / "none.jsonl").err


DOUBTED = [
    {"problem": "What is 3 + 4?", "id": "a-1", "steps": ["It is \\boxed{7}."], "final_answer_correct": False},
    {"problem": "What is 4 + 4?", "id": "a-2", "steps": ["It is \\boxed{9}."], "final_answer_correct": True},
    {"problem": "What is 4 + 4?", "id": "a-3", "steps": ["It is \\boxed{8}."], "final_answer_correct": True},
]


def test_rows_that_the_file_grades_otherwise_are_listed_and_count(tmp_path: Path) -> None:
    golds = _lines(tmp_path / "sums.jsonl", BENCHMARK)
    solutions = tmp_path / "doubted.json"
    solutions.write_text(json.dumps(DOUBTED), encoding="utf-8")
    done = within("bench", "answers", solutions, "--golds", golds, "--json").values
    assert (done["scores"][0]["rows"], done["scores"][0]["false_accepts"], done["scores"][0]["false_rejects"]) == (
        3,
        1,
        1,
    )
    listed = {one["row"]: one for one in done["sets"][0]["disagreed"]}
    assert {row: (one["right"], one["read"], one["same_value"]) for row, one in listed.items()} == {
        "a-1": (False, "7", True),
        "a-2": (True, "9", False),
    }
    lines = within("bench", "answers", solutions, "--golds", golds).out.splitlines()
    assert "2 rows on which our verdict is not the grade, 1 of them graded wrong with an equal answer:" in lines
    assert lines[-2].startswith(
        "doubted a-1: graded wrong, read '7', expected '7': same meaning; math-verify says right"
    )
    assert lines[-1].startswith("doubted a-2: graded right, read '9', expected '8': differs; math-verify says wrong")
    assert "… 1 more" in within("bench", "answers", solutions, "--golds", golds, "--rows", "1").out
    assert "a-1" not in within("bench", "answers", solutions, "--golds", golds, "--rows", "0").out
