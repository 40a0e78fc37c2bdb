"""The losses by which a replay is chosen, held against plain numpy; the model is a table, so that a hand can follow."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from engine.learning.training import scoring
from tests.learning.training import losses

torch = pytest.importorskip("torch", reason="losses need the extra train")

TOKENS = 7
ROWS = [([3, 1, 4, 1, 5], 2), ([2, 6, 5], 1), ([4, 4, 2, 6], 3)]
"""Ids of whole rows, and how many of them are the request: of three lengths, so that two are padded."""


class Table(torch.nn.Module):  # type: ignore[misc, name-defined]
    """Scores the next token by the one before; what the mask leaves out is all the same to it."""

    def __init__(self) -> None:
        super().__init__()
        rows = np.random.default_rng(5).normal(size=(TOKENS, TOKENS))
        self.table = torch.nn.Parameter(torch.tensor(rows, dtype=torch.bfloat16))
        self.asked: list[tuple[list[list[int]], list[list[int]], bool]] = []

    def forward(self, input_ids, attention_mask):
        self.asked.append((input_ids.tolist(), attention_mask.tolist(), torch.is_grad_enabled()))
        return SimpleNamespace(logits=self.table[input_ids] * attention_mask[..., None])


def test_cl23_losses_are_means_over_the_answer_alone():
    """CL-23: in nats per answer token; neither request nor padding counts, and rows of a batch do not mix."""
    scorer = Table()
    found = scoring._losses(torch, scorer, ROWS, "cpu")
    table = scorer.table.detach().float().numpy()
    by_hand = [
        losses.sft(losses.log_probabilities(table[ids], ids), [place >= asked for place in range(1, len(ids))])
        for ids, asked in ROWS
    ]
    assert found == pytest.approx(by_hand, abs=1e-6)
    assert all(isinstance(one, float) for one in found)
    alone = [loss for row in ROWS for loss in scoring._losses(torch, scorer, [row], "cpu")]
    assert alone == pytest.approx(found, abs=1e-6)


def test_padding_is_told_to_the_model_and_nothing_is_kept_to_learn_from():
    """A gradient of seven billion weights would not fit beside the model."""
    scorer = Table()
    scoring._losses(torch, scorer, ROWS, "cpu")
    ids, seen, learns = scorer.asked[0]
    assert ids == [[3, 1, 4, 1, 5], [2, 6, 5, 0, 0], [4, 4, 2, 6, 0]]
    assert seen == [[1, 1, 1, 1, 1], [1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]
    assert not learns


def test_cl23_a_row_whose_answer_was_cut_off_has_no_loss():
    """CL-23: it is NaN, which the choice of the replay takes for neither hard nor forgotten, and never zero."""
    whole, cut = scoring._losses(torch, Table(), [ROWS[0], ([3, 1], 2)], "cpu")
    assert np.isfinite(whole)
    assert np.isnan(cut)
