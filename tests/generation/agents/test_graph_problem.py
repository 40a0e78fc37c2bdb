import pytest

from engine.core.errors import Unreachable, UnreadableReply
from engine.core.protocol import Sampling
from engine.core.records import Combination
from engine.generation.agents import graph_problem
from tests.support.talks import play

PAIR = Combination.make("one-hop", ("Ratios", "Percentages"), 1, 3)
TRIPLE = Combination.make("community", ("Ratios", "Percentages", "Averages"), 1, 2)
GOOD = "Problem:\nA jar holds red and blue beads in the ratio 2 : 3. What percentage is red?"


def _write(reply, combination=PAIR):
    replies = [reply] if isinstance(reply, str) else reply
    return play(graph_problem.write(combination, Sampling(seed=7)), replies)


@pytest.mark.parametrize(
    ("reply", "statement"),
    [
        (GOOD, "A jar holds red and blue beads in the ratio 2 : 3. What percentage is red?"),
        (
            f"Sure, here it is.\n\n**{GOOD}",
            "A jar holds red and blue beads in the ratio 2 : 3. What percentage is red?",
        ),
        (GOOD.removeprefix("Problem:\n"), "A jar holds red and blue beads in the ratio 2 : 3. What percentage is red?"),
        ("Problem：甲乙两数的比是 2 : 3，求甲占总数的百分之几？", "甲乙两数的比是 2 : 3，求甲占总数的百分之几？"),
        (
            f"<think>Problem: no</think>{GOOD}",
            "A jar holds red and blue beads in the ratio 2 : 3. What percentage is red?",
        ),
    ],
)
def test_gsdp21_a_reply_becomes_a_statement(reply, statement):
    """GSDP-21: the statement stands behind the marker."""
    assert _write(reply).result.statement == statement


@pytest.mark.parametrize("reply", ["", "Problem:", "Problem:\n\n  \n", "Problem:\nFind x.", "<think>hm</think>"])
def test_gsdp21_an_empty_problem_is_rejected_after_bounded_retries(reply):
    """GSDP-21 and X-03: asked three times in all, then a named failure."""
    played = _write([reply] * 5)
    assert isinstance(played.failure, UnreadableReply)
    assert len(played.chats) == 3
    assert len({chat.request_id("m") for chat in played.chats}) == 3


def test_gsdp20_the_request_holds_every_point_and_nothing_of_a_seed():
    """GSDP-20: two slots for a pair, three for a triple, no examples."""
    for combination in (PAIR, TRIPLE):
        (chat,) = _write(GOOD, combination).chats
        text = chat.messages[-1].content
        assert f"{len(combination.points)} knowledge points" in text
        assert [f"{n}. {p}" in text for n, p in enumerate(combination.points, 1)] == [True] * len(combination.points)
        assert chat.role == "writer"


def test_a_failed_call_ends_the_talk_with_its_own_name():
    played = play(graph_problem.write(PAIR, Sampling()), [Unreachable("reset")])
    assert isinstance(played.failure, Unreachable)
