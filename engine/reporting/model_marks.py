"""What a judge says of models on held-out requests, in eight dimensions: a table that fills round by round (CL-28)."""

from __future__ import annotations

import re

from engine.generation.judges.dimensions import DIMENSIONS
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.runs.plan import EvaluatePlan
from engine.store import Store

_OF_LOOP = re.compile(r"(.+)-(\d+)-requests-(start|model)\Z")
_PREFIX = "dimension_"


def model_dimensions(store: Store) -> Section:
    """Return the mean marks of every model that answered held-out requests; a run keeps its own row.

    Marks of different runs are never put together: their judges, prompts and requests may differ.
    """
    name, title = "model_dimensions", "Eight dimensions by model"
    found = store.figures.marked()
    if found.empty:
        return missing(name, title, "run `lemma round start --judge ENGINE:MODEL`.")
    rows: list[tuple[Cell, ...]] = []
    series: list[Series] = []
    for run, mine in found.groupby("run_id", sort=False):
        means = mine.groupby("name")["value"].mean()
        keys = {key: f"{_PREFIX}{key}" for key in DIMENSIONS}
        if not set(keys.values()) <= set(means.index):
            continue
        line = tuple(float(means[each]) for each in keys.values())
        model, judge = _who(store, str(run))
        rows.append((model, str(run), judge, int(mine["subject_id"].nunique()), *line, sum(line) / len(line)))
        series.append(Series(model, line))
    if not rows:
        return missing(name, title, "run `lemma round start --judge ENGINE:MODEL`.")
    best = max(rows, key=lambda row: float(row[-1] or 0.0))
    finding = f"{best[0]} is marked best: {float(best[-1] or 0.0):.3f} of 10 over {best[3]:,} requests."
    columns = ("model", "run", "judge", "requests", *DIMENSIONS, "mean")
    return Section(name, title, finding, table(columns, rows), Bars(tuple(DIMENSIONS), tuple(series), unit="score"))


def _who(store: Store, run: str) -> tuple[str, str]:
    """Return the model, by its number where a loop made it, and the judge."""
    plan = store.runs.plan(run)
    asked = plan.evaluating if isinstance(plan, EvaluatePlan) else None
    judge = asked.judge if asked else ""
    if of_loop := _OF_LOOP.match(run):
        loop, number, which = of_loop.groups()
        return f"M{int(number) - (which == 'start')} of {loop}", judge
    return (asked.model if asked else run), judge
