"""Change per concept with its interval, and the difference of two rounds' data."""

from __future__ import annotations

import pytest

from engine.core.records import GradedAnswer
from engine.learning.rounds import comparison, training_rows
from engine.learning.training.replay import TrainingExample


def _answers(right: dict[str, list[bool]], model: str = "m"):
    return [
        GradedAnswer("e", "held", f"{subject}{n}", 0, "q", "1", "t", "1", hit, model, subject=subject)
        for subject, hits in right.items()
        for n, hit in enumerate(hits)
    ]


def test_gain_is_paired_by_question():
    """CL-39: what every concept gained or lost, over the questions that both models answered."""
    before = _answers({"Ratios": [False] * 8 + [True] * 2, "Angles": [True] * 10, "Few": [True]})
    after = _answers({"Ratios": [True] * 10, "Angles": [False] * 9 + [True], "Few": [True], "New": [True]})
    found = {one.concept: one for one in comparison.changes(before, after)}
    assert list(found) == ["Ratios", "Few", "Angles"]
    assert found["Ratios"].gain == pytest.approx(0.8)
    assert 0.4 < found["Ratios"].low < 0.8 < found["Ratios"].high <= 1
    assert (found["Angles"].fell, found["Ratios"].fell) == (True, False)
    assert (found["Few"].low, found["Few"].high) == (-1.0, 1.0)


def test_samples_of_a_question_count_as_their_mean():
    twice = [GradedAnswer("e", "held", "a", n, "q", "1", "t", "1", n == 0, "m") for n in range(2)]
    (one,) = comparison.changes(
        twice, [*_answers({"held": []}), GradedAnswer("f", "held", "a", 0, "q", "1", "", "", True, "n")]
    )
    assert (one.concept, one.before, one.after, one.questions) == ("held", 0.5, 1.0, 1)


def test_data_of_two_rounds(tmp_path):
    rows = [TrainingExample(f"{n}?", f"answer {n}") for n in range(4)]
    for number, some in enumerate((rows[:3], rows[1:]), start=1):
        for name in ("train", "candidates"):
            training_rows.save(tmp_path / str(number) / f"{name}.jsonl", some)
    train, _ = comparison.data(tmp_path / "1", tmp_path / "2")
    assert (train.first, train.second, train.shared, train.only_second) == (3, 3, 2, ("answer 3",))
    assert train.words == (2, 2)


def test_losses_are_there_or_not(tmp_path):
    assert comparison.losses(tmp_path) is None
    (tmp_path / "losses-before.txt").write_text("1.0\n2.0\n")
    (tmp_path / "losses-without.txt").write_text("1.5\n2.5\n")
    assert comparison.losses(tmp_path).without.tolist() == [1.5, 2.5]
