"""The three evaluations of AgenticMath, played against scripted replies."""

import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.judges import joint, marks, review, seed_rating
from tests.support.talks import play

RATED = "Complexity: 4\nInformation: 3\nClarity: 5\nReason: two areas meet"
REVIEWED = "Clarity: 4.5\nCoherence: 5\nValidity: 4\nFeedback: State the unit."
JOINT = "Clarity: 5\nCorrectness: 4\nCompleteness: 4\nReason: one step is short"


def _rate(replies):
    return play(seed_rating.rate("How many?", sampling=Sampling()), replies)


def test_am02_three_whole_numbers():
    """AM-02: complexity, information value, clarity and precision from 0 to 5."""
    played = _rate([RATED])
    assert (played.result.complexity, played.result.information, played.result.clarity) == (4, 3, 5)
    assert played.result.reason == "two areas meet"


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I would give it a four.",
        RATED.replace("Complexity: 4", "Complexity: 6"),
        RATED.replace("Complexity: 4", "Complexity: -1"),
        RATED.replace("Complexity: 4", "Complexity: 3.5"),
        RATED.replace("Information: 3\n", ""),
        RATED.replace("Clarity: 5", "Clarity: high"),
    ],
)
def test_am02_malformed_and_out_of_range_ratings_fail(reply):
    """AM-02: asked again, then a failure; never a default, never clipped."""
    played = _rate([reply] * 3)
    assert isinstance(played.failure, UnreadableReply)
    assert len(played.chats) == 3
    assert _rate([reply, RATED]).result.complexity == 4


def test_am01_the_evaluator_sees_no_answer():
    """AM-01: nothing but the statement reaches the evaluator."""
    (chat,) = _rate([RATED]).chats
    said = " ".join(message.content for message in chat.messages)
    assert "<problem>\nHow many?\n</problem>" in said
    assert "solution" not in said.lower()


@pytest.mark.parametrize(("said", "kept"), [("1", 0), ("4", 0), ("5", 1), ("8", 4), ("9", 5), ("10", 5)])
def test_sc16_marks_from_1_to_10_are_compressed(said, kept):
    """SC-16: the evaluator is asked on the scale of DS2's raters, and its mark becomes a class from 0 to 5."""
    talk = seed_rating.rate("How many?", sampling=Sampling(), scale="1 to 10")
    played = play(talk, [RATED.replace("Complexity: 4", f"Complexity: {said}")])
    assert played.result.complexity == kept
    assert played.chats[0].prompt.id == "judges/seed_rating_ten"
    assert "from 1 (none at all) to 10" in played.chats[0].messages[-1].content
    pair = joint.evaluate("P?", "so 4", sampling=Sampling(), scale="1 to 10")
    assert play(pair, [JOINT.replace("Correctness: 4", f"Correctness: {said}")]).result.correctness == kept


@pytest.mark.parametrize("said", ["0", "11", "7.5", "", "high"])
def test_sc16_marks_outside_1_to_10_are_unreadable(said):
    """SC-16: out of range or missing is rejected, never clipped."""
    talk = seed_rating.rate("How many?", sampling=Sampling(), reread=0, scale="1 to 10")
    played = play(talk, [RATED.replace("Complexity: 4", f"Complexity: {said}")])
    assert isinstance(played.failure, UnreadableReply)


def test_am09_a_review_has_three_marks_and_feedback():
    """AM-09: clarity and grammar, coherence and completeness, validity and solvability, and what to change."""
    played = play(review.review("P?", sampling=Sampling()), [REVIEWED])
    said = played.result
    assert (said.clarity, said.coherence, said.validity, said.feedback) == (4.5, 5, 4, "State the unit.")
    assert said.aggregate("mean") == 4.5
    assert said.aggregate("min") == 4


def test_am09_feedback_may_run_over_lines():
    said = play(review.review("P?", sampling=Sampling()), [REVIEWED + "\nAnd name the <b>prize</b>."]).result
    assert said.feedback.endswith("<b>prize</b>.")


@pytest.mark.parametrize(("score", "passes"), [(4.5, True), (4.49, False), (5, True), (0, False)])
def test_am10_four_and_a_half_passes(score, passes):
    """AM-10: the limit itself passes."""
    assert review.passes(score) is passes
    assert review.passes(score, limit=3) is (score >= 3)


def test_am17_problem_and_solution_are_evaluated_together():
    """AM-17: problem clarity, solution correctness, reasoning completeness."""
    played = play(joint.evaluate("P?", "so 4", sampling=Sampling()), [JOINT])
    assert (played.result.clarity, played.result.correctness, played.result.completeness) == (5, 4, 4)
    assert played.result.aggregate() == pytest.approx(13 / 3)
    text = played.chats[0].messages[-1].content
    assert "P?" in text
    assert "so 4" in text


def test_am17_a_reply_is_read_on_the_scale_of_the_paper_where_nothing_else_is_said():
    """AM-17: three marks from 0 to 5 and the reason."""
    marks, reason = joint.read(JOINT)
    assert sorted(marks.values()) == [4, 4, 5]
    assert reason
    assert reason in JOINT


@pytest.mark.parametrize(
    ("values", "how", "one"),
    [((3, 3, 3), "mean", 3), ((5, 4, 4), "mean", 13 / 3), ((5, 4, 2), "min", 2)],
)
def test_am03_marks_become_one(values, how, one):
    """AM-03: the mean by default, the minimum by choice."""
    assert marks.aggregate(values, how) == pytest.approx(one)


def test_am03_weights():
    """AM-03: weights by place; none above 0 is an error."""
    assert marks.aggregate((5, 3), "weighted", {0: 3, 1: 1}) == 4.5
    with pytest.raises(ValueError, match="no weight"):
        marks.aggregate((5, 3), "weighted", {})
