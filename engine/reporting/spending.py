"""What it cost: calls, tokens and money by recipe, stage and role, and per problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from engine.core.project import Project
from engine.reporting import economy
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.runs import held
from engine.runs.status import load_status
from engine.store import Store

MANY = 2_000_000
"""Problems of the published comparison of prices (GSDP-50)."""
BY_HOUR, DRY = "engines by the hour", "dry runs"
"""Stages of the table that are no prompt."""
TINY = 1e-9


def cost(store: Store, project: Project) -> Section:
    """Return what each stage of each recipe took, and what engines cost by the hour (CL-35, CL-39).

    The sum is that of the runs as their own pages give it.
    """
    name, title = "cost", "Calls, tokens and money"
    asked, rented = store.figures.spent(), hourly(store, project)
    if asked.empty and rented.empty:
        return missing(name, title, "run `lemma run gsdp`.")
    found = pd.concat([each for each in (asked, rented) if not each.empty], ignore_index=True)
    found["share"] = list(economy.cost_shares(found["cost"].to_dict()).values())
    rows: list[tuple[Cell, ...]] = [
        (*map(str, row[:4]), *map(int, row[4:7]), *map(float, row[7:])) for row in found.itertuples(index=False)
    ]
    by_role = asked.groupby("role")[["tokens_in", "tokens_out"]].sum()
    by_role = by_role.loc[by_role.sum(axis=1).sort_values(ascending=False).index]
    chart = Bars(
        tuple(str(role) for role in by_role.index),
        (
            Series("tokens in", tuple(float(value) for value in by_role["tokens_in"])),
            Series("tokens out", tuple(float(value) for value in by_role["tokens_out"])),
        ),
        stacked=True,
    )
    calls, money = int(found["calls"].sum()), float(found["cost"].sum())
    tokens = int(found["tokens_in"].sum() + found["tokens_out"].sum())
    by_hour = float(found.loc[found["stage"] == BY_HOUR, "cost"].sum())
    finding = f"{calls:,} calls took {tokens:,} tokens; all runs cost ${money:,.2f}"
    finding += f", ${by_hour:,.2f} of it for engines by the hour." if by_hour else "."
    columns = ("recipe", "stage", "role", "model", "calls", "tokens in", "tokens out", "seconds", "dollars", "of all")
    return Section(name, title, finding, table(columns, rows), chart if len(by_role) else None)


def hourly(store: Store, project: Project) -> pd.DataFrame:
    """Return what runs cost beside their replies, in the columns of `spent`: engines by the hour, and dry runs."""
    found: dict[tuple[str, str], list[float]] = {}
    for run in store.runs.list():
        plan, status = store.runs.plan(run.id), load_status(project.runs / run.id)
        if run.dry:
            # Replies of a dry run are in its own directory, unless somebody ingested it.
            key = (run.recipe, DRY)
            left = (status.calls - run.calls, status.tokens_in - run.tokens_in, status.tokens_out - run.tokens_out)
            said = [*(max(0, one) for one in left), held.seconds(status), max(0.0, status.cost - run.cost)]
        else:
            key = (run.recipe, BY_HOUR)
            said = [0, 0, 0, held.seconds(status), held.dollars(status, run.cost)]
        # Sums of many prices differ in their last digits.
        if plan is not None and (said[0] or said[4] > TINY):
            found[key] = [old + new for old, new in zip(found.get(key, [0.0] * 5), said, strict=True)]
    columns = ("recipe", "stage", "role", "model", "calls", "tokens_in", "tokens_out", "seconds", "cost")
    return pd.DataFrame([(recipe, stage, "", "", *said) for (recipe, stage), said in found.items()], columns=columns)


def expansion(store: Store, project: Project) -> Section:
    """Return how many kept problems a used seed gave, and what one and two million cost (GSDP-32, GSDP-33, GSDP-50)."""
    name, title = "expansion", "Kept problems per seed, cost per problem"
    found = store.figures.seeds_used()
    if found.empty:
        return missing(name, title, "run `lemma run gsdp`.")
    spent = pd.concat([store.figures.spent(), hourly(store, project)]).groupby("recipe")
    sums = spent[["calls", "tokens_in", "tokens_out", "cost"]].sum()
    rows = []
    for recipe, seeds, problems, kept in found.itertuples(index=False):
        calls, sent, back, money = sums.loc[recipe] if recipe in sums.index else (0, 0, 0, 0.0)
        ratio = economy.expansion_ratio(int(kept), int(seeds))
        each = float(money) / kept if kept else None
        priced = economy.api_cost(*economy.API_PRICES["GPT-4"], sent / kept, back / kept) if kept else None
        many = economy.total(each, MANY) if each is not None else None
        called = float(calls) / kept if kept else None
        rows.append((str(recipe), int(seeds) or None, int(problems), int(kept), ratio, called, each, priced, many))
    columns = (
        "recipe", "seeds used", "written", "kept", "per seed", "calls each", "dollars each", "at API prices",
        "two million",
    )  # fmt: skip
    known = [(str(row[0]), row[4]) for row in rows if row[4] is not None]
    chart = Bars(
        tuple(recipe for recipe, _ in known),
        (Series("kept problems per seed", tuple(ratio for _, ratio in known)),),
        unit="ratio",
    )
    return Section(name, title, _expanded(rows), table(columns, rows), chart if known else None, _basis(store))


def _expanded(rows: Sequence[tuple[Any, ...]]) -> str:
    """Say the ratio of every recipe that used seeds, and which used none."""
    told = [f"{row[0]} {row[4]:.2g} ({row[3]:,} kept from {row[1]:,} seeds)" for row in rows if row[4] is not None]
    none = [row[0] for row in rows if row[4] is None]
    said = f"Kept problems per seed: {', '.join(told)}." if told else "No problem rests on a seed."
    return f"{said} Without seeds, so without a ratio: {', '.join(none)}." if none and told else said


def _basis(store: Store) -> tuple[str, ...]:
    chosen = store.selections.latest() is not None
    kept = "the latest selection keeps" if chosen else "its own method keeps; there is no selection yet"
    return (
        f"Kept is what {kept}. A seed is used where a problem was written from it, or from a combination of points of "
        "which it has one. Calls and dollars are those of all that was written, over what was kept.",
        "At API prices the same tokens cost $10 and $30 per million, in and out. The last column is in dollars.",
    )
