"""Runs over three nodes of Ray, of which something is killed: nodes, the head, the engine, the driver."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.core.records import ItemDone, Problem, ReplyRow
from engine.runs import journal as journals
from engine.runs import launcher
from tests.support.endpoint import Endpoint, hanging_up
from tests.support.ray_nodes import RayNodes, actors_of
from tests.support.ray_runs import spread
from tests.support.worker_runs import PATH, PROGRAMS, contents, ended, make_run, rows, run_whole, wait_for

pytest.importorskip("ray", reason="Ray is not installed: pip install 'lemma-studio[ray]'")
pytestmark = [pytest.mark.models, pytest.mark.slow]

ITEMS = 60
AT_ONCE = 8
BATCH = 8
"""Items of a batch: four for each of the two calls that an actor makes for it at a time."""


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", PATH)


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What the same run gives on one machine, where nothing is killed."""
    with Endpoint() as endpoint:
        run_dir = make_run(tmp_path_factory.mktemp("calm") / "run", endpoint.url, items=ITEMS)
        assert run_whole(run_dir).state == "finished"
    return contents(run_dir)


def begun(folder: Path, nodes: RayNodes, endpoint: Endpoint, **running: Any) -> Path:
    """Start a run on the three nodes and wait until a third of its calls are answered."""
    run_dir = make_run(folder / "runs" / "run", endpoint.url, items=ITEMS, concurrency=AT_ONCE, **running)
    spread(run_dir, address=nodes.address)
    launcher.launch(run_dir, programs=PROGRAMS)
    wait_for(lambda: sum(endpoint.answered.values()) > 2 * ITEMS // 3, every=0.02)
    return run_dir


def resumed(run_dir: Path) -> None:
    launcher.resume(run_dir, programs=PROGRAMS)
    finished(run_dir)


def finished(run_dir: Path) -> None:
    status = ended(run_dir)
    assert (status.state, status.done, status.failed) == ("finished", ITEMS, 0), status.reason
    assert not (run_dir / "shards").exists()


def nothing_lost_or_doubled(run_dir: Path, calm: set[str]) -> None:
    assert contents(run_dir) == calm
    for kind, many in ((ItemDone, ITEMS), (ReplyRow, 2 * ITEMS), (Problem, 2 * ITEMS)):
        ids = Counter(getattr(row, "id", "") or row.item_id for row in rows(run_dir, kind))
        assert len(ids) == many
        assert kind is Problem or ids.total() == many


def done_by(run_dir: Path, actor: int) -> int:
    (shard,) = (run_dir / "shards").glob(f"*-{actor}-*")
    return sum(isinstance(record, ItemDone) for record in journals.records(shard / "journal"))


def repeats(endpoint: Endpoint) -> int:
    return sum(endpoint.asked.values()) - len(endpoint.asked)


def test_a_killed_node_costs_its_calls_in_flight(tmp_path: Path, nodes: RayNodes, calm: set[str]) -> None:
    with Endpoint(delay=0.1) as endpoint:
        run_dir = begun(tmp_path, nodes, endpoint)
        victim = next(pid for pid in actors_of(run_dir) if nodes.holds(pid))
        # Some items of its batches are done, others are not.
        wait_for(lambda: done_by(run_dir, victim) % BATCH in (3, 4, 5))
        nodes.kill_node_of(victim)
        finished(run_dir)
        # Two actors share the calls, and one of them lives.
        assert repeats(endpoint) <= AT_ONCE // 2
    nothing_lost_or_doubled(run_dir, calm)
    assert launcher.state(run_dir).calls == 2 * ITEMS


def test_a_cluster_without_a_node_for_actors_pauses_the_run(tmp_path: Path, nodes: RayNodes, calm: set[str]) -> None:
    with Endpoint(delay=0.1) as endpoint:
        run_dir = begun(tmp_path, nodes, endpoint)
        nodes.kill_nodes()
        status = ended(run_dir)
        assert (status.state, status.reason) == (
            "paused",
            "no node with room for an actor is left in the Ray cluster: add one, then resume the run",
        )
        nodes.mend()
        resumed(run_dir)
        assert repeats(endpoint) <= AT_ONCE
    nothing_lost_or_doubled(run_dir, calm)


def test_an_engine_that_dies_and_comes_back_in_time(tmp_path: Path, nodes: RayNodes, calm: set[str]) -> None:
    with Endpoint(delay=0.1) as endpoint:
        run_dir = begun(tmp_path, nodes, endpoint, retries=50)
    with hanging_up(endpoint.port) as calls:
        wait_for(lambda: len(calls) > AT_ONCE)
    with Endpoint(port=endpoint.port, asked=endpoint.asked) as again:
        finished(run_dir)
        assert repeats(again) <= AT_ONCE
    nothing_lost_or_doubled(run_dir, calm)
    status = launcher.state(run_dir)
    assert status.calls == 2 * ITEMS
    assert status.retries > 0


def test_an_engine_that_stays_dead_pauses_the_run(tmp_path: Path, nodes: RayNodes, calm: set[str]) -> None:
    with Endpoint(delay=0.1) as endpoint:
        run_dir = begun(tmp_path, nodes, endpoint, retries=1)
    status = ended(run_dir)
    assert status.state == "paused"
    assert "local cannot be used now" in status.reason
    assert status.failed == 0
    with Endpoint(port=endpoint.port, asked=endpoint.asked) as again:
        resumed(run_dir)
        assert repeats(again) <= AT_ONCE
    nothing_lost_or_doubled(run_dir, calm)


def test_a_killed_driver_is_resumed(tmp_path: Path, nodes: RayNodes, calm: set[str]) -> None:
    with Endpoint(delay=0.1) as endpoint:
        run_dir = begun(tmp_path, nodes, endpoint)
        launcher.kill(run_dir)
        assert launcher.state(run_dir).state == "lost"
        resumed(run_dir)
        assert repeats(endpoint) <= AT_ONCE
    nothing_lost_or_doubled(run_dir, calm)


def test_a_killed_head_pauses_the_run_and_says_so(tmp_path: Path, nodes: RayNodes, calm: set[str]) -> None:
    with Endpoint(delay=0.1) as endpoint:
        run_dir = begun(tmp_path, nodes, endpoint)
        nodes.kill_head()
        status = ended(run_dir)
        assert status.state == "paused", status.reason
        assert status.reason == (
            f"the head of the Ray cluster at {nodes.address} is gone: start the cluster again, then resume the run"
        )
        nodes.mend()
        resumed(run_dir)
        assert repeats(endpoint) <= AT_ONCE
    nothing_lost_or_doubled(run_dir, calm)
