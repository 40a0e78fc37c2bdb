"""The judge of solvability and the reward model, played against scripted replies."""

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.judges import reward, solvability
from tests.support.talks import play


@pytest.mark.parametrize(
    ("reply", "yes"),
    [
        ("Reason: all given\nSolvable: Yes", True),
        ("Reason: nothing asked\n**Solvable:** no.", False),
        ("理由不论\nReason: 条件足够\nSolvable: 是", True),
        ('{"reason": "r", "solvable": "No"}', False),
    ],
)
def test_fl22_solvability_is_read_with_its_reason(reply, yes):
    """FL-22: reason first, then Yes or No."""
    played = play(solvability.judge("How many?", "judge", Sampling(temperature=0.7)), [reply])
    assert played.result.solvable is yes
    assert played.result.reason
    assert played.chats[0].sampling.temperature == 0


@pytest.mark.parametrize("reply", ["", "Solvable: perhaps\nReason: r", "It contains the word yes somewhere", "Yes"])
def test_a_verdict_that_cannot_be_read_is_no_verdict(reply):
    played = play(solvability.judge("How many?", "judge", Sampling()), [reply] * 3)
    assert isinstance(played.failure, UnreadableReply)


def test_fl22_reward_is_a_number_from_0_to_1():
    """FL-22: the reward sees problem and solution, nothing else; off the scale is unreadable."""
    played = play(reward.score("P?", "so 4", "reward", Sampling()), ["Reward: 0.83\nReason: clear"])
    assert played.result.score == pytest.approx(0.83)
    assert "so 4" in played.chats[0].messages[-1].content
    failed = play(reward.score("P?", "so 4", "reward", Sampling()), ["Reward: 7\nReason: clear"] * 3)
    assert isinstance(failed.failure, UnreadableReply)
