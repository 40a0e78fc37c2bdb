"""Consistency, experts, arbiter and the eight dimensions, played against scripted replies."""

import pytest

from engine.core import prompts
from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.judges import arbiter, consistency, consult, dimensions
from tests.support.talks import play

YES, NO = "Acceptable: Yes\nFindings: all holds", "Acceptable: No\nFindings: step 2 is wrong"


def test_cl09_two_solutions_are_compared():
    """CL-09: C is 1 where the judge says so."""
    played = play(
        consistency.judge("Q", "so \\boxed{1/2}", "so \\boxed{0.5}", "arbiter", Sampling()),
        ["Consistent: Yes\nReason: same way"],
    )
    assert played.result.consistent
    assert played.chats[0].role == "arbiter"


def test_cl09_answers_that_differ_need_no_judge():
    """CL-09: disagreeing final answers give C = 0 and no call."""
    played = play(consistency.judge("Q", "\\boxed{1}", "\\boxed{2}", "arbiter", Sampling()), [])
    assert played.result.consistent is False
    assert played.chats == []
    assert "differ: 1 and 2" in played.result.reason


def test_cl09_a_reply_that_says_neither_is_unreadable():
    played = play(consistency.judge("Q", "a", "b", "arbiter", Sampling()), ["Consistent: maybe\nReason: r"] * 3)
    assert isinstance(played.failure, UnreadableReply)


def _consult(way, replies):
    return play(consult.CONSULT[way]("REQ", "QUEST", "SOL", lambda salt: Sampling(seed=7)), replies)


def test_cl10_neither_expert_sees_the_other():
    """CL-10: request and sample go to both, the word of one never to the other."""
    played = _consult("collaboration", [YES, NO, "Sound: No\nFeedback: mend step 2"])
    first, second, last = played.chats
    assert [chat.role for chat in played.chats] == ["expert_a", "expert_b", "arbiter"]
    for chat in (first, second):
        text = chat.messages[-1].content
        assert "REQ" in text
        assert "QUEST" in text
        assert "SOL" in text
        assert "step 2" not in text
        assert "all holds" not in text
    assert "step 2 is wrong" in last.messages[-1].content
    assert "all holds" in last.messages[-1].content


def test_cl11_the_arbiter_gives_verdict_and_feedback():
    """CL-11: L and E; what each said is kept."""
    said = _consult("collaboration", [YES, NO, "Sound: No\nFeedback: mend step 2"]).result
    assert (said.sound, said.feedback) == (False, "mend step 2")
    assert [(part.name, part.value) for part in said.parts] == [("expert_1", 1.0), ("expert_2", 0.0), ("arbiter", 0.0)]
    assert _consult("collaboration", [YES, YES, "Sound: Yes\nFeedback: None"]).result.feedback == ""


@pytest.mark.parametrize(
    "reply", ["Sound: Yes\nFeedback: mend step 2", "Sound: No\nFeedback: None", "Sound: No\nFeedback: 无", "Sound: No"]
)
def test_cl11_feedback_is_empty_exactly_where_the_sample_is_sound(reply):
    """CL-11: L = 1 with text and L = 0 without text are rejected."""
    with pytest.raises(UnreadableReply):
        arbiter.read(reply)


@pytest.mark.parametrize(
    "reply",
    ["Sound: Yes\nFeedback:", '{"sound": "yes", "feedback": ""}', "Sound: Yes", "Sound: yes\nFeedback: No issues."],
)
def test_cl11_feedback_of_a_sound_sample_may_be_left_empty(reply):
    """CL-11: E is empty where L is 1."""
    assert arbiter.read(reply) == (True, "")


def test_cl12_one_model_in_three_roles():
    """CL-12: the same three questions, all to the model of the arbiter."""
    played = _consult("roles", [YES, YES, "Sound: Yes\nFeedback: None"])
    assert [chat.role for chat in played.chats] == ["arbiter"] * 3
    assert played.result.sound


@pytest.mark.parametrize(("replies", "sound"), [([YES, YES, NO], True), ([YES, NO, NO], False), ([NO, NO, NO], False)])
def test_cl12_three_models_vote(replies, sound):
    """CL-12: two of three decide; who objects gives the feedback."""
    said = _consult("vote", replies).result
    assert said.sound is sound
    assert bool(said.feedback) is not sound
    assert len(said.parts) == 3


def test_an_expert_that_cannot_be_read_ends_the_examination():
    played = _consult("collaboration", ["nonsense"] * 6)
    assert isinstance(played.failure, UnreadableReply)


MARKS = "\n".join(f"{key}: {n % 4 + 6} - fair" for n, key in enumerate(dimensions.DIMENSIONS))


def test_cl28_eight_marks_with_reasons_and_their_mean():
    """CL-28: LF, LC, CC, KR, DA, TA, AC, AA from 1 to 10, under the names of section 3.2."""
    assert dimensions.DIMENSIONS == {
        "LF": "Language fluency", "LC": "Logical correctness", "CC": "Content completeness",
        "KR": "Knowledge relevance",
        "DA": "Difficulty appropriateness", "TA": "Type adaptability", "AC": "Analysis completeness",
        "AA": "Answer accuracy",
    }  # fmt: skip
    asked = prompts.load(dimensions.PROMPT).turns[-1].content
    assert all(f"- {key}: {words.lower()}:" in asked for key, words in dimensions.DIMENSIONS.items())
    said = play(dimensions.judge("r", "q", "s", "judge", Sampling()), [MARKS]).result
    assert [mark.key for mark in said.marks] == ["LF", "LC", "CC", "KR", "DA", "TA", "AC", "AA"]
    assert said.mean == pytest.approx(7.5)
    assert {mark.reason for mark in said.marks} == {"fair"}


@pytest.mark.parametrize(
    "text", [MARKS.replace("LF: 6", "LF: 11"), MARKS.replace("LF: 6", "LF: 0"), MARKS.replace("AA: ", "ZZ: "), ""]
)
def test_cl28_a_missing_mark_or_one_off_the_scale_is_unreadable(text):
    with pytest.raises(UnreadableReply):
        dimensions.read(text)


def test_cl28_other_notations_are_read():
    """Bold names, marks out of ten and longer reasons."""
    text = "\n".join(f"**{key}**: 8/10: because it is so" for key in dimensions.DIMENSIONS)
    assert {mark.value for mark in dimensions.read(text)} == {8.0}
    assert dimensions.read(text)[0].reason == "because it is so"
