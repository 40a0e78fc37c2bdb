import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.judges import distraction
from tests.support.talks import play


def _judge(replies):
    talk = distraction.judge("Ida has 3 pens. How many?", "Ida has 3 pens and a cat. How many?", "judge_a", Sampling())
    return play(talk, replies)


@pytest.mark.parametrize(
    ("reply", "unchanged"),
    [
        ("Unchanged: Yes\nReason: the cat is no pen", True),
        ("**Unchanged:** no\n**Reason:** it is another question", False),
        ('{"unchanged": true, "reason": "same"}', True),
        ("Unchanged：否\nReason：条件变了", False),
    ],
)
def test_fl13_a_judge_says_whether_the_answer_is_unchanged(reply, unchanged):
    """FL-13: the check call, whose no is a veto; it sees both versions."""
    played = _judge([reply])
    assert played.result.unchanged is unchanged
    assert played.result.reason
    (chat,) = played.chats
    assert chat.role == "judge_a"
    assert "<original>\nIda has 3 pens. How many?\n</original>" in chat.messages[-1].content
    assert "<changed>\nIda has 3 pens and a cat. How many?\n</changed>" in chat.messages[-1].content


@pytest.mark.parametrize("reply", ["", "Yes", "Unchanged: perhaps\nReason: r", "Unchanged: Yes"])
def test_fl13_anything_else_is_no_verdict(reply):
    """FL-13: an unreadable judge neither vetoes nor agrees."""
    assert isinstance(_judge([reply] * 3).failure, UnreadableReply)
