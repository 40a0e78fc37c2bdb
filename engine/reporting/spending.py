"""What it cost: calls, tokens and money by recipe, stage and role, and per problem."""

from __future__ import annotations

from engine.reporting import economy
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.store import Store

MANY = 2_000_000
"""Problems of the published comparison of prices (GSDP-50)."""


def cost(store: Store) -> Section:
    """Return what each stage of each recipe took (CL-35, CL-39)."""
    name, title = "cost", "Calls, tokens and money"
    found = store.figures.spent()
    if found.empty:
        return missing(name, title, "run `lemma run gsdp`.")
    found["share"] = list(economy.cost_shares(found["cost"].to_dict()).values())
    rows: list[tuple[Cell, ...]] = [
        (*map(str, row[:4]), *map(int, row[4:7]), *map(float, row[7:])) for row in found.itertuples(index=False)
    ]
    by_role = found.groupby("role")[["tokens_in", "tokens_out"]].sum()
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
    finding = f"{calls:,} calls took {tokens:,} tokens and cost ${money:,.2f}."
    columns = ("recipe", "stage", "role", "model", "calls", "tokens in", "tokens out", "seconds", "dollars", "of all")
    return Section(name, title, finding, table(columns, rows), chart)


def expansion(store: Store) -> Section:
    """Return how many problems a seed gave, and what one and two million cost (GSDP-32, GSDP-33, GSDP-50)."""
    name, title = "expansion", "Problems per seed, cost per problem"
    found = store.figures.seeds_used()
    if found.empty:
        return missing(name, title, "run `lemma run gsdp`.")
    spent = store.figures.spent().groupby("recipe")[["calls", "tokens_in", "tokens_out", "cost"]].sum()
    rows = []
    for recipe, seeds, problems in found.itertuples(index=False):
        calls, sent, back, money = spent.loc[recipe] if recipe in spent.index else (0, 0, 0, 0.0)
        ratio = economy.expansion_ratio(int(problems), int(seeds))
        each = float(money) / problems
        priced = economy.api_cost(*economy.API_PRICES["GPT-4"], sent / problems, back / problems)
        many = economy.total(each, MANY)
        rows.append((str(recipe), int(seeds), int(problems), ratio, calls / problems, each, priced, many))
    known = [row for row in rows if row[3] is not None]
    chart = Bars(
        tuple(str(row[0]) for row in known),
        (Series("problems per seed", tuple(float(row[3] or 0.0) for row in known)),),
        unit="ratio",
    )
    total = int(found["problems"].sum())
    whole = economy.expansion_ratio(total, int(found["seeds"].max()))
    finding = f"{total:,} problems stand on {int(found['seeds'].max()):,} seeds"
    finding += f": {whole:.1f} per seed." if whole is not None else "."
    notes = ("At API prices the same tokens cost $10 and $30 per million, in and out. The last column is in dollars.",)
    columns = (
        "recipe", "seeds", "problems", "per seed", "calls each", "dollars each", "at API prices", "two million",
    )  # fmt: skip
    return Section(name, title, finding, table(columns, rows), chart, notes)
