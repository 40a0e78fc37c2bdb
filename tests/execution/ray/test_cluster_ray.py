"""Runs spread over a Ray cluster: a budget, and servers that actors start."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.core.errors import BadSetting
from engine.core.settings import Cluster
from tests.support.endpoint import Endpoint
from tests.support.ray_nodes import RayNodes
from tests.support.ray_runs import spread
from tests.support.worker_runs import PATH, make_run, run_whole, wait_for

pytest.importorskip("ray", reason="Ray is not installed: pip install 'lemma-studio[ray]'")
pytestmark = [pytest.mark.models, pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _programs_on_path(monkeypatch: pytest.MonkeyPatch, joined: RayNodes) -> None:
    monkeypatch.setenv("PYTHONPATH", PATH)


def test_a_budget_reaches_the_actors(tmp_path: Path) -> None:
    with Endpoint(delay=0.05) as endpoint:
        run_dir = spread(make_run(tmp_path / "runs" / "run", endpoint.url, items=400, budget_calls=60))
        status = run_whole(run_dir)
        assert (status.state, status.reason) == ("paused", "budget: 60 calls are spent")
        assert 60 <= status.calls < 200


def test_every_actor_serves_its_own_replica(tmp_path: Path) -> None:
    """A command with {port} is started once per actor, asked there alone, and gone with the run."""
    command = f"{sys.executable} {ROOT / 'tests' / 'support' / 'tiny_server.py'} {{port}} {tmp_path / 'started'} 2"
    run_dir = make_run(tmp_path / "runs" / "run", "http://127.0.0.1:9/v1", items=40, timeout_s=120)
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
