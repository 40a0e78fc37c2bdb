"""What came of what went in: funnels, components, classes, keep strategies."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from engine.curation import sorting, strategies
from engine.generation.methods.registry import reached
from engine.knowledge import unions
from engine.reporting.shapes import Bars, Cell, Flow, Section, Series, missing, table
from engine.store import Store

_CLASSES = "Classes of samples"
_STRATEGIES = "Keep strategies"


def funnel(store: Store) -> Section:
    """Return how many items of each run reached each stage (AM-06, GSDP-48)."""
    name, title = "funnel", "From written to kept"
    found = store.figures.outcomes()
    if found.empty:
        return missing(name, title, "run `lemma run gsdp`.")
    rows: list[tuple[Cell, ...]] = []
    totals: dict[str, tuple[int, int]] = {}
    for run_id, mine in found.groupby("run_id", sort=False):
        plan = store.runs.plan(str(run_id))
        stages = reached(dict(zip(mine["outcome"], mine["items"], strict=True)), plan.recipe.way if plan else "gsdp")
        first = next(iter(stages.values()), 0)
        rows += [
            (str(run_id), str(mine["recipe"].iloc[0]), stage, int(count), count / first if first else None)
            for stage, count in stages.items()
        ]
        recipe = str(mine["recipe"].iloc[0])
        written, kept = totals.get(recipe, (0, 0))
        totals[recipe] = (written + int(first), kept + int(stages.get("kept", 0)))
    chart = Bars(
        tuple(totals),
        (
            Series("written", tuple(float(written) for written, _ in totals.values())),
            Series("kept", tuple(float(kept) for _, kept in totals.values())),
        ),
    )
    written, kept = (sum(pair[place] for pair in totals.values()) for place in (0, 1))
    finding = f"{kept:,} of {written:,} written problems were kept by their own method."
    return Section(name, title, finding, table(("run", "recipe", "stage", "items", "share"), rows), chart)


def components(store: Store) -> Section:
    """Return the problems by kind of combination or agent, with the kept share of each (GSDP-48, GSDP-37)."""
    name, title = "components", "Problems by component"
    found = store.figures.problems()
    if found.empty:
        return missing(name, title, "run `lemma run gsdp`.")
    selected = bool(found["kept"].notna().any())
    found = found.assign(component=found["kind"].fillna(found["agent"]), kept=found["kept"].fillna(False).astype(bool))
    grouped = found.groupby(["recipe", "component"], sort=False)["kept"].agg(["size", "sum"]).reset_index()
    rows = [
        (str(recipe), str(part), int(size), int(kept) if selected else None, kept / size if selected else None)
        for recipe, part, size, kept in grouped.itertuples(index=False)
    ]
    by_part = found.groupby("component", sort=False)["kept"].agg(["size", "sum"]).sort_values("size", ascending=False)
    kept_counts = tuple(float(value) for value in by_part["sum"])
    dropped = tuple(float(size - kept) for size, kept in by_part.itertuples(index=False))
    series: tuple[Series, ...] = (Series("kept", kept_counts), Series("dropped", dropped))
    if not selected:
        series = (Series("written", tuple(float(value) for value in by_part["size"])),)
    finding = f"{len(found):,} problems in {len(by_part)} components."
    notes = () if selected else ("No selection yet: `lemma select` says which are kept.",)
    chart = Bars(tuple(str(part) for part in by_part.index), series, stacked=True)
    return Section(
        name, title, finding, table(("recipe", "component", "problems", "kept", "share"), rows), chart, notes
    )


def data_sets(store: Store) -> Section:
    """Return how large the graph-based data sets and their unions are (GSDP-37)."""
    name, title = "data_sets", "Graph-based data sets and their unions"
    found = store.figures.problems()
    items = [
        unions.Tagged(str(ident), None if pd.isna(kind) else str(kind), None if pd.isna(pair) else str(pair))
        for ident, kind, pair in found[["id", "kind", "combination_id"]].itertuples(index=False)
    ]
    if not any(item.kind for item in items):
        return missing(name, title, "run `lemma run gsdp`.")
    wanted = (
        *((one,) for one in unions.COMPONENTS),
        ("Two", "Three"),
        ("One", "Two", "Three"),
        tuple(unions.COMPONENTS),
    )
    rows = [(" + ".join(parts), len(unions.union(items, parts))) for parts in wanted]
    rows[-1] = ("all", rows[-1][1])
    chart = Bars(tuple(row[0] for row in rows), (Series("problems", tuple(float(row[1]) for row in rows)),))
    finding = f"{rows[-1][1]:,} problems rest on combinations of the graph."
    lot = len(unions.component(items, unions.BY_LOT))
    notes = (f"{lot:,} more come from random pairs, to compare with; they are in none of these sets.",) if lot else ()
    return Section(name, title, finding, table(("data set", "problems"), rows), chart, notes)


def classes(store: Store) -> Section:
    """Return the shares of the three classes and what their filters keep (CL-16, CL-39, CL-44)."""
    found = store.figures.said(["sorted", "method"])
    # A refined version repeats the class of the sample that it came from; only samples are counted.
    revised = set(store.figures.revised())
    sorted_by = found[(found["name"] == "sorted") & ~found["subject_id"].isin(revised)]
    if sorted_by.empty:
        return missing("classes", _CLASSES, "run `lemma run continual`.")
    counts = Counter(sorted_by["reason"])
    shares = sorting.shares(sorted_by["reason"])
    kept = _kept(found, sorted_by, revised)
    total = len(sorted_by)
    rows = [
        (group, counts[group], shares[group], kept[group], kept[group] / counts[group] if counts[group] else None)
        for group in sorting.GROUPS
    ]
    names = ("samples", *sorting.GROUPS, "data", "pairs", "left out")
    links = [(0, 1 + place, counts[group]) for place, group in enumerate(sorting.GROUPS)]
    links += [(1, 4, kept["fine-tuning"]), (2, 5, kept["preference"])]
    links += [(1, 6, counts["fine-tuning"] - kept["fine-tuning"]), (2, 6, counts["preference"] - kept["preference"])]
    links += [(3, 6, counts["discarded"])]
    tuned, paired = shares["fine-tuning"], shares["preference"]
    finding = f"Of {total:,} samples {tuned:.1%} are fine-tuning data and {paired:.1%} become pairs."
    chart = Flow(names, tuple(link for link in links if link[2] > 0))
    columns = ("class", "samples", "share", "kept by filters", "share kept")
    return Section("classes", _CLASSES, finding, table(columns, rows), chart)


def _kept(found: pd.DataFrame, samples: pd.DataFrame, revised: set[str]) -> dict[str, int]:
    """Count samples that pass the filters behind sorting; a pair is kept where its better version is."""
    passed = set(found[(found["name"] == "method") & (found["value"] == 1.0)]["subject_id"])
    tuned = samples[samples["reason"] == "fine-tuning"]["subject_id"]
    pairs = found[(found["name"] == "sorted") & found["subject_id"].isin(revised)]["subject_id"]
    return {
        "fine-tuning": sum(ident in passed for ident in tuned),
        "preference": sum(ident in passed for ident in pairs),
        "discarded": 0,
    }


def coverage(store: Store) -> Section:
    """Return the share of problems that each keep strategy keeps; one that loses too many alarms (FL-27, FL-28)."""
    names = {f"keep_{name}": name for name in strategies.STRATEGIES}
    found = store.figures.said(names)
    if found.empty:
        return missing("strategies", _STRATEGIES, "run `lemma run flames`.")
    alarm = store.runs.alarm_share()
    grouped = found.groupby(["recipe", "name"])["value"].agg(["size", "sum"])
    rows: list[tuple[Cell, ...]] = []
    losers: list[str] = []
    for (recipe, verdict), (size, kept) in zip(grouped.index, grouped.itertuples(index=False), strict=True):
        lost = strategies.alarms(int(size), int(kept), alarm)
        losers += [f"{names[verdict]} ({recipe})"] if lost else []
        rows.append((recipe, names[verdict], int(size), int(kept), kept / size, "alarm" if lost else ""))
    order = {name: place for place, name in enumerate(strategies.STRATEGIES)}
    rows.sort(key=lambda row: (str(row[0]), order[str(row[1])]))
    whole = found.groupby("name")["value"].mean()
    known = [verdict for verdict in names if verdict in whole.index]
    chart = Bars(
        tuple(names[verdict].replace("_", " ") for verdict in known),
        (Series("share kept", tuple(float(whole[verdict]) for verdict in known)),),
        unit="share",
    )
    finding = f"{len(losers)} of {len(rows)} strategies remove more than {alarm:.0%} of their problems."
    notes = (f"Alarm at {alarm:.0%}: {', '.join(losers)}.",) if losers else ()
    columns = ("recipe", "strategy", "problems", "kept", "share", "alarm")
    return Section("strategies", _STRATEGIES, finding, table(columns, rows), chart, notes)
