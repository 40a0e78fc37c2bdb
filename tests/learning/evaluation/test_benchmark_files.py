"""Where questions come from: files of any kind, data sets of the hub; and what is said where they are not right."""

from __future__ import annotations

import orjson
import pandas as pd
import pytest

from engine.core.errors import BadInput
from engine.learning.evaluation import benchmark_files

ROWS = [{"question": f"What is {n} + 1?", "answer": str(n + 1), "level": "easy"} for n in range(5)]


def _write(path, rows):
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "csv", "json"])
def test_every_kind_of_file(ending, tmp_path):
    path = tmp_path / f"sums.{ending}"
    frame = pd.DataFrame(ROWS)
    if ending == "parquet":
        frame.to_parquet(path)
    elif ending == "csv":
        frame.to_csv(path, index=False)
    else:
        path.write_bytes(orjson.dumps(ROWS) if ending == "json" else b"\n".join(map(orjson.dumps, ROWS)))
    found = benchmark_files.load(str(path))
    assert (found.name, [one.answer for one in found.questions]) == ("sums", ["1", "2", "3", "4", "5"])
    assert len(benchmark_files.load(f"other={path}", limit=2).questions) == 2
    assert benchmark_files.load(f"other={path}").questions[0].id != found.questions[0].id


def test_a_folder_in_the_form_of_the_hub(tmp_path, monkeypatch):
    """A data set that the package datasets can load is a benchmark, too."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "hub" / "sums"
    folder.mkdir(parents=True)
    _write(folder / "test.jsonl", ROWS)
    found = benchmark_files.load(f"sums=hf:{folder}#test")
    assert [one.answer for one in found.questions] == ["1", "2", "3", "4", "5"]
    with pytest.raises(BadInput, match="cannot be loaded"):
        benchmark_files.load(f"sums=hf:{folder}#nosuchsplit")


def test_a_repeated_question_keeps_its_place(tmp_path):
    path = _write(tmp_path / "twice.jsonl", [ROWS[0], ROWS[1], ROWS[0]])
    assert len({one.id for one in benchmark_files.load(str(path)).questions}) == 3


@pytest.mark.parametrize(
    ("name", "rows", "words"),
    [
        ("x", [ROWS[0], {"question": "?", "answer": ""}], "line 2, field answer"),
        ("x", [{"q": "?", "a": "1"}], "no column with the question; columns found: q, a"),
        ("x", [{"question": "?", "a": "1"}], "no column with the answer; columns found: question, a"),
        ("gsm_plus", ROWS, "no perturbation_type"),
        ("mbpp", ROWS, "running programs"),
    ],
)
def test_what_is_wrong_is_one_line(name, rows, words, tmp_path):
    with pytest.raises(BadInput, match=words) as found:
        benchmark_files.load(f"{name}={_write(tmp_path / 'bad.jsonl', rows)}")
    assert "\n" not in str(found.value)


def test_a_torn_line_stops_the_reading(tmp_path):
    path = tmp_path / "torn.jsonl"
    path.write_bytes(orjson.dumps(ROWS[0]) + b'\n{"question": "?", "ans')
    with pytest.raises(BadInput, match="line 2"):
        benchmark_files.load(str(path))


def test_names_and_folders_that_are_none(tmp_path):
    with pytest.raises(BadInput, match="is a folder"):
        benchmark_files.load(f"x={tmp_path}")
    with pytest.raises(BadInput, match="does not exist"):
        benchmark_files.load(f"x={tmp_path / 'nothing.jsonl'}")
    with pytest.raises(BadInput, match="where its copy lies is not known"):
        benchmark_files.load("math")
    with pytest.raises(BadInput, match="no benchmark of that name"):
        benchmark_files.load("nonesuch")


def test_another_size_is_a_warning(tmp_path):
    found = benchmark_files.load(f"gsm8k={_write(tmp_path / 'some.jsonl', ROWS)}")
    assert found.warnings == ("GSM8K: 5 questions, published with 1,319",)
    assert benchmark_files.load(f"gsm8k={tmp_path / 'some.jsonl'}", limit=3).warnings == ()
