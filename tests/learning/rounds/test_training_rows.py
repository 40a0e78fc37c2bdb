"""What a synthesis gives to training, over a real run on the embedded engine."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from engine.core.errors import BadInput
from engine.core.records import Problem, Verdict
from engine.generation.recipes import load
from engine.learning.rounds import training_rows
from engine.learning.rounds.training_rows import Hand
from engine.learning.training.replay import TrainingExample
from engine.planning.run_in_process import run
from engine.runs import journal


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    recipe = load("continual", {"continual.evaluation_requests": "5"})
    return run(recipe, [], tmp_path_factory.mktemp("loop"), items=60).directory


def test_classes_and_rows_add_up(made):
    """CL-13, CL-14, CL-15: every sorted sample is in one class; what a filter removes is counted with its reason."""
    found = training_rows.read(made)
    records = list(journal.records(made / "journal"))
    first = {r.id for r in records if isinstance(r, Problem) and r.parent_id is None}
    sorted_ = [r for r in records if isinstance(r, Verdict) and r.name == "sorted" and r.subject_id in first]
    assert sum(found.classes.values()) == len(sorted_) > 0
    easy = sum(count for reason, count in found.left_out.items() if "too easy" in reason or "boxed" in reason)
    assert len(found.tuned) == found.classes["fine-tuning"] - easy
    assert 0 < len(found.pairs) <= found.classes["preference"]


def test_examples_are_asked_by_the_very_prompts(made):
    """CL-17: the answer is learnt given the request, in the words of the prompts that ask later."""
    both, asked, solved = (training_rows.read(made, learn) for learn in ("both", "requests", "solutions"))
    assert len(both.tuned) == len(asked.tuned) + len(solved.tuned)
    assert all("<request>\nWrite a" in one.prompt and one.answer.startswith("Question: ") for one in asked.tuned)
    assert all(one.prompt.startswith("Task: answer") and "boxed" in one.answer for one in solved.tuned)


def test_pairs_prefer_the_better_version(made):
    """CL-15: one request, two answers that differ, the better one with a box."""
    for pair in training_rows.read(made).pairs:
        assert pair.chosen != pair.rejected
        assert "boxed" in pair.chosen
        assert "<request>" in pair.prompt


def test_a_person_has_the_last_word(made):
    records = [r for r in journal.records(made / "journal") if isinstance(r, Problem) and r.parent_id is None]
    groups = {r.subject_id: r.reason for r in journal.records(made / "journal") if _is(r, "sorted")}
    tuned = [r.id for r in records if groups.get(r.id) == "fine-tuning"]
    dropped = next(r.id for r in records if groups.get(r.id) == "discarded")
    before = training_rows.read(made)
    hands = {
        tuned[0]: Hand("reject"),
        tuned[1]: Hand("edit", "What is 2 + 2?", "It is \\boxed{4}."),
        dropped: Hand("approve"),
    }
    after = training_rows.read(made, hands=hands)
    assert after.left_out["rejected by a person"] == 1
    assert "Question: What is 2 + 2?\nSolution: It is \\boxed{4}." in [one.answer for one in after.tuned]
    assert abs(len(after.tuned) - len(before.tuned)) <= 1


def test_a_solution_without_an_answer_teaches_nothing_though_a_person_approved_it(made):
    """CL-14: a person's yes does not give a solution its box; in a pair the chosen side needs one, too."""
    records = list(journal.records(made / "journal"))
    groups = {r.subject_id: r.reason for r in records if _is(r, "sorted")}
    tuned = next(r.id for r in records if isinstance(r, Problem) and groups.get(r.id) == "fine-tuning")
    mended = next(r.id for r in records if isinstance(r, Problem) and r.parent_id)
    before = training_rows.read(made)
    said = Hand("edit", None, "Nobody can tell.")
    after = training_rows.read(made, hands={tuned: said, mended: said})
    assert not [one for one in after.tuned if "Nobody can tell." in one.answer]
    assert not [one for one in after.pairs if "Nobody can tell." in one.chosen]
    assert after.left_out["no boxed answer"] >= before.left_out.get("no boxed answer", 0) + 1
    assert len(after.pairs) <= len(before.pairs)


def _is(record, name):
    return isinstance(record, Verdict) and record.name == name


def test_files_come_back_as_they_were(made, tmp_path):
    found = training_rows.read(made, "both")
    assert training_rows.load(training_rows.save(tmp_path / "a.jsonl", found.tuned)) == found.tuned
    row = orjson.loads(training_rows.save(tmp_path / "b.jsonl", found.pairs).read_bytes().splitlines()[0])
    assert set(row) == {"prompt", "chosen", "rejected"}


@pytest.mark.parametrize("line", [b"{", b'{"text": "a"}', b'{"messages": []}', b"[1]"])
def test_a_bad_row_is_named(line, tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"prompt": "1 + 1?", "completion": "2"}\n' + line + b"\n")
    with pytest.raises(BadInput, match=r"rows\.jsonl:2"):
        training_rows.load(path)
    with pytest.raises(BadInput, match="no fine-tuning data"):
        training_rows.load(tmp_path / "none")


def test_shards_of_an_export_are_read_in_their_order(tmp_path):
    for number in range(2):
        training_rows.save(
            tmp_path / "data" / f"train-0000{number}-of-00002.jsonl", [TrainingExample(f"{number}?", str(number))]
        )
    assert [one.answer for one in training_rows.load(tmp_path)] == ["0", "1"]
    with pytest.raises(BadInput, match="no fine-tuning data"):
        training_rows.load(tmp_path / "data")
