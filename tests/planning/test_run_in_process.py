"""The whole way on the embedded engine: real worker code, real journals, no database."""

from __future__ import annotations

from collections import Counter

import pytest

from engine import seeds
from engine.core.records import KnowledgePoint, Seed, SeedPoint
from engine.core.resources import shipped
from engine.generation.knowledge_run import incidence
from engine.generation.methods.registry import reached
from engine.planning.run_in_process import run
from engine.runs.journal import records


def _shipped(n):
    found = []
    for path in sorted(shipped("seeds").glob("*.jsonl")):
        found += [row for row in seeds.read(path) if isinstance(row, Seed)]
    return found[:: max(1, len(found) // n)][:n]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return run("gsdp", _shipped(120), tmp_path_factory.mktemp("whole"), items=60)


def test_a_notebook_gets_problems_solutions_and_verdicts(made):
    assert made.status.state == "finished"
    assert len(made.problems) + len([f for f in made.failures if f.stage == "agents/graph_problem"]) == 60
    assert {solution.problem_id for solution in made.solutions} <= {problem.id for problem in made.problems}
    assert sum(made.status.funnel.values()) == 60
    assert 10 < reached(made.status.funnel)["kept"] < 60


def test_all_four_kinds_are_written(made):
    """GSDP-14..18: every kind of combination the graph has gives problems."""
    assert set(Counter(problem.kind for problem in made.problems)) >= {"one-hop", "two-hop", "community"}


def test_gsdp34_every_problem_is_measured_against_seeds_and_others(made):
    """Seed similarity, nearest twin and rarity are verdicts by rule with a version."""
    for name in ("seed_similarity", "nearest_twin", "rarity"):
        said = [verdict for verdict in made.verdicts if verdict.name == name]
        assert len(said) == len(made.problems)
        assert {verdict.version for verdict in said} == {"hashing"}
        assert all(-1 <= verdict.value <= 1 for verdict in said)


def test_gsdp04_incidence_is_many_to_many_and_gsdp10_merged(made):
    """GSDP-04, GSDP-10: incidence survives the filters, each pair once, and every name is a live one."""
    folder = made.directory.parent / "knowledge" / "journal"
    pairs = incidence(records(folder))
    assert len(set(pairs)) == len(pairs)
    raw = {record.name for record in records(folder) if isinstance(record, KnowledgePoint)}
    links = [record for record in records(folder) if isinstance(record, SeedPoint)]
    assert {name for _, name in pairs} < raw
    assert len(pairs) < len(links)


def test_every_point_that_was_found_went_through_the_first_filter(made):
    """GSDP-05: the second phase sees all of what the first one found, also what was journalled last."""
    from engine.runs.status import load_status

    folder = made.directory.parent / "knowledge"
    first, second = load_status(folder).phases[:2]
    extracted = {
        r.name for r in records(folder / "journal") if isinstance(r, KnowledgePoint) and r.origin == "extracted"
    }
    assert first.done + first.failed == first.total
    assert second.total <= len(extracted)
    assert second.total >= len(extracted) - load_status(folder).phases[3].total


def test_the_same_call_again_asks_for_nothing(made):
    again = run("gsdp", _shipped(120), made.directory.parent, items=60)
    assert again.status.calls == made.status.calls
    assert {problem.id for problem in again.problems} == {problem.id for problem in made.problems}
