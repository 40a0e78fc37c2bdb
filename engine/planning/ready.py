"""A run directory that is ready to be launched: reserved, with its inputs and its plan, and known to the store."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from engine.core import prompts
from engine.core.errors import BadSetting
from engine.core.project import Project, engines
from engine.core.settings import Recipe
from engine.core.settings.training import Choosing, Evaluating, Looping, Training
from engine.models import registry, serving
from engine.runs.plan import Plan, save_plan
from engine.store import Store

_VERSIONED = ("lemma-studio", "duckdb", "numpy", "scipy", "sympy", "httptools")


@dataclass(frozen=True, slots=True)
class Planned:
    """A run directory that is ready to be launched, its plan, and notes on what ran short."""

    directory: Path
    plan: Plan
    notes: tuple[str, ...] = ()


def ready(
    store: Store,
    project: Project,
    directory: Path,
    kind: str,
    recipe: Recipe,
    *,
    total: int,
    reuse: tuple[str, ...] = (),
    dry: bool = False,
    point: str = "",
    looping: Looping | None = None,
    training: Training | None = None,
    preferring: Training | None = None,
    evaluating: Evaluating | None = None,
    choosing: Choosing | None = None,
    engines: Mapping[str, object] | None = None,
) -> Planned:
    """Write the plan of a reserved directory and register its run; what `kind` it is says which parts are meant."""
    plan = Plan.model_validate(
        {
            "id": directory.name,
            "kind": kind,
            "recipe": recipe,
            "engines": engines or used(project, recipe),
            "prompts": prompts.hashes(),
            "versions": {name: version(name) for name in _VERSIONED} | {"python": platform.python_version()},
            "total": total,
            "created": time.time(),
            "reuse": reuse,
            "dry": dry,
            "point": point,
            "looping": looping,
            "training": training,
            "preferring": preferring,
            "evaluating": evaluating,
            "choosing": choosing,
        }
    )
    save_plan(directory, plan)
    store.runs.register(plan, directory)
    return Planned(directory, plan)


def used(project: Project, recipe: Recipe) -> dict[str, object]:
    """Return the engines that the roles name; one that is unknown is reported before anything starts."""
    known = engines(project)
    named = {role: registry.address(where, f"roles.{role}")[0] for role, where in recipe.roles.items()}
    for role, name in named.items():
        if name not in known:
            raise BadSetting(
                f"{name!r} is not a known engine; known: {', '.join(sorted(known))}.",
                where=f"roles.{role}",
                do=f"Name it in {project.engines_file} first.",
            )
    return dict(serving.resolved(project.servers, {name: known[name] for name in sorted(set(named.values()))}))


def reserve(project: Project, stem: str) -> Path:
    """Make the next free run directory `stem-0001`, ..., safe against another process doing the same."""
    project.runs.mkdir(parents=True, exist_ok=True)
    number = 1 + sum(path.name.rpartition("-")[0] == stem for path in project.runs.iterdir())
    while True:
        directory = project.runs / f"{stem}-{number:04d}"
        try:
            directory.mkdir()
        except FileExistsError:
            number += 1
        else:
            return directory


def inputs_of(directory: Path) -> Path:
    """Return the folder of what a run reads, made where it is not there yet."""
    folder = directory / "inputs"
    folder.mkdir(exist_ok=True)
    return folder


def known_problems(store: Store, path: Path) -> int:
    """Write what is known of the problems that exist: statement and place on the latest map; return how many."""
    board = store.problems.scoreboard().select(["id"])
    texts = store.problems.texts(board["id"].to_pylist()).select(["id", "statement"])
    places = store.maps.positions().select(["subject_id", "x", "y"])
    joined = texts.join(places, keys="id", right_keys="subject_id", join_type="left outer")
    map_id = store.maps.latest() or ""
    here = [map_id if x is not None else "" for x in joined["x"].to_pylist()]
    columns = {
        "id": joined["id"],
        "statement": joined["statement"],
        "map_id": pa.array(here, pa.string()),
        "x": joined["x"].cast(pa.float64()).fill_null(0.0),
        "y": joined["y"].cast(pa.float64()).fill_null(0.0),
    }
    pq.write_table(pa.table(columns), path)
    return int(joined.num_rows)
