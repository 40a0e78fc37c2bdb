"""One judge asked about one row that people judged: what is kept of its reply, and of one that cannot be read."""

from __future__ import annotations

import pytest

from engine.core.errors import ProviderError
from engine.core.prompts import load
from engine.core.settings import Recipe
from engine.generation.judges import problem_alone, solution
from engine.generation.record_factory import RecordFactory
from engine.learning.judging import program
from engine.learning.judging.labelled_rows import HumanJudgedRow
from engine.runs.plan import JudgePlan
from tests.support.talks import play

ROW = HumanJudgedRow("J-1", "people", "solution", "1 + 1?", "It is 3.", good=False)
PASS = "Calculation: True\nLogic: True\nCompleteness: True\nReason: One and one are three."
VETO = "Calculation: False\nLogic: True\nCompleteness: True\nReason: One and one are two."


def _asked(script, judge="solution"):
    recipe = Recipe(name="judge", title="t", roles={"judge": "here:tiny"})
    plan = JudgePlan(id="judge-0001", recipe=recipe, judges=(judge,), materials=())
    factory = RecordFactory(plan, f"{ROW.id}.{judge}.judge")
    return play(program.way(factory, ROW, judge, "judge"), script)


@pytest.mark.parametrize(("reply", "yes", "outcome"), [(PASS, True, "against people"), (VETO, False, "as people say")])
def test_a_verdict_is_kept_beside_the_label(reply, yes, outcome):
    played = _asked([reply])
    (said,) = played.records
    assert played.result == outcome
    assert (said.yes, said.good, said.value, said.limit) == (yes, False, float(yes), 0.5)
    assert (said.model, said.version) == ("here:tiny", load(solution.PROMPT).ref.hash)
    assert (said.statement, said.solution) == (ROW.statement, ROW.solution)
    assert said.reason.startswith("One and one")
    assert ROW.solution in played.chats[0].messages[-1].content


def test_a_reply_that_cannot_be_read_is_no_false():
    """It is asked for as often as in a run, and then kept as a verdict without a value."""
    played = _asked(["I would rather not say."] * 3)
    (said,) = played.records
    assert played.result == "unreadable"
    assert len(played.chats) == 3
    assert (said.value, said.yes) == (None, None)
    assert said.reason.startswith("not readable: ")
    assert said.reply_id is None


def test_an_endpoint_that_fails_says_nothing():
    played = _asked([ProviderError("gone")])
    assert played.records == []
    assert isinstance(played.failure, ProviderError)


@pytest.mark.parametrize(("score", "yes"), [("0.85", True), ("0.84", False)])
def test_a_score_passes_from_the_limit_of_the_recipe_on(score, yes):
    played = _asked([f"Score: {score}\nReason: It is clear."], "problem")
    (said,) = played.records
    assert (said.value, said.limit, said.yes) == (float(score), 0.85, yes)
    assert said.version == load(problem_alone.PROMPT).ref.hash
