"""What the model's part of the dual filter adds to merging by embeddings alone (GSDP-11)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from engine.core.errors import UserError
from engine.core.project import Project
from engine.core.settings import DualFilter
from engine.generation.inputs import embedder_of
from engine.generation.methods.registry import reached
from engine.knowledge import synonym_classes as dual_filter
from engine.knowledge.incidence import FilterQuality, compare_filters
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.runs.plan import Plan
from engine.store import Store

MOST = 2_000
"""Seeds whose points are compared."""
_NAME, _TITLE = "filters", "Embeddings alone against the dual filter"
_STANDARD = (
    "The points of a seed are clean where all of them stand in the graph of today and no two of them are one point "
    "there. That different points were taken for one is not counted."
)

Into = Mapping[str, str | None]
"""Ids of points and the ids that stand for them; None for points that were dropped."""


def filters(store: Store, project: Project) -> Section:
    """Return the share of seeds whose points meet the standard under either filter, and of problems that do."""
    plan = _filtering(store)
    given = store.figures.extracted()
    if plan is None or given.empty:
        return missing(_NAME, _TITLE, "run `lemma knowledge build`.")
    seeds = given["seed_id"].drop_duplicates()
    if len(seeds) > MOST:
        given = given[given["seed_id"].isin(seeds.sample(MOST, random_state=plan.recipe.seed))]
    try:
        alone = _by_embedding(given, plan, project.runs / plan.id)
    except UserError as error:
        return missing(_NAME, _TITLE, f"the points cannot be embedded: {error}")
    acts = store.figures.point_acts()
    both = _by_acts(acts[acts["filtered"]])
    today = _today(store)
    pairs = list(given[["seed_id", "point_id"]].itertuples(index=False, name=None))
    quality = compare_filters(pairs, alone, both, lambda points: _meets(points, today))
    people = int((~acts["filtered"]).sum())
    dual, own = is_dual(plan.recipe.settings.filter), _problems(store)
    rows = _rows(quality, _left(given, alone), _left(given, both), people, dual, own)
    return Section(
        _NAME,
        _TITLE,
        _told(quality, people, own),
        table(
            ("filter", "seeds", "points left", "seeds with clean points", "problems written", "kept by judges"), rows
        ),
        _chart(rows),
        _notes(people, len(seeds)),
    )


def _filtering(store: Store) -> Plan | None:
    """Return the plan of the last run that filtered points."""
    last = next((run for run in store.runs.list(dry=False) if run.kind == "knowledge" and run.done), None)
    return store.runs.plan(last.id) if last else None


def _by_embedding(given: pd.DataFrame, plan: Plan, directory: Path) -> Into:
    """Merge by spelling and cosine alone: nothing is asked, nothing is dropped."""
    points = given[["point_id", "name"]].drop_duplicates().sort_values("name")
    ids, names = points["point_id"].tolist(), points["name"].tolist()
    at = plan.recipe.settings.filter.merge_at
    found = dual_filter.bands(names, embedder_of(plan, directory, names).embed(names), at, at)
    groups = dual_filter.classes(len(names), found.same, names=names)
    return {ids[row]: ids[group.rows[0]] for group in groups for row in group.rows}


def _by_acts(acts: pd.DataFrame) -> Into:
    """Replay what filters said, oldest first; a circle of merges ends at the point where it closes."""
    dropped = set(acts.loc[acts["act"] == "drop", "point_id"])
    merged = acts[acts["act"] == "merge"]
    into = dict(zip(merged["point_id"], merged["target_id"], strict=True))
    ends: dict[str, str | None] = {}
    for point in dropped | into.keys():
        seen, here = {point}, point
        while here not in dropped and here in into and into[here] not in seen:
            here = into[here]
            seen.add(here)
        ends[point] = None if here in dropped else here
    return ends


def _today(store: Store) -> Into:
    """Return what stands for each point today, after filters and people; None where it is out of use."""
    found = store.points.all()
    return {
        str(ident): str(into) if live else None
        for ident, into, live in found[["id", "into_id", "live"]].itertuples(index=False)
    }


def _meets(points: tuple[str, ...], today: Into) -> bool:
    ends = [today.get(point) for point in points]
    return None not in ends and len(set(ends)) == len(ends)


def _left(given: pd.DataFrame, now: Into) -> int:
    ends = {now.get(point, point) for point in given["point_id"].unique()}
    return len(ends - {None})


def is_dual(chosen: DualFilter) -> bool:
    """Whether a model has a say: it drops bad points, or is asked about pairs between the two limits."""
    return chosen.drop_bad or chosen.ask_from < chosen.merge_at


def _problems(store: Store) -> tuple[int, float | None]:
    """Return how many problems were written from combinations of the graph, and the share that their judges keep."""
    written = kept = 0
    for run_id, mine in store.figures.outcomes().groupby("run_id", sort=False):
        plan = store.runs.plan(str(run_id))
        if plan is not None and plan.recipe.way == "gsdp":
            stages = reached(dict(zip(mine["outcome"], mine["items"], strict=True)), plan.recipe.way)
            written += int(next(iter(stages.values()), 0))
            kept += int(stages.get("kept", 0))
    return written, kept / written if written else None


def _rows(
    quality: FilterQuality, alone: int, both: int, people: int, dual: bool, own: tuple[int, float | None]
) -> list[tuple[Cell, ...]]:
    """Return a row per filter; the dual one has no share until people have looked: it would be measured by itself."""
    none = (0, None)
    return [
        ("embeddings alone", quality.problems, alone, quality.embedding_only, *(none if dual else own)),
        ("dual", quality.problems, both, quality.dual if people else None, *(own if dual else none)),
    ]


def _chart(rows: list[tuple[Cell, ...]]) -> Bars | None:
    """Return the two shares; None where there is but one of them."""
    known = [(str(row[0]), float(row[3])) for row in rows if isinstance(row[3], float)]
    if len(known) < len(rows):
        return None
    return Bars(
        tuple(name for name, _ in known),
        (Series("seeds with clean points", tuple(share for _, share in known)),),
        unit="share",
    )


def _told(quality: FilterQuality, people: int, own: tuple[int, float | None]) -> str:
    clean = f"{quality.embedding_only:.0%} of {quality.problems:,} seeds would have clean points"
    said = f"Filtered by embeddings alone, {clean}"
    said += f"; by the dual filter {quality.dual:.0%} have." if people else "."
    written, kept = own
    return said if kept is None else f"{said} Judges keep {kept:.0%} of {written:,} problems written from the graph."


def _notes(people: int, seeds: int) -> tuple[str, ...]:
    if people:
        checked = f"People acted {people:,} times; what they left alone counts as the filter left it."
    else:
        checked = "Nobody has corrected the graph yet, so the model is taken at its word and has no share of its own."
    notes = [
        f"{_STANDARD} {checked}",
        "The paper measures the problems written from the points: what judges keep is the figure to hold against it. "
        "For the other filter, write problems in a project of its own.",
    ]
    if seeds > MOST:
        notes.append(f"A sample of {MOST:,} of {seeds:,} seeds.")
    return tuple(notes)
