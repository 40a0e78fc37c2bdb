"""BERTScore: greedy matching of token vectors, against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from engine.core.errors import BadInput
from engine.learning.evaluation import bertscore
from tests.support import tiny_llm

EAST, NORTH, BETWEEN = (1.0, 0.0), (0.0, 2.0), (3.0, 3.0)


def test_cl31_precision_recall_and_f1_by_hand():
    """CL-31: two tokens against three. Precision: 1 and 1/√2 ... of the best partners; recall over the reference."""
    candidate = np.array([EAST, BETWEEN], np.float32)
    reference = np.array([NORTH, EAST, (-1.0, 0.0)], np.float32)
    found = bertscore.match(candidate, reference)
    half = 2**-0.5
    precision, recall = (1 + half) / 2, (half + 1 - half) / 3
    assert found.precision == pytest.approx(precision, abs=1e-6)
    assert found.recall == pytest.approx(recall, abs=1e-6)
    assert found.f1 == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-6)
    assert bertscore.mean_f1([found, bertscore.match(candidate, candidate)]) == pytest.approx(50 * (found.f1 + 1))


def test_a_text_without_tokens_matches_nothing():
    empty = np.zeros((0, 2), np.float32)
    assert bertscore.match(empty, np.array([EAST], np.float32)).f1 == 0.0


@pytest.mark.models
@pytest.mark.filterwarnings("default")
def test_a_local_encoder(tmp_path):
    """CL-31: a text matches itself wholly, another less; padding of a batch changes nothing."""
    pytest.importorskip("torch", reason="needs the extra train")
    encode = bertscore.encoder(tiny_llm.make(tmp_path / "m"))
    texts = ["The sum of 12 and 30 is 42.", "What is 7 times 8?", "A longer text about the sum, the answer and 56."]
    alone = [encode([text])[0] for text in texts]
    for one, other in zip(encode(texts), alone, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    same, different = bertscore.scores([texts[0], texts[0]], [texts[0], texts[1]], encode)
    assert same.f1 == pytest.approx(1.0, abs=1e-5)
    assert different.f1 < 0.95
    with pytest.raises(BadInput, match="no encoder"):
        bertscore.encoder(tmp_path)
