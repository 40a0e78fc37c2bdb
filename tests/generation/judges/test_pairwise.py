"""Two solutions, asked both ways round: what is read, what is not, and the embedded engine's own word."""

from __future__ import annotations

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.curation.trust.order_bias import PairReading
from engine.generation.judges import pairwise
from tests.support.talks import play

ONE, OTHER = "So $2 + 2 = 4$, \\boxed{4}.", "So $2 + 2 = 5$, \\boxed{5}."


def _said(*words: str) -> list[str]:
    return [f"Better: {word}\nReason: its sum holds" for word in words]


def test_both_orders_are_asked_and_the_solutions_change_places():
    played = play(pairwise.both_ways("2 + 2?", ONE, OTHER, "pairwise", Sampling()), _said("First", "Second"))
    assert played.result == PairReading("first", "second")
    assert played.result.preferred == "A"
    first, second = (chat.messages[-1].content for chat in played.chats)
    assert first.index(ONE) < first.index(OTHER)
    assert second.index(OTHER) < second.index(ONE)
    assert first.replace(ONE, "@").replace(OTHER, ONE).replace("@", OTHER) == second


def test_a_chinese_problem_is_asked_about_in_chinese_and_answered_in_the_same_lines():
    played = play(
        pairwise.both_ways("小明有 2 个苹果，又买了 2 个，一共有几个？", ONE, OTHER, "pairwise", Sampling()),
        _said("Second", "First"),
    )
    assert played.result == PairReading("second", "first")
    assert [chat.prompt.id for chat in played.chats] == [pairwise.CHINESE] * 2
    assert "长度本身不是优点" in played.chats[0].messages[-1].content
    assert play(pairwise.both_ways("2 + 2?", ONE, OTHER, "pairwise", Sampling()), _said("Tie", "Tie")).chats[
        0
    ].prompt.id == (pairwise.PROMPT)


def test_a_reply_that_cannot_be_read_is_no_word_and_the_other_order_is_asked_all_the_same():
    talk = pairwise.both_ways("2 + 2?", ONE, OTHER, "pairwise", Sampling(), 1)
    played = play(talk, ["neither, I think", "both are fine", *_said("Tie")])
    assert played.result == PairReading(None, "tie")
    assert played.result.preferred == "can't tell"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Better: First\nReason: r", "first"),
        ("**Better:** second.\n**Reason:** r", "second"),
        ("Better: TIE\nReason: none is better", "tie"),
        ('{"better": "Second", "reason": "r"}', "second"),
    ],
)
def test_clean_and_noisy_replies(text: str, place: str):
    assert pairwise.read(text)[0] == place


@pytest.mark.parametrize(
    "text",
    ["", "Better:", "Reason: r", "Better: the one on the left\nReason: r", "Better: First, Second or Tie\nReason: r",
     "Better: <script>alert(1)</script>\nReason: r", '{"better": 1, "reason": "r"}'],
)  # fmt: skip
def test_anything_else_is_unreadable(text: str):
    with pytest.raises(UnreadableReply):
        pairwise.read(text)
