"""What becomes of problems by the model that wrote them and the model that solved them (FL-36)."""

from __future__ import annotations

import pandas as pd

from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.store import Store

_TODO = "run `lemma run flames`, then again with `--engine solver=ENGINE:MODEL` or `--engine writer=ENGINE:MODEL`."


def model_pairs(store: Store) -> Section:
    """Return a row for each recipe, problem model and solution model; runs with other models make the study.

    Recipes stay apart, because what their methods keep is decided by different rules.
    """
    name, title = "model_pairs", "Problem models and solution models"
    found = store.figures.by_models()
    if found.empty:
        return missing(name, title, _TODO)
    rows: list[tuple[Cell, ...]] = []
    for (recipe, writer, solver), mine in found.groupby(["recipe", "writer", "solver"], sort=False):
        shares = (_mean(mine["kept"]), _mean(mine["solvable"]), _mean(mine["agreement"]))
        rows.append((str(recipe), str(writer), str(solver) or None, len(mine), *shares))
    pairs = {row[:3] for row in rows}
    several = len(pairs) > len({row[0] for row in rows})
    finding = f"{len(pairs)} pairs of problem model and solution model" if len(pairs) > 1 else "One pair of models"
    finding += "." if several else "; no recipe has two to compare."
    drawn = [row for row in rows if row[4] is not None]
    chart = Bars(
        tuple(f"{row[0]} · {row[1]} · {row[2] or 'not solved'}" for row in drawn),
        (Series("kept by its method", tuple(float(row[4] or 0.0) for row in drawn)),),
        unit="share",
    )
    columns = ("recipe", "problem model", "solution model", "problems", "kept", "solvable", "agreement")
    notes = ("Shares are over the problems of which something is known; agreement is that of their solutions.",)
    return Section(name, title, finding, table(columns, rows), chart if drawn else None, notes)


def _mean(values: pd.Series[float]) -> float | None:
    known = values.dropna()
    return float(known.mean()) if len(known) else None
