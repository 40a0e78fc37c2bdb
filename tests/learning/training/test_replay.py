"""What a round trains on again, by the paper's table of losses and beyond it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import BadInput
from engine.learning.training.replay import (
    Preference,
    TrainingExample,
    history,
    mixed,
    pair_of,
    replayed,
    row_of,
    select,
)

LOSSES = st.lists(st.tuples(st.floats(0, 20), st.floats(0, 20)), min_size=1, max_size=60)


def test_forgotten_and_hard_items_are_replayed():
    """CL-21, CL-22, CL-23: losses [1,2,3] against [4,2,3]: mu = 2, J = [3,0,0], items 1 and 3."""
    chosen = select([1, 2, 3], [4, 2, 3])
    assert chosen.mu == 2
    assert chosen.forgetting.tolist() == [3, 0, 0]
    assert chosen.indices.tolist() == [0, 2]
    assert (chosen.forgotten.tolist(), chosen.hard.tolist()) == ([True, False, False], [False, False, True])
    assert chosen.share == pytest.approx(2 / 3)


def test_equality_is_not_enough():
    """CL-23: both comparisons are strict."""
    assert select([2, 2], [4, 2]).indices.tolist() == []


def test_mu_is_the_mean_over_the_whole_history():
    """CL-22: items that are not replayed count too."""
    assert select([0, 0, 0, 8], [0, 0, 0, 8]).mu == 2


@given(LOSSES)
def test_what_is_left_out_was_neither_hard_nor_forgotten(pairs):
    before, without = np.array(pairs).T
    chosen = select(before, without)
    left = np.setdiff1d(np.arange(len(before)), chosen.indices)
    assert (before[left] <= chosen.mu).all()
    assert (without[left] - before[left] <= chosen.mu).all()
    assert math.isclose(chosen.mu, before.mean(), abs_tol=1e-9)


@pytest.mark.parametrize(
    ("before", "without", "words"),
    [
        ([1, 2], [1], "replay: losses of (1,) items against (2,)."),
        ([1, math.nan], [1, 2], "replay, item 1: a loss is not a finite number."),
        ([1, 2, 3], [1, 2, math.inf], "replay, item 2: a loss is not a finite number."),
        ([[1]], [[1]], "replay: losses of (1, 1) items against (1, 1)."),
    ],
)
def test_bad_losses_are_named(before, without, words):
    with pytest.raises(BadInput) as told:
        select(before, without)
    assert str(told.value) == words


def test_losses_that_stand_in_words_are_read_as_numbers():
    """As a file of losses gives them."""
    assert select(["1.0", "3.0"], ["2.5", "3.0"]).mu == 2.0


def test_an_empty_history_replays_nothing():
    chosen = select([], [])
    assert (chosen.indices.tolist(), chosen.mu, chosen.share) == ([], 0.0, 0.0)


def test_history_holds_positives_once_and_no_negatives():
    """CL-20: all earlier SFT sets and the chosen answers of all earlier pairs."""
    first, second = TrainingExample("1 + 1?", "2"), TrainingExample("2 + 2?", "4")
    pairs = [Preference("2 + 2?", "4", "5"), Preference("3 + 3?", "6", "7")]
    past = history([[first, second], [first]], [pairs])
    assert past == (first, second, TrainingExample("3 + 3?", "6"))


def test_baselines_and_the_next_set():
    """CL-25, CL-26: no replay, all of it, or what the losses say; the set is replay and new data."""
    past = [TrainingExample(f"{n}?", str(n)) for n in range(3)]
    fresh = [TrainingExample("9?", "9"), past[0], TrainingExample("9?", "9")]
    assert replayed("none", past) == ()
    assert replayed("all", past) == tuple(past)
    chosen = select([1, 2, 3], [4, 2, 3])
    again = replayed("loss", past, chosen)
    assert again == (past[0], past[2])
    whole = mixed(again, fresh)
    assert whole.examples == (past[0], past[2], TrainingExample("9?", "9"))
    assert (whole.replayed, whole.fresh, round(whole.replay_share, 3)) == (2, 1, 0.667)
    with pytest.raises(BadInput, match="whole history"):
        replayed("loss", past)


def test_rows_are_conversations():
    assert row_of(TrainingExample("1 + 1?", "2"))["completion"] == [{"role": "assistant", "content": "2"}]
    assert pair_of(Preference("a", "b", "c"))["rejected"][0]["content"] == "c"
