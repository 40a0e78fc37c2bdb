"""Runs that go over a cluster of Ray."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.core.settings import Cluster
from engine.runs.plan import AskingPlan, load_plan_as, save_plan


def spread(run_dir: Path, **cluster: Any) -> Path:
    """Write into a run's plan that two actors share its items."""
    plan = load_plan_as(run_dir, AskingPlan)
    save_plan(run_dir, plan.model_copy(update={"cluster": Cluster(**{"actors": 2, **cluster})}))
    return run_dir
