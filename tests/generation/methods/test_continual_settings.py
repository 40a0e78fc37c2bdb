"""A continual-learning run with settings that are nowhere the default: every one shows in what was asked and made."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core import prompts
from engine.core.errors import UserError
from engine.core.project import EngineSpec
from engine.core.records import Request
from engine.generation import inputs
from engine.generation.methods import registry
from engine.generation.methods.continual import EVALUATION_SEED
from engine.generation.recipes import load
from engine.generation.sources import Sources
from engine.knowledge.graph import KnowledgeGraph
from engine.planning.run_in_process import Made, run
from engine.runs import journal
from tests.support.abacus_endpoint import AbacusEndpoint

ITEMS, HELD = 24, 12
SHORT_NAMES = {"LF", "LC", "CC", "KR", "DA", "TA", "AC", "AA"}


@pytest.fixture(scope="module")
def bodies() -> list[dict[str, Any]]:
    """Every request that the run makes."""
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, bodies: list[dict[str, Any]]) -> Made:
    changes = {
        "items": str(ITEMS),
        # The very seed of the requests that are held back: a draw that did not look at them would give them again.
        "seed": str(EVALUATION_SEED),
        "continual.evaluation_requests": str(HELD),
        "continual.min_difficulty": "0.6",
        "continual.dimensions": "true",
    }
    with AbacusEndpoint() as endpoint:
        recipe = load("continual", changes, {"*": "local:abacus-small"})
        engines = {"local": EngineSpec(base_url=endpoint.url)}
        done = run(recipe, [], tmp_path_factory.mktemp("continual"), engines=engines)
        bodies += endpoint.bodies
    return done


def _requests(made: Made) -> dict[str, Request]:
    said = journal.records(made.directory / "journal")
    return {record.id: record for record in said if isinstance(record, Request)}


def _task(prompt: str) -> str:
    """Return the first line of what a prompt says, which tells it from every other."""
    return prompts.load(prompt).turns[-1].content.partition("\n")[0]


def _asked(bodies: list[dict[str, Any]], task: str) -> set[str]:
    texts = [str(body["messages"][-1]["content"]) for body in bodies]
    return {text for text in texts if text.startswith(task)}


def test_cl05_no_request_of_a_run_is_held_out(made):
    """CL-05: both draws come from one seed and one space, and share nothing."""
    held = {request.id for request in inputs.stream(made.directory / "inputs" / "evaluation.parquet", Request)}
    assert len(held) == HELD
    assert len(_requests(made)) == ITEMS
    assert not held & _requests(made).keys()


def test_cl05_nothing_is_shared_where_there_are_just_enough_requests():
    """CL-05: one point gives 54 requests of one point; half are held out, the other half is all that a run can ask."""
    graph = KnowledgeGraph.from_incidence([("seed", "Sums")])
    changes = {"continual.points": "graph", "continual.evaluation_requests": "27", "items": "27"}
    drawn = registry.draw(load("continual", changes), Sources(lambda: graph, lambda: ()))
    held, asked = {one.id for one in drawn.evaluation}, {item.request.id for item in drawn.work_items}
    assert (len(held), len(asked), held & asked) == (27, 27, set())
    with pytest.raises(UserError, match="28 different requests are asked, 27 there are"):
        registry.draw(load("continual", {**changes, "items": "28"}), Sources(lambda: graph, lambda: ()))


def test_cl08_the_frozen_copy_sees_the_question_and_nothing_else(made, bodies):
    """CL-08: word for word the prompt with a question in it; no first solution, no answer."""
    prompt = prompts.load("solving/self_play")
    expected = {prompt.fill(question=problem.statement)[-1].content for problem in made.problems}
    solving = _asked(bodies, _task("solving/self_play"))
    assert len(solving) > 15
    assert solving <= expected


def test_cl10_experts_see_request_and_sample_and_not_each_other(made, bodies):
    """CL-10: what one expert finds stands in no request to the other."""
    found = [verdict.reason for verdict in made.verdicts if verdict.name in ("expert_1", "expert_2")]
    asked = _asked(bodies, _task("judges/expert"))
    assert len(found) > 15
    assert len(asked) > 8
    assert not any(reason in text for reason in found if len(reason) > 20 for text in asked)


def test_cl11_the_arbiter_hears_both_experts(made, bodies):
    """CL-11: wherever the two found different things, one request to the arbiter holds them both."""
    asked = _asked(bodies, _task("judges/arbiter"))
    said: dict[str, dict[str, str]] = {}
    for verdict in made.verdicts:
        if verdict.name in ("expert_1", "expert_2"):
            said.setdefault(verdict.subject_id, {})[verdict.name] = verdict.reason
    apart = [both for both in said.values() if len(set(both.values())) == 2]
    assert apart
    for both in apart:
        assert any(all(reason in text for reason in both.values()) for text in asked)


def test_cl14_the_lowest_difficulty_is_that_of_the_recipe(made):
    """CL-14: fine-tuning data is what was asked for at 0.6 or more; what lies between .3 and .6 says why it is not."""
    difficulty = {v.subject_id: v.value for v in made.verdicts if v.name == "difficulty"}
    group = {v.subject_id: v.reason for v in made.verdicts if v.name == "sorted"}
    method = {v.subject_id: v for v in made.verdicts if v.name == "method"}
    tuned = [ident for ident, name in group.items() if name == "fine-tuning"]
    assert any(0.3 <= difficulty[ident] < 0.6 for ident in tuned)
    for ident in tuned:
        assert ("too easy" in method[ident].reason) is (difficulty[ident] < 0.6 - 1e-9)


def test_cl28_eight_dimensions_by_their_published_names(made, bodies):
    """CL-28: the names under which marks are kept, and those that the judge is asked for."""
    names = {verdict.name for verdict in made.verdicts if verdict.name.startswith("dimension_")}
    assert names == {f"dimension_{name}" for name in SHORT_NAMES}
    asked = _asked(bodies, _task("judges/dimensions"))
    assert asked
    assert all(f"{name}:" in text for name in SHORT_NAMES for text in asked)


def test_cl13_first_versions_alone_are_sorted_by_examination(made):
    """CL-13: both yes is imitated, both no is mended, a mixed one is used by nobody."""
    said = {(v.name, v.subject_id): v.value for v in made.verdicts}
    groups = {v.subject_id: v.reason for v in made.verdicts if v.name == "sorted"}
    table = {(1.0, 1.0): "fine-tuning", (0.0, 0.0): "preference", (1.0, 0.0): "discarded", (0.0, 1.0): "discarded"}
    first = [problem for problem in made.problems if not problem.parent_id]
    examined = [p.id for p in first if ("consistent", p.id) in said and ("sound", p.id) in said]
    assert len(examined) > 10
    assert len({groups[ident] for ident in examined}) > 1
    for ident in examined:
        assert groups[ident] == table[said["consistent", ident], said["sound", ident]]
