"""A run directory that is ready to be launched: reserved, with its inputs and its plan, and known to the store."""

from __future__ import annotations

import platform
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Generic

import pyarrow as pa
import pyarrow.parquet as pq

from engine.core import prompts
from engine.core.errors import BadSetting
from engine.core.project import EngineSpec, Project, engines
from engine.core.settings import Recipe
from engine.generation import inputs
from engine.models import registry, reward_model, serving
from engine.runs.plan import P, save_plan
from engine.store import Store

_VERSIONED = ("lemma-studio", "duckdb", "numpy", "scipy", "sympy", "httptools")


@dataclass(frozen=True, slots=True)
class Planned(Generic[P]):
    """A run directory that is ready to be launched, its plan, and notes on what ran short."""

    directory: Path
    plan: P
    notes: tuple[str, ...] = ()


def ready(store: Store, directory: Path, plan: P, notes: tuple[str, ...] = ()) -> Planned[P]:
    """Stamp the plan of a reserved directory with what holds at this moment, write it, and register its run."""
    versions = {name: version(name) for name in _VERSIONED} | {"python": platform.python_version()}
    stamps = {"prompts": prompts.hashes(), "versions": versions, "created": time.time()}
    stamped = plan.model_copy(update=stamps)
    save_plan(directory, stamped)
    store.runs.register(stamped, directory)
    return Planned(directory, stamped, notes)


def used(project: Project, recipe: Recipe) -> dict[str, EngineSpec]:
    """Return the engines that the roles name; an unknown engine or model is reported before anything starts."""
    known = engines(project)
    named = {role: registry.address(where, f"roles.{role}") for role, where in recipe.roles.items()}
    wanted = {name for name, _ in named.values()}
    if reward_model.NAME in wanted and reward_model.NAME not in known:
        # Every project has it; it is not listed where nobody asks for it.
        known = {**known, reward_model.NAME: EngineSpec(kind="reward_model")}
    for role, (name, model) in named.items():
        if name not in known:
            raise BadSetting(
                f"{name!r} is not a known engine; known: {', '.join(sorted(known))}.",
                where=f"roles.{role}",
                do=f"Name it in {project.engines_file} first.",
            )
        if known[name].kind == "reward_model":
            reward_model.require(model, trust=known[name].trust_remote_code)
        registry.require_model(known[name], model, f"roles.{role}")
    return serving.resolved(project.servers, {name: known[name] for name in sorted(wanted)})


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


def untested(store: Store) -> tuple[str, ...]:
    """Say where nothing can be told of copies of test problems, because none are known (GSDP-24, FL-18)."""
    return () if store.benchmarks.names() else (inputs.NO_TESTS,)


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
