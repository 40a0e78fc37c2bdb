"""Three nodes of Ray on this machine, any of which a test kills as a power cut would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
import psutil

from engine.models.serving import ports
from tests.support.worker_runs import PATH

_QUICK = {"health_check_initial_delay_ms": 500, "health_check_period_ms": 500, "health_check_failure_threshold": 4}
"""A cluster that finds a dead node within seconds, where it would take fifteen."""
_SMALL = {"num_cpus": 1, "object_store_memory": 80 << 20, "include_dashboard": False}


class RayNodes:
    """A head, as clusters have it, and two nodes with room for one actor each."""

    def __init__(self) -> None:
        """Start all three; the head's address stays the same when it is started again."""
        self.port = ports.unused()
        self._start()
        self.mend()

    @property
    def address(self) -> str:
        """Where the head listens."""
        return str(self._cluster.address)

    def kill_node_of(self, pid: int) -> None:
        """Kill the node, not the head, that `pid` works on: first its raylet, then all that the raylet started."""
        node = next(node for node in self._cluster.worker_nodes if pid in _family(_raylet(node)))
        _kill(_raylet(node))
        self._cluster.worker_nodes.remove(node)

    def holds(self, pid: int) -> bool:
        """Whether `pid` works on a node that is not the head."""
        return any(pid in _family(_raylet(node)) for node in self._cluster.worker_nodes)

    def kill_head(self) -> None:
        """Kill the head's control store, its raylet and whatever that started."""
        head = self._cluster.head_node
        for kind in ("gcs_server", "raylet"):
            for info in head.all_processes[kind]:
                _kill(info.process.pid)
                info.process.wait()

    def kill_nodes(self) -> None:
        """Kill every node that has room for actors."""
        for node in self._cluster.worker_nodes:
            _kill(_raylet(node))
        self._cluster.worker_nodes.clear()

    def mend(self) -> None:
        """Start what was killed; without its head nothing of a cluster is left, and a whole one takes its address."""
        if not psutil.pid_exists(self._cluster.head_node.all_processes["gcs_server"][0].process.pid):
            self.close()
            self._start()
        while len(self._cluster.worker_nodes) < 2:
            self._cluster.add_node(**_SMALL)

    @contextmanager
    def pretending(self, ray: str, python: str) -> Iterator[None]:
        """Have the head say that it was started with other versions: what it says is one entry of its store."""
        from ray._raylet import GcsClient

        store, entry = GcsClient(address=self.address), (b"CLUSTER_METADATA", b"cluster")
        key, namespace = entry
        before = store.internal_kv_get(key, namespace)
        said = {**orjson.loads(before), "ray_version": ray, "python_version": python}
        store.internal_kv_put(key, orjson.dumps(said), True, namespace)
        try:
            yield
        finally:
            store.internal_kv_put(key, before, True, namespace)

    def close(self) -> None:
        """End every process of the cluster, and what it noted for others on this machine."""
        from ray._common.utils import reset_ray_address

        nodes = [*self._cluster.worker_nodes, self._cluster.head_node]
        for node in nodes:
            for infos in list(node.all_processes.values()):
                for info in infos:
                    _kill(info.process.pid)
        reset_ray_address()

    def _start(self) -> None:
        from ray.cluster_utils import Cluster

        # Nodes find the tests' programs where the workers of a run do.
        os.environ["PYTHONPATH"] = PATH
        given: dict[str, Any] = {**_SMALL, "num_cpus": 0, "gcs_server_port": self.port, "_system_config": _QUICK}
        self._cluster = Cluster(initialize_head=True, head_node_args=given)


@contextmanager
def ray_nodes() -> Iterator[RayNodes]:
    """Three nodes, gone at the end whatever was killed before."""
    nodes = RayNodes()
    try:
        yield nodes
    finally:
        nodes.close()


def actors_of(run_dir: Path) -> list[int]:
    """Return the processes that hold shards of a run, oldest first."""
    folders = sorted((run_dir / "shards").glob("*/journal"), key=lambda path: path.parent.name.split("-")[-1])
    return [int(path.parent.name.split("-")[-2]) for path in folders]


def _raylet(node: Any) -> int:
    return int(node.all_processes["raylet"][0].process.pid)


def _family(pid: int) -> set[int]:
    try:
        return {pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))}
    except psutil.NoSuchProcess:
        return set()


def _kill(pid: int) -> None:
    """Kill a process, then what it had started."""
    family = sorted(_family(pid), key=lambda each: each != pid)
    for each in family:
        with suppress(psutil.NoSuchProcess):
            psutil.Process(each).kill()
