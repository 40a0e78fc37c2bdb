import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.generation.judges import problem, problem_alone, solution, weigh
from tests.support.talks import play


def _score(replies, points=("Ratios", "Percentages")):
    return play(problem.score("How many?", points, "judge_a", Sampling()), replies)


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ("Score: 0.9\nReason: covers both", 0.9),
        ('{"score": 1, "reason": "all there"}', 1.0),
        ("**Score:** 85 %\n**Reason:** one gap", 0.85),
        ("Score: 0\nReason: contradiction", 0.0),
    ],
)
def test_gsdp25_problem_scores(reply, score):
    """GSDP-25: a score from 0 to 1 with a reason."""
    played = _score([reply])
    assert played.result.score == pytest.approx(score)
    assert played.result.reason


@pytest.mark.parametrize(
    "reply", ["", "9/10 would read again", "Score: 1.2\nReason: superb", "Score: high\nReason: x", "Score: 0.9"]
)
def test_gsdp25_out_of_range_or_unreadable_scores_are_failures(reply):
    """GSDP-25: never clipped, never a default."""
    played = _score([reply] * 3)
    assert isinstance(played.failure, UnreadableReply)
    assert played.failure.raw == reply


def test_gsdp25_a_triple_shows_three_points():
    """GSDP-25: a triple uses three knowledge points."""
    (chat,) = _score(["Score: 1\nReason: r"], ("A", "B", "C")).chats
    assert "all of these 3 knowledge points" in chat.messages[-1].content
    assert "3. C" in chat.messages[-1].content


def _alone(replies):
    return play(problem_alone.score("How many?", "judge_a", Sampling()), replies)


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ("Score: 0.9\nReason: clear and sound", 0.9),
        ("**Score:** 85 %\n**Reason:** one gap", 0.85),
        ("", None),
        ("Score: 1.2\nReason: superb", None),
        ("It is a fine problem.", None),
        ("Score: 1\nReason: <script>alert(1)</script>", 1.0),
    ],
)
def test_gsdp25_a_problem_without_points_is_scored_by_itself(reply, score):
    """GSDP-25: the same scale and the same readings; nothing of knowledge points is asked."""
    played = _alone([reply] * 3)
    if score is None:
        assert isinstance(played.failure, UnreadableReply)
    else:
        assert played.result.score == pytest.approx(score)
        assert played.result.reason
    asked = played.chats[0]
    assert asked.prompt.id == "judges/problem_alone"
    assert "<problem>\nHow many?\n</problem>" in asked.messages[-1].content
    assert "knowledge point" not in asked.messages[-1].content


def test_a_second_try_is_another_request_and_may_succeed():
    played = _score(["garbage", "Score: 0.5\nReason: fair"])
    assert played.result.score == 0.5
    assert [chat.attempt for chat in played.chats] == [0, 1]


def test_gsdp26_weights():
    """GSDP-26: weights .5, .3, .2 and scores 1, .9, .5 give .87."""
    weights = {"a": 0.5, "b": 0.3, "c": 0.2}
    assert weigh.weighted({"a": 1.0, "b": 0.9, "c": 0.5}, weights, "fail").value == pytest.approx(0.87)


def test_gsdp26_a_missing_judge_renormalises_or_fails_by_policy():
    """GSDP-26: the policy for a missing judge is a setting."""
    weights = {"a": 0.5, "b": 0.5}
    assert weigh.weighted({"a": 0.8, "b": None}, weights, "renormalise").value == pytest.approx(0.8)
    failed = weigh.weighted({"a": 0.8, "b": None}, weights, "fail")
    assert failed.value is None
    assert failed.reason == "no score from b"
    assert weigh.weighted({"a": None, "b": None}, weights, "renormalise").value is None


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0.01, 5)), min_size=1, max_size=6))
def test_gsdp26_the_weighted_score_lies_between_the_scores(pairs):
    scores = {str(n): score for n, (score, _) in enumerate(pairs)}
    weights = {str(n): weight for n, (_, weight) in enumerate(pairs)}
    value = weigh.weighted(scores, weights, "fail").value
    assert min(scores.values()) - 1e-9 <= value <= max(scores.values()) + 1e-9


def test_gsdp27_the_limit_itself_is_kept():
    """GSDP-27: .85 is kept, .8499 dropped."""
    assert weigh.passes(0.85, 0.85)
    assert not weigh.passes(0.8499, 0.85)
    assert not weigh.passes(None, 0.85)


def test_gsdp27_exact_weights_do_not_lose_the_limit_to_rounding():
    weights = {"a": 0.4, "b": 0.3, "c": 0.3}
    value = weigh.weighted({"a": 0.85, "b": 0.85, "c": 0.85}, weights, "fail").value
    assert weigh.passes(value, 0.85)


@pytest.mark.parametrize(
    ("reply", "passed"),
    [
        ("Calculation: True\nLogic: True\nCompleteness: True\nReason: sound", True),
        ("Calculation: False\nLogic: True\nCompleteness: True\nReason: step 2", False),
        ('{"calculation": true, "logic": true, "completeness": false, "reason": "stops early"}', False),
        ("Calculation：对\nLogic：对\nCompleteness：对\nReason：好", True),
    ],
)
def test_gsdp28_one_false_vetoes_within_a_judge(reply, passed):
    """GSDP-28: calculation, logic and completeness must all hold."""
    played = play(solution.check("Q", "S", "judge_b", Sampling()), [reply])
    assert played.result.passed is passed


@pytest.mark.parametrize(
    "reply", ["", "Looks good to me!", "Calculation: maybe\nLogic: True\nCompleteness: True\nReason: r"]
)
def test_gsdp28_unreadable_findings_are_failures(reply):
    played = play(solution.check("Q", "S", "judge_b", Sampling()), [reply] * 3)
    assert isinstance(played.failure, UnreadableReply)


def test_gsdp28_one_judge_vetoes_for_all():
    """GSDP-28: T, T, F drops the solution (minimum rule)."""
    verdict = weigh.veto({"a": True, "b": True, "c": False}, "false")
    assert (verdict.value, verdict.reason) == (0.0, "vetoed by c")
    assert weigh.veto({"a": True, "b": True}, "false").value == 1.0


def test_gsdp28_an_unparsable_judge_counts_as_false_by_policy():
    """GSDP-28: unparsable counts as False, or is left out, by setting."""
    found = {"a": True, "b": None}
    assert weigh.veto(found, "false").value == 0.0
    assert weigh.veto(found, "missing").value == 1.0
    assert weigh.veto({"a": None}, "missing").value is None
