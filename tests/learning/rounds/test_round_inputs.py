"""What a round gives its synthesis to read: requests of its own, those held out, test problems, older problems."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.core.errors import BadInput, UserError
from engine.core.records import BenchmarkItem, Request
from engine.core.settings.training import Looping
from engine.generation import inputs
from engine.generation.recipes import load
from engine.learning.rounds.program import program
from engine.learning.rounds.steps import Steps
from engine.runs.plan import RoundPlan

POINTS = [f"point {n}" for n in range(12)]


def _steps(home: Path, number: int = 1) -> Steps:
    looping = Looping(model="/m0", data="/d")
    recipe = load("continual", {"continual.points": "graph", "continual.evaluation_requests": "5"})
    recipe = recipe.model_copy(update={"items": 8})
    plan = RoundPlan(id="round-0001", recipe=recipe, looping=looping)
    return Steps(plan, home / "runs" / plan.id, number, home / "runs" / plan.id / "rounds" / str(number))


def _given(home: Path, points: list[str]) -> Path:
    """Write what a loop keeps of its project: the graph, and a test problem."""
    given = home / "runs" / "round-0001" / "inputs"
    given.mkdir(parents=True)
    columns = [pa.array([f"s{n // 3}" for n in range(len(points))], pa.string()), pa.array(points, pa.string())]
    pq.write_table(pa.table(columns, names=["seed_id", "point"]), given / "incidence.parquet")
    inputs.save(given / "benchmarks.parquet", BenchmarkItem, [BenchmarkItem("b1", "held", "What is 2 + 2?", "4")])
    return given


def test_cl04_cl05_a_round_asks_requests_of_its_own_from_the_graph_and_holds_others_out(tmp_path: Path) -> None:
    """CL-04, CL-05: as many as were asked for, of points of the project's graph, none of them held out."""
    _given(tmp_path, POINTS)
    one, two = _steps(tmp_path), _steps(tmp_path, 2)
    places = [tmp_path / "runs" / name for name in ("first", "second")]
    totals = [step._drawn(place, step._synthesis("e")) for step, place in zip((one, two), places, strict=True)]
    assert totals == [8, 8]
    first, second = ([item.request for item in inputs.work_items(place)] for place in places)
    held = [list(inputs.stream(place / "inputs" / "evaluation.parquet", Request)) for place in places]
    assert len(first) == len({request.id for request in first}) == 8
    assert {point for request in first for point in request.points} <= set(POINTS)
    assert [request.id for request in held[0]] == [request.id for request in held[1]], "each round marks the same"
    assert len(held[0]) == 5
    assert not {request.id for request in held[0]} & {request.id for request in (*first, *second)}
    assert {request.id for request in first} != {request.id for request in second}


def test_gsdp24_a_round_compares_with_the_test_problems_of_its_project(tmp_path: Path) -> None:
    """GSDP-24: without them no copy would be found; what is known of older problems comes along where there is any."""
    given = _given(tmp_path, POINTS)
    step, place = _steps(tmp_path), tmp_path / "runs" / "first"
    step._drawn(place, step._synthesis("e"))
    (test,) = inputs.stream(place / "inputs" / "benchmarks.parquet", BenchmarkItem)
    assert test.id == "b1"
    assert not (place / "inputs" / "problems.parquet").exists()
    (given / "problems.parquet").write_bytes((given / "benchmarks.parquet").read_bytes())
    step._drawn(place, step._synthesis("e"))
    assert (place / "inputs" / "problems.parquet").read_bytes() == (given / "problems.parquet").read_bytes()


def test_a_round_without_a_graph_says_so(tmp_path: Path) -> None:
    _given(tmp_path, [])
    step = _steps(tmp_path)
    with pytest.raises(UserError, match="no knowledge graph yet"):
        step._drawn(tmp_path / "runs" / "first", step._synthesis("e"))


def test_a_first_loop_has_no_history_to_read(tmp_path: Path) -> None:
    """It asks for its data alone; what is missing is named."""
    plan = RoundPlan(
        id="round-0001", recipe=load("continual"), looping=Looping(model="/m0", data=str(tmp_path / "new"))
    )
    with pytest.raises(BadInput, match=r"/new: is no fine-tuning data\."):
        next(iter(program(plan, tmp_path / "runs" / plan.id)))
