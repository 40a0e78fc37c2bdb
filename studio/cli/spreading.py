"""Options of `lemma run` that spread a run over a Ray cluster."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from engine.core.errors import BadSetting
from engine.core.project import Project, engines
from engine.core.settings import Cluster
from engine.execution.ray.cluster import require_answer
from engine.execution.ray.head import check
from engine.planning import Planned
from engine.runs.plan import GeneratePlan, save_plan
from studio.cli.options import pairs


class Place(StrEnum):
    """Where a run goes."""

    HERE = "here"
    RAY = "ray"


OnOption = Annotated[Place, typer.Option("--on", help="Where the items are worked on: this machine, or Ray.")]
AddressOption = Annotated[str, typer.Option("--ray-address", help="With --on ray: $RAY_ADDRESS where it is not given.")]
ActorsOption = Annotated[int, typer.Option("--actors", min=0, help="With --on ray: how many drivers share the items.")]
GpusOption = Annotated[float, typer.Option("--gpus-per-actor", min=0, help="With --on ray: GPUs of each driver.")]
ReplicaOption = Annotated[
    list[str] | None,
    typer.Option("--replica", metavar="ENGINE=COMMAND", help="With --on ray: a server that each driver starts."),
]


def wanted(
    home: Project, on: Place, address: str, actors: int, gpus: float, replicas: list[str] | None
) -> Cluster | None:
    """Return where a run is spread, None for this machine; BadSetting for options that only Ray knows."""
    given = bool(address or actors or gpus or replicas)
    if on is Place.HERE and given:
        raise BadSetting("--ray-address, --actors, --gpus-per-actor and --replica belong to --on ray.", where="--on")
    if on is Place.HERE:
        return None
    cluster = Cluster(address=address, actors=actors, gpus=gpus, replicas=pairs(replicas or [], "ENGINE=COMMAND"))
    check(cluster, engines(home))
    require_answer(cluster)
    return cluster


def spread(planned: Planned[GeneratePlan], cluster: Cluster | None) -> None:
    """Write into the plan of a run that has not started where it is spread."""
    if cluster is not None:
        save_plan(planned.directory, planned.plan.model_copy(update={"cluster": cluster}))
