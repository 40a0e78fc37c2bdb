"""What is said where a run cannot go over a cluster: one sentence, with the cause and what to do."""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path

import pytest

from engine.core import project
from engine.core.errors import BadSetting, RunStopped, Unreachable
from engine.core.settings import Cluster
from engine.execution.ray import cluster as clusters
from engine.execution.ray.actor import Actor, BatchReport
from engine.execution.ray.origin import Origin
from engine.models.serving import ports
from tests.support.command import within
from tests.support.ray_nodes import RayNodes
from tests.support.worker_runs import make_run, wait_for

needs_ray = [
    pytest.mark.models,
    pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="needs Ray: pip install 'lemma-studio[ray]'"),
]


def on_ray(folder: Path, *words: str) -> str:
    """What `lemma run --on ray` says when it refuses; no run may be left."""
    home = project.create(folder)
    said = within("run", "gsdp", "--on", "ray", *words, project=home.root)
    assert said.code == 1
    assert list(home.runs.iterdir()) == []
    return said.err.strip()


@pytest.mark.skipif(importlib.util.find_spec("ray") is not None, reason="Ray is installed")
def test_ray_that_is_not_installed(tmp_path: Path) -> None:
    said = on_ray(tmp_path / "project")
    assert said == "lemma: Ray is not installed. Install it with: pip install 'lemma-studio[ray]'"


@pytest.mark.parametrize("address", ["head", "head:", ":6379", "head:port", "head:70000", "ray://head"])
def test_what_is_no_address_is_refused_before_anything_starts(address: str) -> None:
    with pytest.raises(BadSetting, match=r"is no address of a Ray cluster\. Give HOST:PORT"):
        clusters.place_of(address)


def test_addresses_that_ray_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [clusters.place_of(name) for name in ("", "local", "auto")] == [None, None, None]
    assert clusters.place_of("head:6379") == clusters.place_of("ray://head:6379") == ("head", 6379)
    assert clusters.place_of("[::1]:6379") == ("::1", 6379)
    monkeypatch.setenv("RAY_ADDRESS", "other:1")
    assert clusters.address_of(Cluster()) == "other:1"
    assert clusters.address_of(Cluster(address="head:6379")) == "head:6379"


def test_an_address_that_does_not_answer() -> None:
    port = ports.unused()
    with pytest.raises(Unreachable, match=f"the Ray cluster at 127.0.0.1:{port} does not answer: start it with"):
        clusters.require_answer(Cluster(address=f"127.0.0.1:{port}"))
    with socket.create_server(("127.0.0.1", port)):
        clusters.require_answer(Cluster(address=f"127.0.0.1:{port}"))


def test_a_note_that_outlived_its_cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cluster that was killed leaves its address behind; Ray would wait for it without end."""
    monkeypatch.setenv("RAY_TMPDIR", str(tmp_path))
    assert [clusters.joinable(name) for name in ("", "auto", "local")] == ["", "auto", "local"]
    port, note = ports.unused(), tmp_path / "ray" / "ray_current_cluster"
    note.parent.mkdir()
    note.write_text(f"127.0.0.1:{port}\n")
    assert [clusters.joinable(name) for name in ("", "head:6379")] == ["local", "head:6379"]
    with pytest.raises(RunStopped, match="no Ray cluster runs on this machine: start one") as stopped:
        clusters.joinable("auto")
    assert stopped.value.reason == "paused"
    with socket.create_server(("127.0.0.1", port)):
        assert [clusters.joinable(name) for name in ("", "auto")] == ["", "auto"]
    note.write_text("no address")
    assert clusters.joinable("") == ""


def refused(run_dir: Path, origin: Origin) -> str:
    """What an actor says to its first batch; it has written nothing."""
    before = sorted(run_dir.rglob("*"))
    (said,) = Actor(str(run_dir), "write", 2, origin, ())({"items": [b""]})["said"]
    assert sorted(run_dir.rglob("*")) == before
    report = BatchReport.parse(said)
    assert report.stop == "failed"
    return report.message


def test_a_node_that_is_not_like_the_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another Python, another Lemma Studio, and a folder of the same name that is another one: a copy, or nothing."""
    monkeypatch.setattr("engine.execution.ray.origin._SEEN", 0.0)
    node = socket.gethostname()
    run_dir = make_run(tmp_path / "run", "http://127.0.0.1:9/v1")
    (run_dir / "shards").mkdir()
    (run_dir / "shards" / "token").write_text("one", encoding="ascii")
    here = Origin.here("one")
    assert here.difference(run_dir) == ""
    old = Origin("one", "3.9", here.lemma)
    assert refused(run_dir, old) == (
        f"{node} has Python {here.python} and the head 3.9: use the same one, then resume the run"
    )
    assert refused(run_dir, Origin("one", here.python, "9.9")) == (
        f"{node} has Lemma Studio {here.lemma} and the head 9.9: install the same, then resume the run"
    )
    advice = "keep the project on a disk that all nodes have under this path, then resume the run"
    assert refused(run_dir, Origin.here("two")) == f"{node} does not see the head's folder {run_dir}: {advice}"
    shutil.rmtree(run_dir)
    assert refused(run_dir, here) == f"{node} does not see the head's folder {run_dir}: {advice}"


def test_an_actor_that_was_given_up_stops(tmp_path: Path) -> None:
    """A resumed run pours and removes the shards of actors that may be alive yet, cut off from their head."""
    run_dir = make_run(tmp_path / "run", "http://127.0.0.1:9/v1")
    (run_dir / "shards").mkdir()
    (run_dir / "shards" / "token").write_text("one", encoding="ascii")
    actor = Actor(str(run_dir), "write", 2, Origin.here("one"), ())
    try:
        assert actor.trouble is None
        shutil.rmtree(run_dir / "shards")
        wait_for(lambda: actor.trouble is not None)
        (said,) = actor({"items": [b"a batch that it does not open"]})["said"]
    finally:
        actor.heartbeat.__exit__(None, None, None)
        actor.loop.call_soon_threadsafe(actor.loop.stop)
    report = BatchReport.parse(said)
    assert (report.stop, report.message) == ("cancelled", "the head has gone on without this actor")


def test_a_node_without_lemma_studio() -> None:
    """Ray's own words, as a node without the package made it say them."""
    said = (
        "The actor died because of an error raised in its creation task, ray::MapWorker(MapBatches(Actor)).__init__()\n"
        "  At least one of the input arguments for this task could not be computed:\n"
        "ray.exceptions.RaySystemError: System error: No module named 'engine.execution'\n"
        "traceback: Traceback (most recent call last):\nModuleNotFoundError: No module named 'engine.execution'"
    )
    stopped = clusters.failed(RuntimeError(said))
    assert (stopped.reason, str(stopped)) == (
        "failed",
        "a node of the Ray cluster cannot import engine.execution: install lemma-studio[ray] on every node, "
        "then resume the run",
    )


class TestWithRay:
    pytestmark = needs_ray

    def test_the_command_says_that_an_address_does_not_answer(self, tmp_path: Path) -> None:
        address = f"127.0.0.1:{ports.unused()}"
        said = on_ray(tmp_path / "project", "--ray-address", address)
        assert said == f"lemma: the Ray cluster at {address} does not answer: start it with `ray start --head`"

    def test_a_run_whose_cluster_is_off_is_paused(self) -> None:
        address = f"127.0.0.1:{ports.unused()}"
        with pytest.raises(RunStopped, match=r"does not answer: .*, then resume the run$") as stopped:
            clusters.join(Cluster(address=address))
        assert stopped.value.reason == "paused"

    def test_another_version_on_the_head(self, nodes: RayNodes) -> None:
        import platform

        import ray

        with nodes.pretending("2.9.0", "3.9.1"), pytest.raises(RunStopped) as stopped:
            clusters.join(Cluster(address=nodes.address))
        assert not ray.is_initialized()
        assert (stopped.value.reason, str(stopped.value)) == (
            "failed",
            f"the Ray cluster runs Ray 2.9.0 with Python 3.9.1, this machine {ray.__version__} with Python "
            f"{platform.python_version()}: install the same on all nodes, then resume the run",
        )

    @pytest.mark.filterwarnings("default::DeprecationWarning")
    def test_no_node_that_has_what_an_actor_needs(self, nodes: RayNodes) -> None:
        cluster = Cluster(address=nodes.address, gpus=1)
        clusters.join(cluster)
        try:
            assert clusters.require_room(cluster.model_copy(update={"gpus": 0.0})) == 2
            with pytest.raises(RunStopped, match="no node of the Ray cluster has a CPU and 1 GPUs for an actor"):
                clusters.require_room(cluster)
        finally:
            clusters.leave()
