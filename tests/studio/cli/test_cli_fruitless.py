"""`lemma run` on endpoints that refuse: what is learnt is told, and a run in which nothing succeeded ends with 1."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core import project
from engine.core.project import EngineSpec
from engine.models.backends import quirks
from engine.runs.learnt import learnt_in_runs
from tests.support.abacus_endpoint import AbacusEndpoint
from tests.support.command import Said, few_seeds, within
from tests.support.endpoint import Endpoint, always
from tests.support.quirks import QUIRKS

ITEMS = 50


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with seeds."""
    place = tmp_path_factory.mktemp("fruitless")
    assert within("init", place / "project").code == 0
    assert within("seeds", "add", few_seeds(place / "seeds.jsonl", 80), project=place / "project").code == 0
    return place / "project"


def run(home: Path, url: str, *words: object) -> Said:
    project.save_engines(project.find(home), {"local": EngineSpec(base_url=url, usd_per_million_out=10.0)})
    engine = ("--engine", "*=local:abacus-large")
    return within("run", "flames", "--items", ITEMS, *engine, "--json", *words, project=home)


def test_every_item_fails_and_the_last_line_says_why_most_did(home: Path) -> None:
    with Endpoint(always("404")) as endpoint:
        said = run(home, endpoint.url)
    assert said.code == 1
    last = said.err.strip().splitlines()[-1]
    assert "no item succeeded" in last
    assert "most often" in last
    assert "no such model or address: no such model" in last
    values = json.loads(said.out)
    # Fifty calls that fail in a row pause the run, so not every item was tried.
    assert values["calls"] == 0
    assert 0 < sum(values["failures"].values()) <= ITEMS


def test_replies_that_only_reason_are_paid_for_and_end_with_one(home: Path) -> None:
    with Endpoint(always("only-reasoned")) as endpoint:
        said = run(home, endpoint.url)
        asked = sum("response_format" not in body for body in endpoint.bodies)
    assert said.code == 1
    assert "only reasoned, raise max_tokens or switch its thinking off" in said.err.strip().splitlines()[-1]
    values = json.loads(said.out)
    assert values["calls"] == asked == 3 * ITEMS
    assert values["tokens_out"] == 5 * asked
    assert values["cost"] == pytest.approx(5 * asked * 10 / 1e6)


def test_an_engine_that_is_not_there_ends_with_one(home: Path) -> None:
    said = run(home, "http://127.0.0.1:9/v1", "--set", "running.retries=0")
    assert said.code == 1
    assert "cannot be used now" in said.err.strip().splitlines()[-1]


@pytest.mark.parametrize("quirk", ["reasoning-model", "not-both", "completion-tokens", "no-seed"])
def test_a_recipe_runs_on_a_model_that_refuses(home: Path, quirk: str) -> None:
    """Each kind of call of the recipe meets the refusal once at most; what was learnt is told and kept."""
    refuses: Callable[[dict[str, object]], str]
    refuses, sentence, lessons = QUIRKS[quirk]
    refused: list[str] = []

    def noting(body: dict[str, object]) -> str:
        if words := refuses(body):
            refused.append(words)
        return words

    with AbacusEndpoint(refuses=noting) as endpoint:
        values = run(home, endpoint.url).values
        place, spec = project.find(home), EngineSpec(base_url=endpoint.url)
        assert learnt_in_runs(place.runs, "local", spec) == {"abacus-large": sentence}
        assert learnt_in_runs(place.runs, "local", EngineSpec(base_url="http://127.0.0.1:9/v1")) == {}
    assert values["learnt"] == {"local:abacus-large": sentence}
    assert values["funnel"]["kept"] > 0
    # Another part of the recipe may send what the first did not, and nothing is refused twice.
    assert lessons <= len(refused) <= lessons + 1
    assert quirks.known(endpoint.url, "abacus-large") == quirks.NONE, "a worker learns in a process of its own"


def test_a_judge_that_refuses_all_it_is_asked_is_no_success(home: Path) -> None:
    """Problems are written and solved, and not one is judged: the command says so and ends with 1."""
    with AbacusEndpoint(refuses=lambda body: "no credit" if body["model"] == "abacus-judge-a" else "") as endpoint:
        project.save_engines(project.find(home), {"local": EngineSpec(base_url=endpoint.url)})
        words = ("run", "flames", "--items", 6, "--json", "--engine")
        said = within(*words, "solvability_judge=local:abacus-judge-a", project=home)
        fine = within(*words, "solvability_judge=local:abacus-large", project=home)
    assert said.code == 1
    assert "no answer came from solvability judge" in said.err.strip().splitlines()[-1]
    assert "no credit" in said.err.strip().splitlines()[-1]
    values = json.loads(said.out)
    assert values["state"] == "finished"
    assert "no answer came from solvability judge" in values["reason"], "pages show it where they show the state"
    assert fine.values["reason"] == ""


def test_marks_that_are_all_refused_end_an_evaluation_with_one(home: Path, tmp_path: Path) -> None:
    requests = tmp_path / "requests.jsonl"
    row = {"type": "problem solving", "points": ["Linear equations"], "difficulty": 0.5}
    requests.write_text("\n".join(json.dumps(row | {"difficulty": level / 10}) for level in range(3, 8)))
    items = tmp_path / "held.jsonl"
    items.write_text(json.dumps({"question": "What is 2 + 3?", "answer": "5"}), encoding="utf-8")
    with AbacusEndpoint(refuses=lambda body: "no credit" if body["model"] == "abacus-judge-a" else "") as endpoint:
        project.save_engines(project.find(home), {"local": EngineSpec(base_url=endpoint.url)})
        said = within(
            "evaluate", "--model", "abacus:abacus-large", "--benchmark", f"held={items}", "--requests", requests,
            "--judge", "local:abacus-judge-a", "--json", project=home,
        )  # fmt: skip
    assert said.code == 1
    assert "no answer came from judge: 5 of 5 questions failed" in said.err.strip().splitlines()[-1]
    assert json.loads(said.out)["scores"], "what was graded is told all the same"
