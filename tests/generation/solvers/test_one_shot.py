"""One-shot solutions."""

import pytest

from engine.core.protocol import Sampling
from engine.generation.solvers import one_shot
from tests.support.talks import play


@pytest.mark.parametrize("statement", ["What is 3 + 4?", "小明有 3 个苹果，又买了 4 个，一共有几个苹果？"])
def test_am15_exactly_one_worked_example_in_the_language_of_the_problem(statement):
    """AM-15: one worked example, no more."""
    played = play(one_shot.solve(statement, "solver", Sampling()), [r"$3 + 4 = 7$, so \boxed{7}"])
    text = played.chats[0].messages[-1].content
    assert text.count("boxed{147}") == 1
    assert text.count("<problem>") == 1
    assert ("长方形" in text) is ("苹果" in statement)
    assert played.result.answer == "7"


def test_am16_the_answer_is_taken_from_the_last_box():
    """AM-16: nested braces are read whole, a missing box is no answer."""
    assert play(one_shot.solve("P", "solver", Sampling()), [r"\boxed{\frac{1}{\sqrt{2}}}"]).result.answer == (
        r"\frac{1}{\sqrt{2}}"
    )
    assert play(one_shot.solve("P", "solver", Sampling()), ["It is seven."]).result.answer is None
