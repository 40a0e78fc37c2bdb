"""The cluster itself: whether its address answers, joining it, room in it, and what went wrong in one sentence."""

from __future__ import annotations

import logging
import os
import socket
import sys
import tempfile
from pathlib import Path

from engine.core.errors import BadSetting, LemmaError, RunStopped, Unreachable
from engine.core.settings import Cluster

_log = logging.getLogger(__name__)
_ANSWER = 5.0
"""Seconds in which an address must take a connection."""
_STARTS = ("", "local")
"""Addresses that have Ray start a cluster on this machine."""
_AGAIN = "then resume the run"
_NONE_HERE = f"no Ray cluster runs on this machine: start one with `ray start --head`, {_AGAIN}"
EMPTY = f"no node with room for an actor is left in the Ray cluster: add one, {_AGAIN}"


def address_of(cluster: Cluster) -> str:
    """Return the address that a run goes to: its own, or $RAY_ADDRESS."""
    return cluster.address or os.environ.get("RAY_ADDRESS", "")


def place_of(address: str) -> tuple[str, int] | None:
    """Return host and port of an address; None where Ray finds or starts the cluster itself; BadSetting for others."""
    if address in (*_STARTS, "auto"):
        return None
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        raise BadSetting(f"{address!r} is no address of a Ray cluster.", where="--ray-address", do="Give HOST:PORT.")
    return host.strip("[]"), int(port)


def answers(place: tuple[str, int], seconds: float = _ANSWER) -> bool:
    """Whether something takes connections there."""
    try:
        socket.create_connection(place, seconds).close()
    except OSError:
        return False
    return True


def noted() -> tuple[str, int] | None:
    """Return where Ray on this machine was started last, by the note that it leaves; None where it left none."""
    folder = os.environ.get("RAY_TMPDIR") or (tempfile.gettempdir() if sys.platform != "darwin" else "/tmp")
    try:
        return place_of(Path(folder, "ray", "ray_current_cluster").read_text(encoding="ascii").strip())
    except (OSError, ValueError, BadSetting):
        return None


def joinable(address: str) -> str:
    """Return the address to give to Ray, which would wait for ever for the cluster of a note that outlived it."""
    if address not in ("", "auto") or (last := noted()) is None or answers(last):
        return address
    if address == "auto":
        raise RunStopped("paused", _NONE_HERE)
    _log.info("the Ray cluster that was at %s:%d is gone; another one is started", *last)
    return "local"


def require_answer(cluster: Cluster) -> None:
    """Raise Unreachable where nothing listens at the cluster's address, which Ray itself finds out after minutes."""
    address = address_of(cluster)
    place = place_of(address)
    if place and not answers(place):
        raise Unreachable(f"the Ray cluster at {address} does not answer: start it with `ray start --head`")


def join(cluster: Cluster) -> tuple[str, int] | None:
    """Connect to the cluster, or start one; return where its head listens. RunStopped says why it cannot be."""
    import ray
    import ray.data

    try:
        require_answer(cluster)
        if not ray.is_initialized():
            ray.init(address=joinable(address_of(cluster)) or None, log_to_driver=False, logging_level=logging.ERROR)
    except Unreachable as error:
        raise RunStopped("paused", f"{error}, {_AGAIN}") from error
    except (OSError, RuntimeError, ValueError) as error:
        raise _unjoined(address_of(cluster), str(error)) from error
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    ray.data.DataContext.get_current().enable_progress_bars = False
    return place_of(address_of(cluster)) or place_of(ray.get_runtime_context().gcs_address)


def leave() -> None:
    """Leave the cluster; one that was started for this run ends."""
    if "ray" in sys.modules:
        import ray

        ray.shutdown()


def room(cluster: Cluster) -> int:
    """Return how many actors the nodes can hold at once."""
    import ray

    def fitting(has: dict[str, float]) -> int:
        return int(min(has.get("CPU", 0), has.get("GPU", 0) / cluster.gpus if cluster.gpus else has.get("CPU", 0)))

    return sum(fitting(node["Resources"]) for node in ray.nodes() if node["Alive"])


def require_room(cluster: Cluster) -> int:
    """Return the same; RunStopped where it is none, for which Ray would wait for ever."""
    if fitting := room(cluster):
        return fitting
    wanted = f"a CPU and {cluster.gpus:g} GPUs" if cluster.gpus else "a CPU"
    raise RunStopped("failed", f"no node of the Ray cluster has {wanted} for an actor: add one, {_AGAIN}")


def gone(place: tuple[str, int], cluster: Cluster) -> str:
    """Return the sentence about a head that was killed, or whose machine is off."""
    if address_of(cluster) in _STARTS:
        return "the Ray cluster that this run used is gone: resume the run, which finds or starts another"
    host, port = place
    return f"the head of the Ray cluster at {host}:{port} is gone: start the cluster again, {_AGAIN}"


def failed(error: Exception) -> RunStopped:
    """Return what to say about an error from the many layers of a cluster."""
    said = str(error)
    if "ModuleNotFoundError" in said or "No module named" in said:
        missing = said.rpartition("No module named ")[2].split("\n")[0].strip(" '\"")
        return RunStopped(
            "failed",
            f"a node of the Ray cluster cannot import {missing}: install lemma-studio[ray] on every node, {_AGAIN}",
        )
    # Its first line names the cause.
    lines = [line for line in said.splitlines() if line.strip()]
    return RunStopped("failed", f"the cluster failed: {type(error).__name__}: {lines[0] if lines else ''}")


def _unjoined(address: str, said: str) -> LemmaError:
    """Say why Ray did not join: its own message takes ten lines for it."""
    if "ersion mismatch" in said:
        found = [
            line.split(":")[-1].strip() for line in said.splitlines() if line.strip().startswith(("Ray:", "Python:"))
        ]
        theirs = " with Python ".join(found[:2]) if len(found) == 4 else "other versions"
        ours = " with Python ".join(found[2:]) if len(found) == 4 else "this machine's"
        return RunStopped(
            "failed", f"the Ray cluster runs Ray {theirs}, this machine {ours}: install the same on all nodes, {_AGAIN}"
        )
    if address == "auto":
        return RunStopped("paused", _NONE_HERE)
    lines = [line for line in said.splitlines() if line.strip()]
    return RunStopped("failed", f"the Ray cluster cannot be joined: {lines[0] if lines else 'it does not say why'}")
