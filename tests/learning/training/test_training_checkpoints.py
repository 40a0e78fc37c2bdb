"""Which checkpoint is best, which is whole, and what is left of those that nothing resumes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import BadInput, BadSetting
from engine.core.settings import Recipe
from engine.learning.training import checkpoints, presets
from engine.learning.training.checkpoints import Scored
from engine.learning.training.folder import Folder
from engine.runs.plan import TrainPlan, save_plan


def test_the_best_mean_wins_and_ties_go_to_the_earliest():
    """FL-32: the maximum of the mean of GSM8K and MATH over ten checkpoints; the earliest of equals."""
    first = [0.70, 0.78, 0.80, 0.82, 0.85, 0.84, 0.83, 0.84, 0.82, 0.82]
    second = [0.50, 0.55, 0.56, 0.58, 0.59, 0.60, 0.60, 0.60, 0.61, 0.60]
    scored = [Scored(100 * (n + 1), a, b) for n, (a, b) in enumerate(zip(first, second, strict=True))]
    chosen = checkpoints.choose(scored)
    assert (chosen.best.step, chosen.among) == (500, 10)
    assert checkpoints.choose(list(reversed(scored))).best.step == 500


def test_sums_that_differ_in_their_last_bit_are_equal():
    """FL-32: .1 + .7 and .8 + 0 give the same mean, so the earlier one is taken."""
    assert checkpoints.choose([Scored(1, 0.8, 0.0), Scored(2, 0.1, 0.7)]).best.step == 1


def test_the_choice_says_that_the_tests_were_used_for_it():
    """FL-32: benchmarks by which a checkpoint is chosen act as selection data."""
    assert "selection data" in checkpoints.choose([Scored(1, 0.5, 0.5)]).note
    with pytest.raises(BadInput, match="no checkpoint"):
        checkpoints.choose([])


@pytest.mark.parametrize(
    ("asked", "by", "said"),
    [
        (("gsm8k", "math", "college_math"), (), ("gsm8k", "math")),
        (("easy", "hard"), (), ("easy", "hard")),
        (("gsm8k", "math", "college_math"), ("college_math", "math"), ("college_math", "math")),
    ],
)
def test_any_two_benchmarks_decide(asked, by, said):
    """FL-32: GSM8K and MATH where both are asked, any two by setting."""
    assert checkpoints.deciding(asked, by) == said


@pytest.mark.parametrize(
    ("asked", "by"),
    [(("gsm8k",), ()), (("a", "b", "c"), ()), (("a", "b"), ("a", "c")), (("a", "b"), ("a",)), (("a", "b"), ("a", "a"))],
)
def test_neither_one_nor_three_decide(asked, by):
    with pytest.raises(BadSetting, match="two benchmarks decide"):
        checkpoints.deciding(asked, by)


def _saved(folder, *steps):
    for step in steps:
        (folder / f"checkpoint-{step}").mkdir(parents=True)
        (folder / f"checkpoint-{step}" / "model.safetensors").touch()
    return folder


def test_a_checkpoint_that_a_pause_saved_is_not_among_those_that_are_compared(tmp_path):
    """FL-32: the choice is over the even steps, so it does not depend on where somebody stopped."""
    run = tmp_path / "sft-0001"
    training = presets.resolve("tiny-sft", model="/m", data="/d", out="/o", checkpoints=2)
    recipe = Recipe(name="sft", title="t", roles={})
    save_plan(run, TrainPlan(id="sft-0001", recipe=recipe, training=training))
    folder = _saved(Folder(run).checkpoints, 5, 7, 10)
    with pytest.raises(BadInput, match="no whole checkpoint"):
        checkpoints.find(run)
    for step in (5, 7, 10):
        checkpoints.seal(folder, step)
    Folder(run).metrics.write_bytes(b'{"step": 1, "total": 10}\n')
    assert [path.name for path in checkpoints.find(run)] == ["checkpoint-5", "checkpoint-10"]


def test_checkpoints_of_another_program_are_those_with_weights(tmp_path):
    _saved(tmp_path, 100, 20)
    (tmp_path / "checkpoint-300").mkdir()
    assert [path.name for path in checkpoints.find(tmp_path)] == ["checkpoint-20", "checkpoint-100"]


@given(st.integers(1, 5000), st.integers(0, 50))
def test_checkpoints_are_even_and_end_with_the_last_step(total, count):
    """FL-32: ten checkpoints over the training."""
    found = checkpoints.steps(total, count)
    assert len(found) == len(set(found)) == min(count, total)
    assert not found or found[-1] == total
    gaps = [b - a for a, b in zip((0, *found), found, strict=False)]
    assert not gaps or max(gaps) - min(gaps) <= 1


def test_a_torn_checkpoint_is_removed_and_older_ones_lose_their_states(tmp_path):
    for step in (10, 20, 30):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        for name in ("model.safetensors", "optimizer.pt", "trainer_state.json", "rng_state.pth"):
            (folder / name).write_text("x")
    checkpoints.seal(tmp_path, 10)
    checkpoints.seal(tmp_path, 20)
    assert checkpoints.resumable(tmp_path) == tmp_path / "checkpoint-20"
    assert [path.name for path in checkpoints.whole(tmp_path)] == ["checkpoint-10", "checkpoint-20"]
    assert not (tmp_path / "checkpoint-30").exists()
    assert not (tmp_path / "checkpoint-10" / "optimizer.pt").exists()
    assert (tmp_path / "checkpoint-10" / "model.safetensors").exists()
    assert (tmp_path / "checkpoint-20" / "optimizer.pt").exists()


def test_nothing_to_resume_from(tmp_path):
    assert checkpoints.resumable(tmp_path) is None
