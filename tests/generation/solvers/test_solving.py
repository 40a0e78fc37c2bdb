import pytest

from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling
from engine.core.settings import Routing
from engine.generation.solvers import difficulty, solve
from tests.support.talks import play


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("Difficulty: 0.62\nReason: two ideas", 0.62),
        ('{"difficulty": 0.2, "reason": "one step"}', 0.2),
        ("Difficulty: 70%\nReason: r", 0.7),
    ],
)
def test_gsdp22_difficulty_is_read(reply, value):
    """GSDP-22: a rating model gives the difficulty."""
    played = play(difficulty.rate("How many?", Sampling()), [reply])
    assert played.result.value == pytest.approx(value)
    assert played.chats[0].role == "rater"


@pytest.mark.parametrize("reply", ["", "hard", "Difficulty: 4\nReason: of 5", "Difficulty: hard\nReason: r"])
def test_gsdp22_an_unreadable_difficulty_is_a_failure(reply):
    assert isinstance(play(difficulty.rate("Q", Sampling()), [reply] * 3).failure, UnreadableReply)


@pytest.mark.parametrize(
    ("value", "role"),
    [
        (0.0, "solver_low"),
        (0.39, "solver_low"),
        (0.4, "solver_low"),
        (0.69, "solver_low"),
        (0.7, "solver_high"),
        (1.0, "solver_high"),
        (None, "solver_high"),
    ],
)
def test_gsdp22_router_table(value, role):
    """GSDP-22: low and medium go to one solver, high to the other; what could not be rated goes to the strong one."""
    assert difficulty.solver_role(value, Routing()) == role


def test_gsdp22_levels_follow_the_settings():
    routing = Routing(low_until=0.1, high_from=0.2)
    assert [difficulty.level(v, routing) for v in (0.05, 0.1, 0.2)] == ["low", "medium", "high"]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("2 + 2 = 4\n\\boxed{4}", "4"),
        ("so \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"),
        ("first \\boxed{3}, no: \\boxed{5}", "5"),
        ("the answer is 4", None),
        ("<think>\\boxed{9}</think>I do not know.", None),
    ],
)
def test_gsdp23_the_boxed_answer_is_read_and_a_missing_box_is_flagged(reply, answer):
    """GSDP-23: step by step with a box; a missing box is kept and flagged, not asked again."""
    played = play(solve.solve("Q", "solver_low", Sampling()), [reply])
    assert played.result.answer == answer
    assert len(played.chats) == 1


def test_gsdp23_the_solver_of_the_role_is_shown_the_problem_and_asked_anew_as_often_as_is_said():
    """GSDP-23: twice more where nothing else is said; the sampling is that of the call."""
    sampling = Sampling(temperature=0.3, seed=11)
    played = play(solve.solve("How many are 2 and 3?", "solver_high", sampling), ["", " ", "So \\boxed{5}."])
    assert (played.result.text, played.result.answer) == ("So \\boxed{5}.", "5")
    assert played.result.reply.text == "So \\boxed{5}."
    assert {(chat.role, chat.prompt.id) for chat in played.chats} == {("solver_high", "solving/solve")}
    assert all("How many are 2 and 3?" in chat.messages[-1].content for chat in played.chats)
    assert played.chats[0].sampling == sampling
    once = play(solve.solve("How many?", "solver_low", Sampling(), 0), ["", "So \\boxed{5}."])
    assert isinstance(once.failure, UnreadableReply)
    assert len(once.chats) == 1


def test_an_empty_solution_is_a_failure():
    assert isinstance(
        play(solve.solve("Q", "solver_low", Sampling()), ["", " ", "<think>x</think>"]).failure, UnreadableReply
    )
