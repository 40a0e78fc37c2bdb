"""`lemma evaluate` on the embedded engine, over HTTP and on a folder: figures that follow from known error rates."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from aiohttp import web
from scipy import stats

from engine.abacus.families import ALL
from engine.abacus.personas import PERSONAS
from engine.generation.judges.dimensions import DIMENSIONS
from engine.knowledge import requests
from engine.learning.evaluation import program
from engine.store import Store
from tests.support.abacus_endpoint import AbacusEndpoint
from tests.support.command import lemma


class Refusing(AbacusEndpoint):
    """Knows nothing of one question."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if "2+1 等于" in (await request.json())["messages"][-1]["content"]:
            return web.json_response({"error": {"message": "not this one"}}, status=400)
        return await super().handle(request)


RATES = {one.name: one.wrong_solution for one in PERSONAS}


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of problems of every family of the embedded workshop, five of each, with their answers."""
    rng = random.Random(11)
    rows = []
    for family in ALL:
        for _ in range(5):
            params = family.draw(rng, 0.3)
            answer = str(family.solve(params).answer)
            said = {"problem": family.state(params), "answer": answer, "level": family.name, "type": family.points[0]}
            rows.append(json.dumps(said))
    path = tmp_path_factory.mktemp("held") / "workshop.jsonl"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@pytest.fixture
def home(command, tmp_path: Path) -> Path:
    assert command("init", tmp_path / "home").code == 0
    return tmp_path / "home"


@pytest.mark.slow
def test_accuracy_is_what_error_rates_imply(command, home, held):
    """AM-24: a persona that errs in a known share of its solutions gets the rest right; a second one is compared."""
    said = {}
    for name in ("abacus-small", "abacus-large"):
        against = ("--against", said["abacus-small"]["run"]) if said else ()
        asked = ("evaluate", "--model", f"abacus:{name}", "--benchmark", f"sums={held}", *against, "--json")
        said[name] = command(*asked, project=home).values
        (score,) = said[name]["scores"]
        right = round(score["pass_1"] * score["questions"])
        assert score["questions"] == 5 * len(ALL)
        assert stats.binomtest(right, score["questions"], 1 - RATES[name]).pvalue > 0.001, score
        assert score["low"] < score["pass_1"] < score["high"]
        assert said[name]["accuracy"] == {"sums": score["pass_1"]}
        assert len(said[name]["levels"]) == len({family.name for family in ALL})
    (compared,) = said["abacus-large"]["compared"]
    gain = said["abacus-large"]["accuracy"]["sums"] - said["abacus-small"]["accuracy"]["sums"]
    assert compared["gain"] == pytest.approx(gain)
    assert compared["low"] < gain < compared["high"]
    assert compared["questions"] == 5 * len(ALL)
    with Store(home / "project.duckdb") as store:
        assert len(store.evaluations.answers(said["abacus-small"]["run"])) == 5 * len(ALL)
        assert store.verify() == []


@pytest.mark.slow
def test_over_http_with_examples_and_failures(command, home, held, tmp_path):
    """CL-29, GSDP-40: five examples go over the wire; answers that an endpoint refuses count as wrong and are told."""
    choices = tmp_path / "choices.jsonl"
    rows = [{"question": f"{n}+1 等于多少？\nA. {n}\nB. {n + 1}\nC. {n + 2}", "answer": "B"} for n in range(6)]
    choices.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")

    with Refusing() as endpoint:
        (home / "engines.toml").write_text(f'[engines.far]\nkind = "openai_compatible"\nbase_url = "{endpoint.url}"\n')
        said = command(
            "evaluate", "--model", "far:abacus-large", "--benchmark", f"sums={held}", "--benchmark",
            f"cn_middle_school={choices}", "--limit", 40, "--json", project=home,
        ).values  # fmt: skip
        bodies = [body for body in endpoint.bodies if "等于多少" in body["messages"][-1]["content"]]
    assert said["state"] == "finished"
    assert said["accuracy"]["sums"] > 0.7
    assert {len(body["messages"]) for body in bodies} == {12}
    assert said["accuracy"]["cn_middle_school"] == 0.0
    counts = {one["benchmark"]: (one["questions"], one["lost"]) for one in said["scores"]}
    assert counts == {"sums": (40, 0), "cn_middle_school": (6, 1)}


@pytest.mark.slow
def test_cl28_held_out_requests_are_answered_and_marked(command, home, tmp_path):
    """CL-28: eight marks from 1 to 10 for every sample; none of the samples becomes a problem of the project."""
    held = tmp_path / "requests.jsonl"
    drawn = requests.draw(sorted({point for family in ALL[:8] for point in family.points}), 12, seed=4)
    rows = [{"type": one.type, "points": list(one.points), "difficulty": one.difficulty} for one in drawn]
    held.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    said = command(
        "evaluate", "--model", "abacus:abacus-large", "--requests", held, "--judge", "abacus:abacus-judge-a", "--json",
        project=home,
    ).values  # fmt: skip
    assert said["state"] == "finished"
    marks = said["dimensions"]
    assert set(marks) == {*DIMENSIONS, "mean"}
    assert marks["mean"] == pytest.approx(sum(marks[key] for key in DIMENSIONS) / 8)
    assert all(1 <= mark <= 10 for mark in marks.values())
    with Store(home / "project.duckdb") as store:
        assert store.verify() == []
        assert store.home.funnel().written == 0
        found = store.figures.said([f"dimension_{key}" for key in DIMENSIONS])
    assert found["value"].mean() == pytest.approx(marks["mean"])
    assert found["subject_id"].nunique() > 8


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--model", "nowhere:x", "--benchmark", "{held}"), "'nowhere' is not a known engine"),
        (("--model", "{folder}", "--benchmark", "{held}"), "holds no model"),
        (("--model", "nothing", "--benchmark", "{held}"), "is no folder, and names no engine"),
        (("--model", "abacus:abacus-small", "--benchmark", "mbpp={held}"), "running programs"),
        (("--model", "abacus:abacus-small", "--benchmark", "{folder}/none.jsonl"), "no benchmark of that name"),
        (("--model", "abacus:abacus-small", "--benchmark", "{held}", "--samples", "4"), "temperature above 0"),
        (("--model", "abacus:abacus-small", "--requests", "{held}"), "requests need a judge"),
        (
            ("--model", "abacus:abacus-small", "--requests", "{held}", "--judge", "abacus:abacus-judge-a"),
            "line 1, field",
        ),
        (("--model", "abacus:abacus-small"), "no benchmark is named"),
        (("--checkpoints", "sft-9999", "--benchmark", "{held}"), "is no run and no folder"),
        (("--checkpoints", "{folder}", "--benchmark", "{held}"), "holds no whole checkpoint"),
        (("--model", "abacus:abacus-small", "--benchmark", "{held}", "--against", "first"), "is no evaluation"),
    ],
)
def test_wrong_words_are_one_line_and_nothing_starts(words, says, here, held, tmp_path):
    said = here("evaluate", *(word.format(held=held, folder=tmp_path) for word in words))
    assert said.code == 1
    assert says in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert said.out == ""


def test_fl32_checkpoints_need_two_benchmarks_and_nothing_else(here, held, tmp_path):
    """FL-32: one benchmark decides nothing; a model beside checkpoints is wrong usage."""
    (tmp_path / "checkpoint-10").mkdir()
    (tmp_path / "checkpoint-10" / "model.safetensors").touch()
    said = here("evaluate", "--checkpoints", tmp_path, "--benchmark", held)
    assert (said.code, "two benchmarks decide" in said.err) == (1, True)
    for name in ("--model", "--against"):
        assert here("evaluate", "--checkpoints", tmp_path, name, "abacus:abacus-small").code == 2


@pytest.mark.models
@pytest.mark.slow
def test_a_folder_is_served_for_the_time_of_the_evaluation(home, tmp_path):
    """A model's folder is asked through a real server, which is gone afterwards."""
    pytest.importorskip("torch", reason="needs the extra train")
    from tests.support import tiny_llm

    folder = tiny_llm.make(tmp_path / "tiny")
    questions = tmp_path / "q.jsonl"
    rows = [{"question": f"What is {n} plus 1?", "answer": str(n + 1)} for n in range(6)]
    questions.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    said = lemma(
        "evaluate", "--model", folder, "--benchmark", f"sums={questions}", "--max-tokens", 32, "--json", project=home,
        timeout=300,
    ).values  # fmt: skip
    assert said["state"] == "finished"
    (score,) = said["scores"]
    assert (score["questions"], score["lost"]) == (6, 0)
    answers = program.answers(home / "runs" / said["run"])
    assert {one.model.rpartition(":")[2] for one in answers} == {"tiny"}
    assert not list((home / "servers").glob("*/server.json"))
