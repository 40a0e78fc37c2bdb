"""What an export of ours holds comes back as the same problem, whatever its form."""

import json

import pytest

from engine.export.formats import FORMATS
from engine.export.rows import ExportRow
from engine.seeds import RefusedRow, preview, read

ROW = ExportRow(
    "P1", "What is 2+3?", "We add: 2+3=5, so \\boxed{5}.", "5", points=("Addition",), parent_id="P0",
    wrong_solution="It is \\boxed{6}.",
)  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_is_read_back(tmp_path, name):
    pairs = {"ways": ("solutions",)} if name == "preference" else {}
    path = tmp_path / "part.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in FORMATS[name].rows(ROW, **pairs)))
    found = list(read(path))
    assert found
    assert {(seed.statement, seed.answer) for seed in found} == {("What is 2+3?", "5")}
    assert name == "rl" or found[0].solution.strip() == ROW.solution
    assert name != "raw" or found[0].points == ("Addition",)
    assert name != "preference" or "rejected.assistant" in preview(path).unused


def test_a_pair_about_writing_problems_is_no_seed(tmp_path):
    turn = [{"role": "user", "content": "Write a problem on addition."}]
    said = [{"role": "assistant", "content": "What is 2+3?"}]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"id": "1", "about": "problem", "prompt": turn, "chosen": said, "rejected": said}))
    (row,) = read(path)
    assert isinstance(row, RefusedRow)
    assert row.reason == "no problem"


@pytest.mark.parametrize(
    "closing",
    [
        "Put the final answer in \\boxed{}.",
        "Please reason step by step, and put your final answer within \\boxed{}.",
        'Let\'s think step by step and output the final answer after "####".',
        "Let's think step by step and output the final answer within \\boxed{}.",
    ],
)
def test_what_a_prompt_asks_of_the_model_is_no_part_of_the_problem_and_this_is_said(tmp_path, closing):
    path = tmp_path / "a.jsonl"
    prompt = [{"role": "user", "content": f"What is 2+3? {closing}"}]
    path.write_text(json.dumps({"prompt": prompt, "reward_model": {"ground_truth": "5"}}))
    (shown,) = preview(path).rows
    assert (shown.seed.statement, shown.seed.answer) == ("What is 2+3?", "5")
    assert "instruction" in shown.note
