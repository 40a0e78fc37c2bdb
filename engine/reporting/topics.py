"""What the problems are about: how evenly they cover the topics of the taxonomy (FL-12)."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

import pandas as pd

from engine.knowledge.coverage import BETWEEN, Coverage, coverage
from engine.knowledge.taxonomy import Taxonomy
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.store import Store

ELSEWHERE = "not in the tree"
MANY = 10
"""Problems from which a topic counts as well covered."""
DEPTHS = (f"{MANY} and more", f"1 to {MANY - 1}", "no problem")
_NAME, _TITLE = "topics", "Coverage by topic"


def topics(store: Store) -> Section:
    """Return how many problems each topic has: those written for it, and those whose concepts lie in it (FL-12)."""
    found = store.figures.topics()
    if found.empty:
        return missing(_NAME, _TITLE, "run `lemma run flames`.")
    tree = Taxonomy.load()
    asked = [str(path) for path in found["topic"].dropna()]
    touched = [_paths(tree, *row) for row in zip(found["topic"], found["points"], strict=True)]
    written = coverage(asked, tree)
    all_of_them = coverage((path for paths in touched for path in paths), tree)
    placed = sum(bool(paths) for paths in touched)
    return Section(
        _NAME,
        _TITLE,
        _told(all_of_them, placed, len(found)),
        table(
            ("area", "topic", "stage", "problems", "share", "written for it"), _rows(all_of_them, written, len(found))
        ),
        _chart(all_of_them),
        tuple(_notes(found, written, tree)),
    )


def _paths(tree: Taxonomy, topic: object, points: Iterable[str]) -> set[str]:
    """Return the topics of a problem: the one that it was written for, and those of its concepts in the tree."""
    known = {BETWEEN.join(tree.path_of(point)[:2]) for point in points if point in tree}
    return known | {topic} if isinstance(topic, str) else known


def _told(found: Coverage, placed: int, problems: int) -> str:
    covered = len(found.rows) - len(found.missing)
    middle = median(row.problems for row in found.rows)
    return (
        f"{covered} of {len(found.rows)} topics have a problem, half of them {middle:,.0f} or more; "
        f"{placed:,} of {problems:,} problems have a place in the tree."
    )


def _rows(found: Coverage, written: Coverage, problems: int) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for row, asked in zip(found.rows, written.rows, strict=True):
        area, topic = row.path.split(BETWEEN, 1)
        rows.append((area, topic, row.stage, row.problems, row.problems / problems, asked.problems))
    strange = {row.path: row.problems for row in written.elsewhere}
    rows += [
        (ELSEWHERE, row.path, None, row.problems, row.problems / problems, strange.get(row.path, 0))
        for row in found.elsewhere
    ]
    return rows


def _chart(found: Coverage) -> Bars:
    """Return the topics of each area by how many problems they have."""
    areas: dict[str, list[int]] = {}
    for row in found.rows:
        areas.setdefault(row.path.split(BETWEEN, 1)[0], []).append(row.problems)
    levels = {
        DEPTHS[0]: [sum(n >= MANY for n in counts) for counts in areas.values()],
        DEPTHS[1]: [sum(0 < n < MANY for n in counts) for counts in areas.values()],
        DEPTHS[2]: [sum(n == 0 for n in counts) for counts in areas.values()],
    }
    return Bars(
        tuple(areas), tuple(Series(name, tuple(map(float, said))) for name, said in levels.items()), stacked=True
    )


def _notes(found: pd.DataFrame, written: Coverage, tree: Taxonomy) -> list[str]:
    notes = [
        "A problem counts for the topic that it was written for and for those that hold its concepts, "
        "so shares add up to more than one."
    ]
    if not found["topic"].notna().any():
        notes.append("No problem was written for a topic; `lemma run flames` does so with a fifth of its problems.")
    older = int((found["taxonomy"].notna() & (found["taxonomy"] != tree.version)).sum())
    if older:
        notes.append(f"{older:,} problems were written for another version of the tree; topics are matched by name.")
    if written.elsewhere:
        notes.append(f"{sum(row.problems for row in written.elsewhere):,} were written for topics that it lacks.")
    return notes
