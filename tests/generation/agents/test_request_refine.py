"""Samples by request, self-play and self-refinement, played against scripted replies."""

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.agents import request_problem, self_refine
from engine.generation.agents.writing import Draft
from engine.generation.solvers import self_play
from tests.support.talks import play

SAMPLE = "Question: What is $3 + 4$, in words of your own?\n\nSolution: We add.\nSo \\boxed{7}"


def test_cl07_a_sample_is_split_into_question_and_solution():
    """CL-07: Q and R1, with the answer in the box."""
    played = play(request_problem.write("a request", ("Addition",), Sampling()), [SAMPLE])
    draft = played.result
    assert draft.statement == "What is $3 + 4$, in words of your own?"
    assert draft.solution == "We add.\nSo \\boxed{7}"
    assert draft.answer == "7"
    assert draft.points == ("Addition",)
    assert [(note.name, note.text) for note in draft.notes] == [("request", "a request")]
    assert "a request" in played.chats[0].messages[-1].content


@pytest.mark.parametrize("reply", ["", "Question: What is it that we seek?", "Solution: 7", "Question: ?\nSolution: 7"])
def test_cl07_a_sample_without_both_parts_is_unreadable(reply):
    assert isinstance(play(request_problem.write("r", (), Sampling()), [reply] * 3).failure, UnreadableReply)


@pytest.mark.parametrize(
    ("reply", "question", "solution"),
    [
        (
            "**Question:** Find $x$ and $y$.\n**Solution:** (a) ...\nSolution: (b) \\boxed{1}",
            "Find $x$ and $y$.",
            "(a) ...\nSolution: (b) \\boxed{1}",
        ),
        ("题目：求一个数的两倍是多少？\n解答：设为 x。\\boxed{2x}", "求一个数的两倍是多少？", "设为 x。\\boxed{2x}"),
    ],
)
def test_cl07_the_first_markers_count_in_either_language(reply, question, solution):
    assert request_problem.read(reply) == (question, solution)


def test_cl07_a_missing_box_is_kept_for_the_filter():
    played = play(request_problem.write("r", (), Sampling()), [SAMPLE.replace("\\boxed{7}", "it is 7")])
    assert played.result.answer is None


def test_cl08_the_frozen_copy_sees_the_question_and_never_the_first_solution():
    """CL-08: the request contains Q and not R1."""
    played = play(self_play.solve("What is $3 + 4$?", "self", Sampling()), ["\\boxed{7}"])
    said = " ".join(message.content for message in played.chats[0].messages)
    assert "What is $3 + 4$?" in said
    assert "We add." not in said
    assert played.chats[0].role == "self"


def test_cl15_the_writer_reads_its_sample_the_second_solution_and_the_feedback():
    """CL-15: the request of the refinement contains a, R2 and E."""
    sample = Draft("What is $3 + 4$?", None, answer="8", solution="Clearly \\boxed{8}", points=("Addition",))
    played = play(self_refine.refine("the request", sample, "R2 says 7", "E says wrong", Sampling()), [SAMPLE])
    said = played.chats[0].messages[-1].content
    for part in ("the request", "What is $3 + 4$?", "Clearly \\boxed{8}", "R2 says 7", "E says wrong"):
        assert part in said
    assert played.result.answer == "7"
    assert played.result.points == ("Addition",)


def test_cl15_a_better_version_without_a_box_is_dropped():
    """CL-15: the format filter on a'."""
    sample = Draft("What is $3 + 4$?", None, solution="8")
    bare = SAMPLE.replace("\\boxed{7}", "7")
    assert isinstance(play(self_refine.refine("r", sample, "", "", Sampling()), [bare] * 3).failure, UnreadableReply)
