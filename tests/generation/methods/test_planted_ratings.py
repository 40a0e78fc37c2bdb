"""The AgenticMath recipe over ratings that are known beforehand: what curation, filter and ranking make of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.core.project import EngineSpec
from engine.core.records import Solution, Verdict
from engine.curation import long_tail
from engine.generation.methods import agenticmath_ratings
from engine.generation.recipes import load
from engine.planning.run_in_process import Made, run
from engine.runs.plan import load_plan
from engine.similarity import embedder
from tests.support import planted_ratings as planted
from tests.support.command import within

SIZE = 7


@pytest.fixture(scope="module")
def bodies() -> list[dict[str, Any]]:
    """Every request that the run makes."""
    return []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, bodies: list[dict[str, Any]]) -> Made:
    """One run with settings that are nowhere the default."""
    changes = {
        "items": "104",
        "agenticmath.variants": "2",
        "agenticmath.solutions": "2",
        "agenticmath.review": "false",
        "agenticmath.seed_pass": "0.52",
        "agenticmath.seed_half": '"kept"',
        "agenticmath.pairs": str(SIZE),
    }
    with planted.PlantedRatings() as endpoint:
        recipe = load("agenticmath", changes, {"*": "local:tiny"})
        engines = {"local": EngineSpec(base_url=endpoint.url)}
        done = run(recipe, planted.seeds(), tmp_path_factory.mktemp("planted"), engines=engines)
        bodies += endpoint.bodies
    return done


def _by_subject(made: Made, name: str) -> dict[str, Verdict]:
    return {verdict.subject_id: verdict for verdict in made.verdicts if verdict.name == name}


def _statements(made: Made) -> dict[str, str]:
    return {problem.id: problem.statement for problem in made.problems}


def test_am04_wrong_ratings_of_seeds_are_corrected_in_a_run(made):
    """AM-04: every planted error is overwritten by the rating of its family, and nothing else is."""
    curated = _by_subject(made, "seed_curated")
    for seed in planted.seeds():
        said = curated[seed.id]
        assert said.value == min(planted.family_of(seed.statement), 5), seed.statement
        assert ("overwritten" in said.reason) is planted.is_wrong(seed.statement)


def test_am05_the_curated_rating_decides_and_the_limit_itself_is_kept(made):
    """AM-04, AM-05: kept are the families from 3 on whatever their raw ratings say, and no other seed."""
    kept = Counter(planted.family_of(problem.statement) for problem in made.problems if problem.agent == "seed")
    assert kept == {3: 16, 4: 16, 5: 16, 6: 4}


def test_am07_as_many_variants_as_the_recipe_says(made):
    """AM-07: two of each kept seed."""
    per_seed = Counter(problem.seed_id for problem in made.problems if problem.agent == "rephrase")
    assert set(per_seed.values()) == {2}
    assert len(per_seed) == 52


def test_am15_am20_as_many_solutions_as_the_recipe_says(made):
    """AM-15, AM-20: two of every variant and of every seed of the other half."""
    count = Counter(solution.problem_id for solution in made.solutions)
    agents = {problem.id: problem.agent for problem in made.problems}
    assert {(agents[problem], number) for problem, number in count.items()} == {("rephrase", 2), ("seed", 2)}


def test_am18_the_ranking_follows_curated_scores(made):
    """AM-18, AM-19: a pair whose evaluation was wrong stands with its family, not where the evaluation put it."""
    place, statements = _by_subject(made, "rank"), _statements(made)
    ordered = sorted(place, key=lambda ident: place[ident].value or 0)
    families = [planted.family_of(statements[ident]) for ident in ordered]
    assert families == sorted(families, reverse=True)
    assert any(planted.is_wrong(statements[ident]) for ident in ordered)


def test_am19_rarity_decides_within_a_score(made):
    """AM-19, SC-14: in every bucket the rarer pair comes first, by distances that are worked out here."""
    place, statements = _by_subject(made, "rank"), _statements(made)
    first: dict[str, Solution] = {}
    for solution in made.solutions:
        first.setdefault(solution.problem_id, solution)
    ids = sorted(place)
    model = embedder.load("hashing")
    vectors = model.embed([f"{statements[ident]}\n\n{first[ident].text}" for ident in ids])
    tail = dict(zip(ids, long_tail(vectors, k=10).tolist(), strict=True))
    assert len(set(tail.values())) > 20
    for family in range(6):
        members = [ident for ident in ids if planted.family_of(statements[ident]) == family]
        ordered = [tail[ident] for ident in sorted(members, key=lambda ident: place[ident].value or 0)]
        assert ordered == sorted(ordered, reverse=True)


def test_am19_the_ranking_takes_so_many_and_no_more(made):
    """AM-19: the best of the ranking, as many as the recipe says."""
    place = _by_subject(made, "rank")
    taken = {v.subject_id for v in made.verdicts if v.name == "method" and v.value == 1.0}
    assert taken == {ident for ident, said in place.items() if (said.value or 0) <= SIZE}
    assert len(taken) == SIZE


def _curated_with(made: Made, **chosen: object) -> dict[str, Verdict]:
    """Return what the run makes of its ratings when its recipe has other settings of curation."""
    plan = load_plan(made.directory)
    settings = plan.recipe.settings
    other = settings.model_copy(update={"curation": settings.curation.model_copy(update=chosen)})
    plan = plan.model_copy(update={"recipe": plan.recipe.model_copy(update={"settings": other})})
    said = list(agenticmath_ratings.seeds(plan, made.directory, planted.seeds()))
    return {record.subject_id: record for record in said if isinstance(record, Verdict)}


@pytest.mark.parametrize("chosen", [{"epochs": 1}, {"min_confidence": 1.0}])
def test_sc10_sc11_epochs_and_confidence_are_those_of_the_recipe(made, chosen):
    """SC-10, SC-11: one epoch can give no confidence of one half, and none at all reaches 1: nothing is overwritten."""
    assert not any("overwritten" in verdict.reason for verdict in _curated_with(made, **chosen).values())


def test_sc07_neighbours_are_those_of_the_recipe(made):
    """SC-07: a family of four stands against nine neighbours, and loses to twenty-nine."""
    few = {seed.id for seed in planted.seeds() if planted.family_of(seed.statement) == 6}
    ten, thirty = _by_subject(made, "seed_curated"), _curated_with(made, neighbours=30)
    assert {ten[ident].value for ident in few} == {5.0}
    assert min(thirty[ident].value or 0 for ident in few) < 5


def test_am01_no_request_holds_an_answer_by_people(made, bodies):
    """AM-01: evaluator, writer and solver see statements alone."""
    assert len(bodies) > 500
    assert not any(planted.SECRET in str(body["messages"]) for body in bodies)


@pytest.fixture(scope="module")
def project(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that took the run in."""
    place = tmp_path_factory.mktemp("project")
    rows = [{"problem": seed.statement, "answer": seed.answer} for seed in planted.seeds()]
    (place / "planted.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    home = place / "project"
    for words in (("init", home), ("seeds", "add", place / "planted.jsonl"), ("ingest", made.directory)):
        said = within(*words, project=home)
        assert said.code == 0, said.err
    return home


def _changed(project: Path, *changes: str) -> dict[str, tuple[int, int, float]]:
    words = [word for change in changes for word in ("--set", change)]
    values = within("curate", *words, "--json", project=project).values
    assert values["ratings"] == len(planted.seeds())
    return {row["id"]: (row["old"], row["new"], row["confidence"]) for row in values["changed"]}


def test_sc10_the_command_curates_with_the_settings_that_it_is_given(project):
    """SC-07, SC-10, SC-11: `lemma curate` says the planted errors, none after one epoch, others by more neighbours."""
    wrong = {seed.id for seed in planted.seeds() if planted.is_wrong(seed.statement)}
    said = _changed(project)
    assert said.keys() == wrong
    assert _changed(project) == said, "it says the same each time"
    assert _changed(project, "curation.epochs=1") == {}
    assert _changed(project, "curation.min_confidence=1.0") == {}
    # With as many neighbours as that, a family outvotes the right ratings of a smaller one.
    assert _changed(project, "curation.neighbours=80").keys() > wrong
