"""Run directories for real workers under test, and what is read from them afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.core.project import EngineSpec
from engine.core.records import Failure, ItemDone, Problem, ReplyRow
from engine.core.settings import Recipe, RecipeSettings, Running
from engine.runs import journal as journals
from engine.runs import launcher, plan
from engine.runs.plan import GeneratePlan, KnowledgePlan, MapPlan
from engine.runs.status import Status
from tests.support.run_programs import PATH

PROGRAMS = "tests.support.run_programs:PROGRAMS"
KINDS = {"generate": GeneratePlan, "knowledge": KnowledgePlan, "map": MapPlan}
"""Kinds of run that run_programs has a program for."""
CLOCKS = frozenset(("at", "seconds", "created"))


def make_run(
    run_dir: Path, url: str, *, items: int = 40, kind: str = "generate", key_env: str = "", **running: object
) -> Path:
    settings = RecipeSettings(running=Running(**{"concurrency": 8, "timeout_s": 20.0, **running}))
    recipe = Recipe(name="test", title="Test", roles={"writer": "local:tiny"}, settings=settings)
    engines = {"local": EngineSpec(base_url=url, api_key_env=key_env)}
    plan.save_plan(run_dir, KINDS[kind](id="run", recipe=recipe, total=items, engines=engines))
    return run_dir


def run_whole(run_dir: Path, *, retry_failed: bool = False, programs: str = PROGRAMS) -> Status:
    return launcher.run_foreground(
        run_dir, lambda status: None, every=0.05, retry_failed=retry_failed, programs=programs
    )


def wait_for(true: Callable[[], bool], seconds: float = 60.0, every: float = 0.01) -> None:
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until, "waited too long"
        time.sleep(every)


def ended(run_dir: Path) -> Status:
    wait_for(lambda: launcher.state(run_dir).state not in launcher.ACTIVE)
    wait_for(lambda: not launcher.is_alive(run_dir))
    return launcher.state(run_dir)


def rows(run_dir: Path, kind: type) -> list[Any]:
    return [record for record in journals.records(run_dir / "journal") if isinstance(record, kind)]


def contents(run_dir: Path) -> set[str]:
    """Everything a run made, with ids, without what the clock says."""
    made = set()
    for record in journals.records(run_dir / "journal"):
        if isinstance(record, Problem | ReplyRow | ItemDone | Failure):
            fields = {name: getattr(record, name) for name in record.__dataclass_fields__ if name not in CLOCKS}
            made.add(f"{type(record).__name__} {fields}")
    return made


__all__ = ["KINDS", "PATH", "PROGRAMS", "contents", "ended", "make_run", "rows", "run_whole", "wait_for"]
