"""Reward models on preference pairs: the share of pairs whose chosen answer is rewarded more."""

from __future__ import annotations

import pytest

from engine.core.errors import BadInput
from engine.learning.evaluation.rewards import RewardPair, reward_model, win_share
from tests.support import tiny_llm

PAIRS = [RewardPair("?", "x" * (n % 7), "x" * 3) for n in range(70)]


def test_cl30_share_of_pairs_whose_chosen_answer_wins():
    """CL-30: a reward by length; chosen ones have 0 to 6 letters and rejected ones 3."""
    found = win_share(iter(PAIRS), lambda asked: [float(len(answer)) for _, answer in asked])
    assert (found.pairs, found.wins, found.ties) == (70, 30, 10)
    assert found.share == pytest.approx(3 / 7)
    assert found.low < found.share < found.high
    with pytest.raises(BadInput, match="no pair"):
        win_share([], lambda asked: [])


@pytest.mark.models
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("template", [True, False])
def test_a_local_reward_model(template, tmp_path):
    """CL-30: a sequence-classification model of one output; a pair is won in one order only."""
    pytest.importorskip("torch", reason="needs the extra train")
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForSequenceClassification

    folder = tiny_llm.make(tmp_path / "m", template=template)
    words = AutoTokenizer.from_pretrained(folder)
    config = Qwen2Config.from_pretrained(folder, num_labels=1)
    Qwen2ForSequenceClassification(config).save_pretrained(tmp_path / "reward")
    words.save_pretrained(tmp_path / "reward")
    score = reward_model(tmp_path / "reward")
    there = [
        RewardPair("What is 7 times 8?", "It is 56.", "The sum is 42."),
        RewardPair("Find the sum.", "42", "It is 12 and 30"),
    ]
    back = [RewardPair(one.prompt, one.rejected, one.chosen) for one in there]
    won, lost = win_share(there, score), win_share(back, score)
    assert (won.ties, won.wins + lost.wins) == (0, 2)
    assert score([("a", "b")]) == score([("a", "b")])
    with pytest.raises(BadInput, match="no reward model"):
        reward_model(tmp_path)
