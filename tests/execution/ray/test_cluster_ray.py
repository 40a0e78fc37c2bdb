"""Runs spread over a local Ray cluster: the same records as on one machine, once, whatever is killed."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from engine import planning
from engine.core.errors import BadSetting
from engine.core.project import Project
from engine.core.records import ItemDone, Problem, ReplyRow, RunEvent
from engine.core.settings import Cluster
from engine.generation import recipes
from engine.runs import journal as journals
from engine.runs import launcher
from engine.store import Store
from tests.support.endpoint import Endpoint
from tests.support.page_project import filled
from tests.support.ray_nodes import RayNodes
from tests.support.ray_runs import spread
from tests.support.worker_runs import PATH, PROGRAMS, contents, ended, make_run, rows, run_whole, wait_for

pytest.importorskip("ray", reason="Ray is not installed: pip install 'lemma-studio[ray]'")
pytestmark = [pytest.mark.models, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
CLOCKS = frozenset(("at", "seconds", "created"))


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch, joined: RayNodes) -> None:
    monkeypatch.setenv("PYTHONPATH", PATH)


def everything(run_dir: Path) -> set[str]:
    """All records without what the clock says."""
    made = set()
    for record in journals.records(run_dir / "journal"):
        if not isinstance(record, RunEvent):
            names = [name for name in record.__dataclass_fields__ if name not in CLOCKS]
            made.add(f"{type(record).__name__} {[(name, getattr(record, name)) for name in names]}")
    return made


@pytest.mark.parametrize("recipe", ["gsdp", "agenticmath"])
def test_a_recipe_gives_the_same_records_on_a_cluster(tmp_path: Path, recipe: str) -> None:
    """The same plan and seed on the embedded engine: equal sets of records, whoever made them."""
    home = Project(filled(tmp_path / "project"))
    with Store(home.database) as store:
        here = planning.generation(store, home, recipes.load(recipe, {"items": "60"})).directory
        there = spread(Path(shutil.copytree(here, tmp_path / "there" / here.name)))
    one = launcher.run_foreground(here, lambda status: None)
    other = launcher.run_foreground(there, lambda status: None)
    assert (one.state, other.state) == ("finished", "finished"), other.reason
    assert everything(there) == everything(here)
    assert (one.done, one.failed, one.calls, one.funnel) == (other.done, other.failed, other.calls, other.funnel)
    assert not (there / "shards").exists()


def test_a_killed_head_pours_what_its_actors_left_and_goes_on(tmp_path: Path) -> None:
    """What actors were answered before the kill is not asked again, and nothing is there twice."""
    with Endpoint() as endpoint:
        calm = make_run(tmp_path / "calm" / "run", endpoint.url, items=300)
        assert run_whole(calm).state == "finished"
    with Endpoint(delay=0.05) as endpoint:
        run_dir = spread(make_run(tmp_path / "runs" / "run", endpoint.url, items=300))
        launcher.launch(run_dir, programs=PROGRAMS)
        wait_for(lambda: sum(endpoint.answered.values()) > 100)
        launcher.kill(run_dir)
        # Actors end when they find their head gone.
        quiet = [0, 0]

        def settled() -> bool:
            quiet[0], quiet[1] = (
                (quiet[0] + 1, quiet[1]) if len(endpoint.bodies) == quiet[1] else (0, len(endpoint.bodies))
            )
            return quiet[0] > 20

        wait_for(settled, every=0.1)
        before = len(endpoint.bodies)
        status = run_whole(run_dir)
        assert (status.state, status.done, status.failed) == ("finished", 300, 0), status.reason
        assert len(endpoint.bodies) - before <= 600 - before + 8
    assert contents(run_dir) == contents(calm)
    done = [row.item_id for row in rows(run_dir, ItemDone)]
    assert len(done) == len(set(done)) == 300
    assert len({row.id for row in rows(run_dir, ReplyRow)}) == 600


def test_a_pause_a_budget_and_a_dead_engine_reach_the_actors(tmp_path: Path) -> None:
    with Endpoint(delay=0.05) as endpoint:
        run_dir = spread(make_run(tmp_path / "runs" / "run", endpoint.url, items=400, retries=1, budget_calls=60))
        status = run_whole(run_dir)
        assert (status.state, status.reason) == ("paused", "budget: 60 calls are spent")
        assert 60 <= status.calls < 200
        launcher.launch(run_dir, programs=PROGRAMS)
    status = ended(run_dir)
    assert status.state == "paused"
    assert "local cannot be used now" in status.reason
    # What was under way at the pause may be written down once more; under its id it says the same.
    written = rows(run_dir, Problem)
    assert len({(problem.id, problem.statement) for problem in written}) == len({problem.id for problem in written})


def test_every_actor_serves_its_own_replica(tmp_path: Path) -> None:
    """A command with {port} is started once per actor, asked there alone, and gone with the run."""
    command = f"{sys.executable} {ROOT / 'tests' / 'support' / 'tiny_server.py'} {{port}} {tmp_path / 'started'}"
    run_dir = make_run(tmp_path / "runs" / "run", "http://127.0.0.1:9/v1", items=40)
    # A cluster of its own, which has room for both at once.
    spread(run_dir, address="local", replicas={"local": command})
    status = run_whole(run_dir)
    assert (status.state, status.done) == ("finished", 40), status.reason
    servers = [int(pid) for pid in (tmp_path / "started").read_text().split()]
    assert len(servers) == 2
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in servers), 30)


def test_a_replica_that_does_not_start_fails_the_run_with_its_last_words(tmp_path: Path) -> None:
    run_dir = make_run(tmp_path / "runs" / "run", "http://127.0.0.1:9/v1", items=4)
    spread(run_dir, replicas={"local": f"{sys.executable} -c 'import sys; sys.exit(\"no such model {{port}}\")'"})
    status = run_whole(run_dir)
    assert status.state == "failed"
    assert "the server of a replica ended: no such model" in status.reason


def test_a_replica_of_no_engine_is_refused() -> None:
    from engine.execution.ray.head import check

    with pytest.raises(BadSetting, match="'other' is no engine here; known: local"):
        check(Cluster(replicas={"other": "serve {port}"}), ("local",))
    with pytest.raises(BadSetting, match=r"must hold \{port\}"):
        check(Cluster(replicas={"local": "serve"}), ("local",))
