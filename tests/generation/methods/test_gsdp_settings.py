"""One GSDP run with settings that are nowhere the default: every one of them shows in what was made."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from engine import seeds
from engine.core.errors import UserError
from engine.core.project import EngineSpec
from engine.core.records import SameVerdict, Seed, SeedPoint
from engine.core.resources import shipped
from engine.core.settings import Recipe
from engine.generation import inputs
from engine.generation.methods import registry
from engine.generation.recipes import load
from engine.generation.sources import Sources
from engine.generation.work_item import WorkItem
from engine.knowledge.graph import KnowledgeGraph
from engine.planning import graph_of
from engine.planning.run_in_process import Made, run
from engine.runs import journal
from engine.similarity import embedder
from engine.store import Store

ITEMS = 20
WEIGHTS = {"judge_a": 0.8, "judge_b": 0.15, "judge_c": 0.05}
PRICE_IN, PRICE_OUT, PRICE_HOUR = 3.0, 7.0, 36.0


def _unpointed(n: int) -> list[Seed]:
    rows = [row for path in sorted(shipped("seeds").glob("*.jsonl")) for row in seeds.read(path)]
    found = [row for row in rows if isinstance(row, Seed)]
    chosen = found[:: len(found) // n][:n]
    return [Seed(s.id, s.source, s.statement, s.solution, s.answer, s.subject, s.level) for s in chosen]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    changes = {
        "items": str(ITEMS),
        "mixture.one_hop": "60",
        "mixture.two_hop": "30",
        "mixture.three_hop": "0",
        "mixture.community": "10",
        "extraction.limit": "3",
        "filter.ask_from": "0.995",
        "filter.merge_at": "0.999",
        "graph.core_percentile": "60",
        "routing.solutions": "2",
        "judging.weights": "{ " + ", ".join(f"{judge} = {weight}" for judge, weight in WEIGHTS.items()) + " }",
    }
    prices = {"usd_per_million_in": PRICE_IN, "usd_per_million_out": PRICE_OUT, "usd_per_hour": PRICE_HOUR}
    engines = {"abacus": EngineSpec(kind="abacus", **prices)}
    return run(load("gsdp", changes), _unpointed(90), tmp_path_factory.mktemp("gsdp"), engines=engines)


def test_gsdp37_kinds_are_drawn_by_their_shares(made):
    """GSDP-37: 60, 30, 0 and 10 of a hundred."""
    orders = inputs.stream(made.directory / "inputs" / "orders.parquet", WorkItem)
    assert Counter(order.kind for order in orders) == {"one-hop": 12, "two-hop": 6, "community": 2}


def test_gsdp02_no_more_points_than_the_limit_of_the_recipe(made):
    """GSDP-02: three of each seed at most, and some seed has three."""
    said = journal.records(made.directory.parent / "knowledge" / "journal")
    per_seed = Counter(record.seed_id for record in said if isinstance(record, SeedPoint))
    assert max(per_seed.values()) == 3


def test_gsdp07_the_grey_band_is_that_of_the_recipe(made):
    """GSDP-07: below .995 nobody is asked whether two points are the same."""
    said = [r for r in journal.records(made.directory.parent / "knowledge" / "journal") if isinstance(r, SameVerdict)]
    assert not [one for one in said if one.cosine < 0.995]


def _core(graph: KnowledgeGraph, recipe: Recipe) -> set[str]:
    limit = np.percentile([node.degree for node in graph.nodes], recipe.settings.graph.core_percentile)
    return {node.name for node in graph.nodes if node.degree >= max(1.0, limit)}


def test_gsdp17_the_percentile_of_core_points_is_that_of_the_recipe(made, tmp_path):
    """GSDP-17: in a notebook and in a project that took the run in."""
    expected = _core(made.graph, made.recipe)
    published = made.graph.core(percentile=99)
    assert len(expected) > 2 * len(published)
    assert set(made.graph.core()) == expected
    with Store(tmp_path / "project.duckdb") as store:
        store.seeds.add(_unpointed(90))
        store.ingest(made.directory.parent / "knowledge")
        graph = graph_of(store, made.recipe)
    assert graph.names == made.graph.names
    assert set(graph.core()) == expected


def test_gsdp26_the_score_is_weighed_by_the_weights_of_the_recipe(made):
    """GSDP-26: worked out anew from what each judge said."""
    said: dict[str, dict[str, float]] = {}
    for verdict in made.verdicts:
        if verdict.name == "judge_problem":
            said.setdefault(verdict.subject_id, {})[verdict.by] = verdict.value or 0.0
    whole = {subject: scores for subject, scores in said.items() if scores.keys() == WEIGHTS.keys()}
    score = {verdict.subject_id: verdict.value for verdict in made.verdicts if verdict.name == "problem_score"}
    assert len(whole) > 10
    assert sum(len(set(scores.values())) > 1 for scores in whole.values()) > 3
    for subject, scores in whole.items():
        assert score[subject] == pytest.approx(sum(WEIGHTS[judge] * value for judge, value in scores.items()))


def test_gsdp23_as_many_solutions_as_the_recipe_says(made):
    assert {solution.index for solution in made.solutions} == {0, 1}


def test_gsdp34_the_nearest_seed_and_the_rarity_are_worked_out_anew(made):
    """GSDP-34, SC-14: the highest cosine to any seed, named; tanh of half the mean distance to the nearest problems."""
    model = embedder.load("hashing")
    given, problems = _unpointed(90), made.problems
    mine = model.embed([problem.statement for problem in problems])
    cosine = mine @ model.embed([seed.statement for seed in given]).T
    among = np.sort(mine @ mine.T - 2 * np.eye(len(mine)), axis=1)[:, ::-1][:, : min(10, len(mine) - 1)]
    rarity = np.tanh((1 - among).mean(axis=1) / 2)
    said = {(verdict.name, verdict.subject_id): verdict for verdict in made.verdicts}
    for row, problem in enumerate(problems):
        near = said["seed_similarity", problem.id]
        assert near.value == pytest.approx(cosine[row].max(), abs=2e-4)
        named = [seed.id for seed in given].index(near.reason.removeprefix("nearest seed "))
        assert cosine[row, named] == pytest.approx(cosine[row].max(), abs=1e-6)
        assert said["rarity", problem.id].value == pytest.approx(rarity[row], abs=2e-4)
    assert np.ptp(rarity) > 0.01


def test_gsdp33_cl35_a_run_costs_its_tokens_and_its_hours(made):
    """GSDP-33, CL-35: USD per million tokens in and out, and USD per hour for as long as the run took."""
    status = made.status
    tokens = (status.tokens_in * PRICE_IN + status.tokens_out * PRICE_OUT) / 1_000_000
    hours = (status.ended - status.started) / 3600
    assert tokens > 0
    assert tokens + 0.5 * PRICE_HOUR * hours < status.cost < tokens + 1.5 * PRICE_HOUR * hours


def test_a_graph_without_combinations_is_named_as_what_is_lacking():
    graph = KnowledgeGraph.from_incidence([("one", "Fractions")])
    with pytest.raises(UserError, match=r"graph \(1 point\) has no combination.*lemma knowledge build"):
        registry.draw(load("gsdp"), Sources(lambda: graph, lambda: ()))
