"""The losses by the figures of the paper and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.learning.training import losses

LOGS = st.floats(-50, 0)


def test_sft_counts_the_answer_alone():
    """CL-17: the mean negative log-likelihood of the answer's tokens; what the request costs does not matter."""
    logs = np.log([0.01, 0.5, 0.25])
    assert losses.sft(logs, [False, True, True]) == pytest.approx(-(math.log(0.5) + math.log(0.25)) / 2)
    assert losses.sft(np.log([0.9, 0.5, 0.25]), [False, True, True]) == losses.sft(logs, [False, True, True])
    with pytest.raises(ValueError, match="no token belongs to the answer"):
        losses.sft(logs, [False, False, False])


def test_log_probabilities_of_tokens():
    """CL-17: position t gives the probability of token t + 1; large scores do not overflow."""
    logits = [[0.0, math.log(3)], [1000.0, 1000.0], [5.0, 5.0]]
    assert losses.log_probabilities(logits, [0, 1, 0]) == pytest.approx([math.log(0.75), math.log(0.5)])


def test_dpo_vectors():
    """CL-18: equal log-probabilities give ln 2; beta .1 and a margin of 2 give ln(1 + e^-0.2)."""
    assert losses.dpo([-5.0], [-5.0], [-5.0], [-5.0], 0.1) == pytest.approx([0.693147], abs=1e-6)
    assert losses.dpo([-3.0], [-6.0], [-4.0], [-5.0], 0.1) == pytest.approx([0.598139], abs=1e-6)


def test_dpo_stays_finite_far_from_the_reference():
    assert losses.dpo([-9000.0], [0.0], [0.0], [0.0], 1.0) == pytest.approx([9000.0])


@given(LOGS, LOGS, LOGS, LOGS, st.floats(0.01, 1))
def test_dpo_falls_as_the_margin_grows(chosen, rejected, before, after, beta):
    """CL-18: raising the chosen answer never raises the loss."""
    loss = losses.dpo([chosen, chosen + 1], [rejected] * 2, [before] * 2, [after] * 2, beta)
    assert loss[1] < loss[0]
