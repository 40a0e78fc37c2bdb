from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import planning
from engine.core import project
from engine.core.errors import BadSetting, UserError
from engine.core.records import BenchmarkItem, Seed
from engine.core.resources import shipped
from engine.generation import inputs, recipes
from engine.generation.work_item import WorkItem
from engine.runs import launcher
from engine.seeds import import_files
from engine.store import Store

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    st.lists(st.builds(Seed.make, TEXT, TEXT, answer=st.none() | TEXT, points=st.lists(TEXT, max_size=3).map(tuple)))
)
def test_records_come_back_from_their_file_as_they_were(tmp_path_factory, found):
    path = tmp_path_factory.mktemp("inputs") / "seeds.parquet"
    assert inputs.save(path, Seed, found) == len(found)
    assert list(inputs.stream(path, Seed)) == found
    assert inputs.count(path) == len(found)


def test_a_file_that_is_not_there_has_no_records(tmp_path):
    assert list(inputs.stream(tmp_path / "none.parquet", Seed)) == []


@pytest.fixture
def home(tmp_path):
    return project.create(tmp_path / "project")


@pytest.fixture
def filled(home):
    with Store(home.database) as store:
        import_files.add_seeds(store, home, shipped("seeds") / "algebra.jsonl")
        planned = planning.knowledge(store, home, recipes.load("gsdp"))
        launcher.run_foreground(planned.directory, lambda status: None)
        store.ingest(planned.directory)
        yield store


def _recipe(**changes):
    return recipes.load("gsdp", {key.replace("__", "."): str(value) for key, value in changes.items()})


def test_without_seeds_there_is_nothing_to_build(home):
    with Store(home.database) as store, pytest.raises(UserError, match="lemma seeds add"):
        planning.knowledge(store, home, _recipe())


def test_without_a_graph_there_is_nothing_to_write(home):
    with Store(home.database) as store, pytest.raises(UserError, match="lemma knowledge build"):
        planning.generation(store, home, _recipe())


def test_a_model_that_the_embedded_engine_has_not_is_refused_before_anything_is_made(filled, home):
    """Planned, it would refuse all that its role is asked, and the run would end well with nothing said."""
    for planned in (planning.preview, planning.generation):
        with pytest.raises(
            BadSetting, match=r"roles.judge_a: Abacus has no model 'sharp'; it has abacus-small, .*@40ms"
        ):
            planned(filled, home, recipes.load("gsdp", engines={"judge_a": "abacus:sharp"}))
    with pytest.raises(BadSetting, match="at most 60 s"):
        planning.generation(filled, home, recipes.load("gsdp", engines={"writer": "abacus:abacus-large@90s"}))
    assert not list(home.runs.glob("gsdp*"))
    assert planning.preview(filled, home, recipes.load("gsdp", engines={"writer": "abacus:abacus-large@40ms"})).items


def test_a_plan_names_everything_and_draws_anew_each_time(filled, home):
    """X-02: the plan keeps recipe, engines, prompt hashes, versions and seed."""
    one = planning.generation(filled, home, _recipe(items=20))
    two = planning.generation(filled, home, _recipe(items=20))
    assert (one.plan.id, two.plan.id) == ("gsdp-0001", "gsdp-0002")
    assert one.plan.recipe.seed != two.plan.recipe.seed
    assert set(one.plan.prompts) >= {"agents/graph_problem", "judges/solution"}
    assert "abacus" in one.plan.engines
    assert one.plan.versions["lemma-studio"]
    assert inputs.count(one.directory / "inputs" / "orders.parquet") == one.plan.total == 20


def test_a_dry_run_is_the_beginning_of_the_real_one(filled, home):
    dry = planning.generation(filled, home, _recipe(items=20), dry=5)
    real = planning.generation(filled, home, _recipe(items=20), reuse=[dry.plan.id])
    first = list(inputs.stream(dry.directory / "inputs" / "orders.parquet", WorkItem))
    assert first == list(inputs.stream(real.directory / "inputs" / "orders.parquet", WorkItem))[:5]
    launcher.run_foreground(dry.directory, lambda status: None)
    status = launcher.run_foreground(real.directory, lambda status: None)
    assert status.cached >= launcher.state(dry.directory).calls


def test_a_point_restricts_the_draw(filled, home):
    point = planning.graph_of(filled, _recipe()).nodes[0].name
    planned = planning.generation(filled, home, _recipe(items=12), point=point)
    work_items = list(inputs.stream(planned.directory / "inputs" / "orders.parquet", WorkItem))
    assert work_items
    assert all(point in work_item.points for work_item in work_items)


def test_an_unknown_engine_stops_before_anything_is_made(filled, home):
    recipe = recipes.load("gsdp", engines={"writer": "nowhere:model"})
    with pytest.raises(BadSetting, match=r"roles.writer: 'nowhere' is not a known engine"):
        planning.generation(filled, home, recipe)


def test_a_second_build_pays_for_nothing_it_knows(filled, home):
    again = planning.knowledge(filled, home, _recipe())
    status = launcher.run_foreground(again.directory, lambda status: None)
    assert status.calls == 0
    assert status.cached > 0


def test_gsdp24_a_run_without_test_problems_says_so(filled, home):
    """GSDP-24: before it begins, and for as long as its directory is there."""
    blind = planning.generation(filled, home, _recipe(items=4))
    assert blind.notes[-1] == inputs.untested(blind.directory) == inputs.NO_TESTS
    assert inputs.NO_TESTS in planning.preview(filled, home, _recipe(items=4)).notes
    filled.benchmarks.add([BenchmarkItem.make("held", "What is the sum of the first twenty odd numbers of all?")])
    seeing = planning.generation(filled, home, _recipe(items=4))
    assert inputs.NO_TESTS not in seeing.notes
    assert inputs.untested(seeing.directory) == ""
    assert inputs.untested(blind.directory), "what a run was compared with does not change afterwards"


def test_gsdp25_seeds_go_into_a_run_with_their_points_of_today(filled, home):
    """GSDP-25: what is written from a seed inherits the points that the graph has for it, merges and names included."""
    planned = planning.generation(filled, home, _recipe(items=4))
    pairs = filled.points.incidence()
    now = inputs.points_of(zip(pairs["seed_id"].to_pylist(), pairs["point"].to_pylist(), strict=True))
    given = list(inputs.stream(planned.directory / "inputs" / "seeds.parquet", Seed))
    assert len(given) == filled.seeds.count()
    assert sum(bool(seed.points) for seed in given) > len(given) / 2
    assert all(seed.points == tuple(now[seed.id]) for seed in given if seed.id in now)
    assert [replace(seed, points=()) for seed in given] == [replace(seed, points=()) for seed in filled.seeds.records()]
