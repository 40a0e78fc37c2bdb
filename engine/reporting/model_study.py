"""What becomes of the same items by each choice of models: the studies of a project, run by run (FL-36, table 5)."""

from __future__ import annotations

import pandas as pd

from engine.core.project import Project
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.runs.plan import StudyPlan
from engine.runs.status import load_status
from engine.store import Store

NAME, TITLE = "model_study", "Studies of models"
_TODO = "run `lemma run flames --study writer=ENGINE:A --study writer=ENGINE:B --study solver=ENGINE:C`."
_COLUMNS = (
    "study", "models", "run", "state", "items", "problems", "kept", "kept of items", "solvable", "agreement",
    "decided", "approved", "calls", "tokens", "dollars",
)  # fmt: skip


def model_study(store: Store, project: Project) -> Section:
    """Return a row for each run of each study, so that rows of one study differ in their models alone."""
    plans = [plan for run in reversed(store.runs.list()) if isinstance(plan := store.runs.plan(run.id), StudyPlan)]
    found = store.figures.by_models()
    rows = [_row(store, project, plan, name, found[found["run_id"] == name]) for plan in plans for name in plan.cells]
    begun = [row for row in rows if row[5]]
    if not begun:
        return missing(NAME, TITLE, _TODO)
    several = len({row[0] for row in begun}) > 1
    names = tuple(f"{row[1]} ({row[0]})" if several else str(row[1]) for row in begun)
    chart = Bars(names, (Series("kept of items", tuple(float(row[7] or 0.0) for row in begun)),), unit="share")
    best = max(begun, key=lambda row: float(row[7] or 0.0))
    finding = f"{best[1]} has most kept: {float(best[7] or 0.0):.0%} of {best[4]:,} items."
    notes = [
        "Runs of a study have the same seeds, agents and samples, and each the same budget. A reply that an earlier "
        "run of the study paid for is not paid again, so the first run with a writer bears its cost.",
        "What a set teaches is told by training a student on it: that is the comparison that FLAMES reports.",
    ]
    open_ = sum(row[3] != "finished" for row in rows)
    notes += [f"{open_:,} of {len(rows):,} runs have not ended; their rows are of what is there."] if open_ else []
    return Section(NAME, TITLE, finding, table(_COLUMNS, rows), chart, tuple(notes))


def _row(store: Store, project: Project, plan: StudyPlan, name: str, mine: pd.DataFrame) -> tuple[Cell, ...]:
    status, spent = load_status(project.runs / name), store.replies.spent(name)
    items = plan.total // len(plan.cells)
    kept = int(status.funnel.get("kept", 0))
    tokens = sum(one.tokens_in + one.tokens_out for one in spent)
    models = ", ".join(f"{role} {where}" for role, where in plan.cells[name].items())
    human = mine["human"].dropna()
    # Counts: people picked what they decided, and its share says as much of them as of the models.
    worked = (len(mine), kept, kept / items if items else None, _mean(mine["solvable"]), _mean(mine["agreement"]),
              len(human), int(human.sum()))  # fmt: skip
    return (
        plan.id, models, name, status.state, items, *worked, sum(one.calls for one in spent), tokens, status.cost,
    )  # fmt: skip


def _mean(values: pd.Series[float]) -> float | None:
    known = values.dropna()
    return float(known.mean()) if len(known) else None
