"""Marks of chat templates are in no seed and in no question of a benchmark, and the import says what was cut."""

import json

import pytest

from engine.learning.evaluation.questions import from_row
from engine.seeds import importing, read, reader
from engine.seeds.rows import TakenRow

MARKS = ["<|im_end|>", "<|eot_id|>", "</s>", "<end_of_turn>", "<｜end▁of▁sentence｜>"]
SHAPES = {
    "table": {"problem": "What is 3 + 4?{}", "solution": "It is \\boxed{{7}}.{}", "answer": "7{}"},
    "math": {"problem": "What is 3 + 4?{}", "solution": "It is \\boxed{{7}}.{}", "type": "Algebra", "level": "Level 1"},
    "gsm8k": {"question": "What is 3 + 4?{}", "answer": "3 + 4 = 7\n#### 7{}"},
    "talk": {"messages": [{"role": "user", "content": "What is 3 + 4?{}"},
                          {"role": "assistant", "content": "It is \\boxed{{7}}.{}"}]},
}  # fmt: skip


def _filled(value, mark):
    if isinstance(value, str):
        return value.format(mark)
    if isinstance(value, list):
        return [_filled(one, mark) for one in value]
    return {name: _filled(one, mark) if name != "role" else one for name, one in value.items()}


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_seed_holds_no_mark_and_its_answer_is_read(tmp_path, shape, mark):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(_filled(SHAPES[shape], mark), ensure_ascii=False), encoding="utf-8")
    (seed,) = [one.seed if isinstance(one, TakenRow) else one for one in read(path)]
    assert (seed.statement, seed.answer) == ("What is 3 + 4?", "7")
    assert mark not in (seed.solution or "")


def test_the_import_counts_the_rows_by_mark(tmp_path):
    rows = [_filled(SHAPES["table"] | {"problem": f"What is {n} + 4?{{}}"}, MARKS[n % 2]) for n in range(5)]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    taken = []
    done = importing.load(
        reader.taken(reader.openings(path, "auto", {})),
        lambda batch: taken.extend(batch) or len(batch),
        tmp_path / "aside",
    )
    assert len(taken) == done.added == 5
    assert done.notes == {
        "the mark im_end of a turn, and what follows it, is cut": 3,
        "the mark eot_id of a turn, and what follows it, is cut": 2,
    }


def test_the_turns_that_follow_go_with_the_mark(tmp_path):
    path = tmp_path / "rows.jsonl"
    text = (
        "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nWhat is 3 + 4?<|im_end|>\n<|im_start|>assistant\n7"
    )
    path.write_text(json.dumps({"problem": text, "answer": "7"}), encoding="utf-8")
    (seed,) = read(path)
    assert seed.statement == "What is 3 + 4?"


@pytest.mark.parametrize("mark", MARKS)
def test_a_question_of_a_benchmark_holds_none(mark):
    question = from_row("ours", {"question": f"What is 3 + 4?{mark}", "answer": f"7{mark}"}, None)
    assert (question.text, question.answer) == ("What is 3 + 4?", "7")
