"""The continual-learning way: sorting against scripted replies, the whole of it on the embedded engine."""

from __future__ import annotations

from collections import Counter

import pytest

from engine.core.records import BenchmarkItem, Intermediate, Problem, ReplyRow, Request, Solution, Verdict
from engine.core.settings import Continual, Recipe, RecipeSettings
from engine.curation import sorting
from engine.generation import inputs
from engine.generation.methods import continual
from engine.generation.methods.registry import reached
from engine.generation.recipes import load
from engine.generation.record_factory import RecordFactory
from engine.models.independence import doubts
from engine.planning.run_in_process import run
from engine.runs import journal
from engine.runs.plan import GeneratePlan
from engine.similarity.contamination import NgramIndex
from tests.support.talks import play

REQUEST = Request.make("problem solving", ("Ratios", "Percentages"), 0.5)
STATEMENT = "A jar holds red and blue beads in the ratio 2 : 3. What percentage of the beads is red?"
REPLIES = {
    "agents/request_problem": f"Question: {STATEMENT}\nSolution: 2 of 5 parts.\nSo \\boxed{{40\\%}}",
    "solving/self_play": "2 / 5 is \\boxed{40\\%}",
    "judges/consistency": "Consistent: Yes\nReason: same way",
    "judges/expert": "Acceptable: Yes\nFindings: right",
    "judges/arbiter": "Sound: Yes\nFeedback: None",
    "agents/self_refine": f"Question: {STATEMENT}\nSolution: Carefully.\nSo \\boxed{{40\\%}}",
}
WRONG = {
    "solving/self_play": "it is \\boxed{60\\%}",
    "judges/expert": "Acceptable: No\nFindings: the box is wrong",
    "judges/arbiter": "Sound: No\nFeedback: mend the box",
}


def _play(request=REQUEST, replies=None, tests=(), **chosen):
    said = REPLIES | (replies or {})
    settings = RecipeSettings(continual=Continual(**chosen))
    recipe = Recipe(name="continual", title="t", way="continual", roles={}, settings=settings)
    factory = RecordFactory(GeneratePlan(id="run", recipe=recipe), "item")
    return play(continual.way(factory, request, NgramIndex(tests)), lambda chat: said[chat.prompt.id])


def _said(played, name):
    return [v for v in played.records if isinstance(v, Verdict) and v.name == name]


def test_cl13_both_agree_and_the_sample_is_fine_tuning_data():
    """CL-13, CL-34: four calls and the comparison."""
    played = _play()
    assert played.result == "kept"
    assert _said(played, "sorted")[-1].reason == "fine-tuning"
    asked = Counter(chat.prompt.id for chat in played.chats)
    assert asked.pop("agents/request_problem") == 1
    assert asked.pop("judges/consistency") == 1
    assert asked.total() == 4


def test_cl15_both_disagree_and_a_better_version_is_preferred():
    """CL-15: the pair is the refined version and the first one, which it names as its parent."""
    played = _play(replies=WRONG)
    assert played.result == "kept"
    first, better = [r for r in played.records if isinstance(r, Problem)]
    assert better.parent_id == first.id
    assert better.agent == "self_refine"
    assert [r.problem_id for r in played.records if isinstance(r, Solution)] == [first.id, first.id, better.id]
    (refine,) = [chat for chat in played.chats if chat.prompt.id == "agents/self_refine"]
    for part in ("2 of 5 parts", "60\\%", "mend the box"):
        assert part in refine.messages[-1].content
    requests = [r for r in played.records if isinstance(r, Intermediate) and r.name == "request"]
    assert {note.problem_id for note in requests} == {first.id, better.id}


@pytest.mark.parametrize(
    "replies",
    [{"solving/self_play": WRONG["solving/self_play"]}, {**WRONG, "solving/self_play": REPLIES["solving/self_play"]}],
)
def test_cl13_mixed_samples_are_discarded(replies):
    played = _play(replies=replies)
    assert played.result == "examined"
    assert _said(played, "sorted")[-1].reason == "discarded"


def test_cl14_too_easy_samples_are_sorted_and_then_left_out():
    played = _play(request=Request.make("proof", ("Ratios",), 0.2))
    assert played.result == "examined"
    assert "too easy" in _said(played, "method")[-1].reason


def test_an_examination_that_cannot_be_had_keeps_nothing():
    """A judge that answers nonsense is no yes."""
    played = _play(replies={"judges/expert": "well"})
    assert played.result == "examined"
    assert _said(played, "sorted")[-1].reason == "discarded"


@pytest.mark.parametrize(("switch", "gone"), [("self_play", "solving/self_play"), ("experts", "judges/expert")])
def test_cl36_a_switch_leaves_the_other_examination_alone(switch, gone):
    """CL-36: one examination decides where the other is switched off."""
    played = _play(**{switch: False})
    assert gone not in {chat.prompt.id for chat in played.chats}
    assert _said(played, "sorted")[-1].reason == "fine-tuning"


def test_cl36_without_any_examination_every_sample_is_imitated():
    """CL-36: the study of SFT alone asks nobody; the filters behind sorting stay."""
    played = _play(self_play=False, experts=False)
    assert {chat.prompt.id for chat in played.chats} == {"agents/request_problem"}
    assert _said(played, "sorted")[-1].reason == "fine-tuning"
    assert played.result == "kept"
    easy = _play(request=Request.make("proof", ("Ratios",), 0.2), self_play=False, experts=False)
    assert easy.result == "examined"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    recipe = load("continual", {"items": "80", "continual.dimensions": "true"})
    return run(recipe, [], tmp_path_factory.mktemp("continual"))


def test_cl03_cl05_a_run_answers_different_requests_and_holds_others_back(made):
    """CL-03, CL-05: requests are records, evaluation requests wait in the inputs."""
    said = [r for r in journal.records(made.directory / "journal") if isinstance(r, Request)]
    held = list(inputs.stream(made.directory / "inputs" / "evaluation.parquet", Request))
    assert len({request.id for request in said}) == 80
    assert len(held) == 500
    assert not {request.id for request in said} & {request.id for request in held}


def test_cl16_the_three_classes_add_up(made):
    """CL-16: every examined sample has one class; shares sum to 1."""
    first = {problem.id for problem in made.problems if not problem.parent_id}
    classes = [v.reason for v in made.verdicts if v.name == "sorted" and v.subject_id in first]
    assert len(classes) == len(first)
    assert set(classes) == set(sorting.GROUPS)
    assert sum(sorting.shares(classes).values()) == pytest.approx(1)
    stages = list(reached(made.status.funnel, "continual").values())
    assert stages == sorted(stages, reverse=True)
    assert sum(made.status.funnel.values()) == 80


def test_cl38_every_reply_names_its_prompt_and_version(made):
    """CL-38: the prompts exist, are versioned, and every one of them was asked."""
    rows = [r for r in journal.records(made.directory / "journal") if isinstance(r, ReplyRow)]
    assert {row.prompt_id for row in rows} == {*REPLIES, "judges/dimensions"}
    assert all(row.prompt_hash for row in rows)
    named = [v for v in made.verdicts if v.name.startswith("dimension_")]
    assert len({v.name for v in named}) == 8


def test_cl37_experts_that_share_a_model_are_warned_of():
    """CL-37: three different models by default; equal ones are named."""
    roles = load("continual").roles
    assert len({roles[role] for role in ("expert_a", "expert_b", "arbiter")}) == 3
    assert doubts(roles, ("expert_a", "expert_b", "arbiter")) == ()
    same = load("continual", engines={"expert_b": roles["expert_a"]}).roles
    assert any("Expert A" in sentence and "Expert B" in sentence for sentence in doubts(same, ("expert_a", "expert_b")))


def test_gsdp24_a_better_version_that_copies_a_test_problem_makes_no_pair():
    """GSDP-24, CL-15: the better version is another text, so it is compared by itself."""
    held = "A bag holds green and white marbles in the ratio 1 : 3. What percentage of all the marbles is green?"
    mended = {"agents/self_refine": f"Question: {held}\nSolution: 1 of 4 parts.\nSo \\boxed{{25\\%}}"}
    for tests, stage, shares in (
        ((), "kept", [None, None]),
        ([BenchmarkItem.make("math", held)], "examined", [0.0, 1.0]),
    ):
        played = _play(replies=WRONG | mended, tests=tests)
        assert played.result == stage
        assert [v.value for v in _said(played, "contamination")] == shares
    assert [v.reason for v in _said(played, "method")] == ["the better version copies a test problem"]
