"""Rows that people judged, as others write them, and what cannot be one."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from engine.core.errors import BadInput
from engine.learning.judging.labelled_rows import read


def _file(tmp_path, rows, name="rows.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return str(path)


def _one(tmp_path, row):
    return read(_file(tmp_path, [row])).rows


def test_a_processbench_row_is_good_where_no_step_is_wrong(tmp_path):
    rows = [
        {"problem": "1 + 1?", "steps": ["One and one", "make 2."], "label": -1},
        {"problem": "1 + 2?", "steps": ["They make 4."], "label": 0},
    ]
    found = read(_file(tmp_path, rows))
    assert (found.shape, found.about, found.name) == ("ProcessBench", "solution", "rows")
    assert [(row.solution, row.good) for row in found.rows] == [
        ("One and one\n\nmake 2.", True), ("They make 4.", False)
    ]  # fmt: skip


def test_outputs_of_several_models_are_a_row_each_without_the_notes_of_a_calculator(tmp_path):
    row = {
        "question": "1 + 1?", "ground_truth": "2",
        "small": {"is_correct": False, "solution": "1 + 1 = <<1+1=3>>3"},
        "large": {"is_correct": True, "solution": "1 + 1 = <<1+1=2>>2"},
    }  # fmt: skip
    assert {(one.solution, one.good) for one in _one(tmp_path, row)} == {("1 + 1 = 3", False), ("1 + 1 = 2", True)}
    sampled = {"question": "1 + 1?", "code": ["It is 2.", "It is 3."], "score": [True, False], "solution": "2"}
    assert [(one.solution, one.good) for one in _one(tmp_path, sampled)] == [("It is 2.", True), ("It is 3.", False)]


def test_a_rewrite_without_an_answer_is_a_bad_problem(tmp_path):
    rows = [
        {"question": "How many?", "answer": "None", "perturbation_type": "critical thinking"},
        {"question": "How many of 3?", "answer": "3", "perturbation_type": "numerical substitution"},
    ]
    found = read(_file(tmp_path, rows))
    assert (found.about, [row.good for row in found.rows]) == ("problem", [False, True])


@pytest.mark.parametrize(
    ("good", "said"), [(True, True), ("no", False), (1, True), (0.0, False), ("Good", True), ("bad", False)]
)
def test_a_plain_row(tmp_path, good, said):
    (row,) = _one(tmp_path, {"statement": "1 + 1?", "solution": "Add them.", "answer": "2", "good": good})
    assert (row.about, row.solution, row.good) == ("solution", "Add them.\n\nAnswer: 2", said)


def test_what_is_left_out_is_counted(tmp_path):
    rows = [
        {"statement": "a?", "solution": "1", "good": True},
        {"statement": "a?", "solution": "1", "good": True},
        {"statement": "b?", "solution": "1", "good": None},
        {"statement": "c?", "solution": "1", "good": True},
        {"statement": "c?", "solution": "1", "good": False},
    ]
    found = read(_file(tmp_path, rows))
    assert [row.statement for row in found.rows] == ["a?"]
    assert [note.partition(": ")[2] for note in found.notes] == [
        "1 rows without a label are left out",
        "2 rows repeat others and count once",
        "1 texts that are called both good and bad are left out",
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"statement": "a?", "solution": "1", "good": "perhaps"}], "line 1: good is 'perhaps', neither true nor"),
        ([{"statement": "a?", "solution": "1"}], "nothing says what people hold of this row"),
        ([{"text": "a?", "good": True}], "a row has no statement"),
        ([{"problem": "a?", "steps": ["1"], "label": "first"}], "label 'first' is no number of a step"),
        ([{"statement": "a?", "good": True}, {"statement": "b?", "solution": "1", "good": True}], "some problems and"),
        ([{"statement": "a?", "good": None}], "holds no row with a label"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(tmp_path, rows, said):
    with pytest.raises(BadInput, match=said.replace("?", r"\?")):
        read(_file(tmp_path, rows))


def test_every_row_has_the_same_chance(tmp_path):
    rows = [{"statement": f"{n}?", "solution": "1", "good": True} for n in range(10)]
    found = read(f"mine={_file(tmp_path, rows)}")
    assert found.name == "mine"
    counts, first = Counter(), Counter()
    for seed in range(2000):
        drawn = found.drawn(3, seed)
        assert len({row.id for row in drawn}) == 3
        counts.update(row.statement for row in drawn)
        first[drawn[0].statement] += 1
    assert all(500 < count < 700 for count in counts.values()), counts
    assert all(140 < count < 260 for count in first.values()), "the order is drawn, too"
    assert found.drawn(3, 7) == found.drawn(3, 7)
    assert len(found.drawn(0, 7)) == len(found.drawn(99, 7)) == 10


@pytest.mark.real_data
def test_files_as_others_write_them(real_data):
    """Counts that were made independently: rows, and how many of them people call good."""
    judged = read(str(real_data / "judged" / "processbench" / "gsm8k.json.gz"))
    assert (len(judged.rows), sum(row.good for row in judged.rows)) == (400, 193)
    outputs = read(str(next((real_data / "model_outputs" / "gsm8k_openai_4models").glob("*.gz"))))
    assert (len(outputs.rows), outputs.about) == (5276 - 8, "solution")
    sampled = read(str(next((real_data / "model_outputs" / "math_cot_100").glob("*.gz"))))
    assert len(sampled.rows) == 800 - 76, "the model wrote the same text again for 76 of them"
    assert sum(row.good for row in sampled.rows) == 653
    rewritten = read(str(next((real_data / "benchmarks" / "gsm-plus").glob("*.gz"))))
    assert (len(rewritten.rows), sum(not row.good for row in rewritten.rows)) == (2400, 300)
