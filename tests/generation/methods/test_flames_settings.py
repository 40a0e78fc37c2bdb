"""FLAMES runs with settings that are nowhere the default: every one of them shows in what was asked and made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from aiohttp import web

from engine import seeds
from engine.core import prompts
from engine.core.project import EngineSpec
from engine.core.records import BenchmarkItem, Seed
from engine.core.resources import shipped
from engine.generation import inputs
from engine.generation.recipes import load
from engine.generation.work_item import WorkItem
from engine.planning.run_in_process import Made, run
from tests.support.abacus_endpoint import AbacusEndpoint
from tests.support.chat_replies import completion

SHARES = {"few_shot": 50, "taxonomy_key_concepts": 30, "iqc": 20}


def _shipped(n: int) -> list[Seed]:
    rows = [row for path in sorted(shipped("seeds").glob("*.jsonl")) for row in seeds.read(path)]
    found = [row for row in rows if isinstance(row, Seed)]
    return found[:: len(found) // n][:n]


@pytest.fixture(scope="module")
def bodies() -> list[dict[str, Any]]:
    """Every request that the run makes."""
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, bodies: list[dict[str, Any]]) -> Made:
    changes = {
        "items": "20",
        "flames.shares": "{ " + ", ".join(f"{agent} = {share}.0" for agent, share in SHARES.items()) + " }",
        "flames.keep": '"strict"',
        "flames.solutions": "2",
        "flames.examples": "2",
        "flames.judge_solvability": "false",
    }
    with AbacusEndpoint() as endpoint:
        recipe = load("flames", changes, {"*": "local:abacus-small"})
        engines = {"local": EngineSpec(base_url=endpoint.url)}
        done = run(recipe, _shipped(60), tmp_path_factory.mktemp("flames"), engines=engines)
        bodies += endpoint.bodies
    return done


@pytest.fixture(scope="module")
def orders(made: Made) -> list[WorkItem]:
    return list(inputs.stream(made.directory / "inputs" / "orders.parquet", WorkItem))


def test_fl30_agents_write_by_their_shares(orders):
    """FL-30: half, three tenths and a fifth of twenty."""
    assert Counter(order.agent for order in orders) == {"few_shot": 10, "taxonomy_key_concepts": 6, "iqc": 4}


def test_fl12_topics_take_turns(orders):
    """FL-12: as long as there are other topics none comes twice."""
    topics = [order.topic for order in orders if order.agent == "taxonomy_key_concepts"]
    assert len(set(topics)) == len(topics) == 6


def test_fl02_few_shot_is_shown_as_many_seeds_as_the_recipe_says(orders, bodies):
    """FL-02: two of them, in the order and in the request."""
    assert {len(order.seeds) for order in orders if order.agent == "few_shot"} == {2}
    by_id = {seed.id: seed.statement for seed in _shipped(60)}
    asked = [body["messages"][-1]["content"] for body in bodies]
    for order in orders:
        if order.agent == "few_shot":
            assert any(all(by_id[ident] in text for ident in order.seeds) for text in asked)


def test_fl36_solvers_see_the_statement_and_nothing_else(made, bodies):
    """FL-36: word for word the prompt with a statement in it; the answer that a writer gave stays behind."""
    prompt = prompts.load("solving/solve")
    expected = {prompt.fill(problem=problem.statement)[-1].content for problem in made.problems}
    asked = [body["messages"][-1]["content"] for body in bodies]
    solving = [text for text in asked if text.startswith("Task: solve a problem step by step")]
    assert any(problem.answer for problem in made.problems)
    assert len(solving) > 20
    assert set(solving) <= expected


def test_fl20_the_strategy_of_the_recipe_decides(made):
    """FL-20, FL-24: kept is what `strict` keeps, which is not what `first` would keep."""
    said = {(verdict.name, verdict.subject_id): verdict.value for verdict in made.verdicts}
    solved = [problem.id for problem in made.problems if ("method", problem.id) in said]
    assert [said["method", ident] for ident in solved] == [said["keep_strict", ident] for ident in solved]
    assert [said["method", ident] for ident in solved] != [said["keep_first", ident] for ident in solved]


def test_fl20_as_many_solutions_as_the_recipe_says(made):
    count = Counter(solution.problem_id for solution in made.solutions)
    assert max(count.values()) == 2
    assert sum(number == 2 for number in count.values()) > 10


@dataclass
class ChangedAnswers(AbacusEndpoint):
    """Holds of every distraction that it changes the answer."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = orjson.loads(await request.read())
        task = prompts.load("judges/distraction").turns[-1].content.partition("\n")[0]
        if body["messages"][-1]["content"].startswith(task):
            return web.json_response(completion(body, "Unchanged: No\nReason: another number is asked for"))
        return await super().handle(request)


@pytest.mark.parametrize("check", [True, False])
def test_fl13_a_veto_on_a_distraction_ends_the_item(tmp_path: Path, check: bool) -> None:
    """FL-13: nothing that changes the answer is solved, unless the recipe does without the check."""
    changes = {
        "items": "4",
        "flames.shares": "{ distraction_insertion = 100.0 }",
        "flames.check_distraction": str(check).lower(),
    }
    with ChangedAnswers() as endpoint:
        recipe = load("flames", changes, {"*": "local:abacus-large"})
        engines = {"local": EngineSpec(base_url=endpoint.url)}
        done = run(recipe, _shipped(20), tmp_path, engines=engines)
    assert done.problems
    assert (done.solutions == ()) is check


def test_fl18_length_and_share_of_word_sequences_are_those_of_the_recipe(tmp_path: Path) -> None:
    """FL-18: where one common word makes a copy, nothing gets past the comparison; as published everything does."""
    item = BenchmarkItem.make("math", "the of a is how many what in and to are has")
    gone = {}
    for name, limits in {"strict": {"n": "1", "share": "0.05"}, "published": {}}.items():
        place = tmp_path / name
        inputs.save(place / "generate" / "inputs" / "benchmarks.parquet", BenchmarkItem, [item])
        changes = {f"decontamination.{key}": value for key, value in limits.items()}
        shares = {"items": "3", "flames.shares": "{ taxonomy_key_concepts = 100.0 }"}
        done = run(load("flames", changes | shares), _shipped(10), place)
        gone[name] = sum(verdict.name == "contamination" and verdict.value > 0 for verdict in done.verdicts)
        assert (done.status.funnel == {"written": 3}) is (name == "strict")
    assert gone == {"strict": 3, "published": 0}
