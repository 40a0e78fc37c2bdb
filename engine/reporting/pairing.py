"""What the graph adds: the pairs that problems were written from beside as many pairs drawn by lot (GSDP-43)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csgraph

from engine.core.records import KINDS
from engine.core.records import RANDOM as BY_LOT
from engine.core.settings import Recipe
from engine.knowledge import random_pairs
from engine.knowledge.graph import KnowledgeGraph
from engine.reporting.shapes import Bars, Cell, ReportTable, Section, Series, missing, table
from engine.similarity import Embedder
from engine.store import Store

MOST = 4_000
"""Pairs that are looked at on each side."""
REACHES = ("distance 1", "distance 2", "distance 3", "further", "not joined")
RANDOM = "random pairs"
_NAME, _TITLE = "random_pairs", "Pairs of the graph against random pairs"
_BLOCK = 256


@dataclass(frozen=True, slots=True)
class PairSet:
    """Some pairs of points: shares by distance in the order of `REACHES`, mean cosine of the two names."""

    name: str
    pairs: int
    shares: tuple[float, ...]
    cosine: float
    drawable: float
    """Share that the rules of the graph could have drawn: distance 1, 2, or 3 with one core point."""
    nearness: float | None
    """Mean largest cosine to a seed of the problems written from them; None where none was measured."""
    written: bool = False
    """Whether problems were written from them."""


def random_baseline(store: Store, recipe: Recipe, model: Embedder) -> Section:
    """Return distances, kinds and relatedness of used pairs, and of as many random pairs of the same points."""
    graph = _graph(store, recipe)
    said = store.figures.pairs()
    lots, found = said[said["kind"] == BY_LOT], said[said["kind"] != BY_LOT]
    there = found[found["first"].isin(graph.names) & found["second"].isin(graph.names)]
    if there.empty:
        return missing(_NAME, _TITLE, "run `lemma run gsdp`.")
    used = there.sample(MOST, random_state=recipe.seed) if len(there) > MOST else there
    drawn = _by_lot(lots, graph, len(used), recipe.seed)
    kinds = [kind for kind in KINDS if (used["kind"] == kind).any()]
    sets = [_measured(kind, used[used["kind"] == kind], graph, model) for kind in kinds]
    ours, lot = _measured("all of the graph", used, graph, model), _measured(RANDOM, drawn, graph, model)
    chart = Bars(REACHES, (Series("graph", ours.shares), Series("random", lot.shares)), unit="share")
    return Section(
        _NAME, _TITLE, _told(lot, ours), _table([*sets, ours, lot]), chart, _notes(found, there, lot, model.name)
    )


def _by_lot(lots: pd.DataFrame, graph: KnowledgeGraph, count: int, seed: int) -> pd.DataFrame:
    """Return the random pairs that problems were written from; where there are none, as many as `count` drawn now."""
    written = lots[lots["first"].isin(graph.names) & lots["second"].isin(graph.names)]
    if len(written):
        return written.sample(MOST, random_state=seed) if len(written) > MOST else written
    most = min(count, len(graph) * (len(graph) - 1) // 2)
    return pd.DataFrame(random_pairs.draw(graph.names, most, seed), columns=["first", "second"])


def _graph(store: Store, recipe: Recipe) -> KnowledgeGraph:
    pairs, shape = store.points.incidence(), recipe.settings.graph
    rows = zip(pairs["seed_id"].to_pylist(), pairs["point"].to_pylist(), strict=True)
    return KnowledgeGraph.from_incidence(rows, core_points=shape.core_points, core_percentile=shape.core_percentile)


def _measured(name: str, pairs: pd.DataFrame, graph: KnowledgeGraph, model: Embedder) -> PairSet:
    left, right = (np.array([graph.row(point) for point in pairs[side]]) for side in ("first", "second"))
    far = distances(graph, left, right)
    core = np.isin(left, graph.core_rows) ^ np.isin(right, graph.core_rows)
    reach = np.where(np.isinf(far), len(REACHES) - 1, np.minimum(far, 4) - 1).astype(np.int64)
    shares = np.bincount(reach, minlength=len(REACHES)) / len(pairs)
    one, other = (model.embed([graph.names[row] for row in rows.tolist()]) for rows in (left, right))
    nearness = pairs["nearness"].mean() if "nearness" in pairs else np.nan
    return PairSet(
        name,
        len(pairs),
        tuple(shares.tolist()),
        float((one * other).sum(axis=1).mean()),
        float(((far <= 2) | ((far == 3) & core)).mean()),
        None if pd.isna(nearness) else float(nearness),
        "nearness" in pairs,
    )


def distances(
    graph: KnowledgeGraph, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return D of each pair of rows in hops, infinite where no path joins them (GSDP-13)."""
    starts, place = np.unique(left, return_inverse=True)
    far = np.empty(len(left))
    for first in range(0, len(starts), _BLOCK):
        block = csgraph.dijkstra(graph.weights, directed=False, indices=starts[first : first + _BLOCK], unweighted=True)
        mine = (place >= first) & (place < first + _BLOCK)
        far[mine] = block[place[mine] - first, right[mine]]
    return far


def _told(lot: PairSet, ours: PairSet) -> str:
    return (
        f"Of {lot.pairs:,} random pairs {lot.shares[0]:.0%} meet in a seed and {lot.drawable:.0%} could have come from "
        f"the graph; of its own pairs {ours.shares[0]:.0%} meet in a seed."
    )


def _table(sets: list[PairSet]) -> ReportTable:
    columns = ("pairs of", "pairs", *REACHES, "within the rules", "cosine of names", "nearness of problems to seeds")
    rows: list[tuple[Cell, ...]] = [
        (one.name, one.pairs, *one.shares, one.drawable, one.cosine, one.nearness) for one in sets
    ]
    return table(columns, rows)


def _notes(found: pd.DataFrame, there: pd.DataFrame, lot: PairSet, model: str) -> tuple[str, ...]:
    if lot.written:
        of = "as many as" if lot.pairs == len(there) else f"{lot.pairs:,} beside"
        first = f"Random pairs are those that problems were written from, {of} {len(there):,} pairs of the graph."
    else:
        first = (
            "Random pairs are as many, from the same points, and different. No problem is written from them, so how "
            "near such problems would stay to seeds is not known: `lemma run gsdp --set mixture.random_pairs=true`."
        )
    notes = [f"{first} Names are embedded with {model}."]
    gone = len(found) - len(there)
    if gone:
        notes.append(f"{gone:,} pairs hold a point that is not in the graph under that name today; they are left out.")
    if len(there) > MOST:
        notes.append(f"A sample of {MOST:,} of {len(there):,} pairs.")
    return tuple(notes)
