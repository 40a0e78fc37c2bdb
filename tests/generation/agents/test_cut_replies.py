"""A reply that was cut at its longest is no statement, whatever it ends with."""

from __future__ import annotations

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Reply, Sampling
from engine.core.records import Combination
from engine.generation.agents import graph_problem

CUT = (
    "Problem: A farmer has 12 pens with 7 sheep in each of them, and he sells",
    "Problem: A farmer has 12 pens with 7 sheep in each of them.",
    "Problem: Let $x$ be a number such that $x + 3 = 12$. Find $x",
    "Problem: A train leaves at 9 and arrives at 12",
)


def _asked(*replies: Reply) -> tuple[str, int]:
    """Play a conversation; return the statement and how many replies were asked for."""
    talk = graph_problem.write(Combination("C", "one-hop", ("sums", "ratios"), 1, 1), Sampling())
    next(talk)
    for number, reply in enumerate(replies, start=1):
        try:
            talk.send(reply)
        except StopIteration as done:
            return done.value.statement, number
    raise AssertionError("more was asked")


@pytest.mark.parametrize("text", CUT)
def test_a_cut_statement_is_asked_for_again(text: str) -> None:
    whole = "A farmer has 12 pens with 7 sheep in each. How many sheep are there?"
    said = _asked(Reply("R1", text, finish="length"), Reply("R2", f"Problem: {whole}"))
    assert said == (whole, 2)


def test_one_that_is_always_cut_fails_by_that_name() -> None:
    with pytest.raises(UnreadableReply, match="cut at its longest"):
        _asked(*(Reply(f"R{n}", CUT[1], finish="length") for n in range(3)))
