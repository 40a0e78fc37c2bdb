"""Which rows a page of the Tune view shows, in which order, and which of them lie inside a lasso."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from engine.core.errors import BadSetting
from engine.curation.marks import Bools
from engine.curation.policy import PolicyResult
from engine.curation.quantize import NOWHERE, coordinates
from engine.curation.table import Floats, ScoreTable

Order = Literal["borderline", "kept", "dropped", "review", "only this", "only saved", "disagrees"]
ORDERS: tuple[Order, ...] = get_args(Order)

_STRIDE, _SPARE = 64, 30
"""Every how manieth row is in the sample, and how many more of it than needed are taken."""


@dataclass(frozen=True, slots=True)
class TablePage:
    """One page of rows."""

    ids: tuple[str, ...]
    rows: tuple[int, ...]
    """Row numbers in the table."""
    total: int
    """How many rows the order and the filters leave."""


def listing(
    table: ScoreTable,
    chosen: PolicyResult,
    order: Order = "borderline",
    *,
    saved: PolicyResult | None = None,
    within: Bools | None = None,
    size: int = 200,
    offset: int = 0,
) -> TablePage:
    """Return a page of rows, those closest to a limit first.

    `borderline` takes all rows; `kept`, `dropped` and `review` those of `chosen`; `only this` and `only saved` the rows
    on which it differs from `saved`; `disagrees` rows that a person decided against the rules (give a selection made
    with override off). `within` (N,) limits the rows further, say to a lasso or a concept. Raises BadSetting for an
    unknown order, or where a comparison has no saved selection.
    """
    wanted = _wanted(table, chosen, order, saved)
    if within is not None:
        wanted = wanted & within
    distance = np.abs(chosen.margin)
    total = int(np.count_nonzero(wanted))
    end = min(offset + size, total)
    rows = _nearest(distance, wanted, total, end)
    page = rows[np.argsort(distance[rows], kind="stable")][offset:end]
    ids: list[str] = table.ids.take(pa.array(page)).to_pylist()
    return TablePage(tuple(ids), tuple(page.tolist()), total)


def _nearest(distance: Floats, wanted: Bools, total: int, end: int) -> NDArray[np.int64]:
    """Return, in table order, wanted rows among which are the `end` nearest and all that are as near as the last.

    A sample says how near that will be about; a full search is made only where the sample promised too much.
    """
    sample = distance[::_STRIDE][wanted[::_STRIDE]]
    place = 2 * end * len(sample) // max(total, 1) + _SPARE
    if place < len(sample):
        close = np.flatnonzero((distance <= np.partition(sample, place)[place]) & wanted)
        if len(close) >= end:
            return close
    rows = np.flatnonzero(wanted)
    if not 0 < end < len(rows):
        return rows
    found = distance[rows]
    near: NDArray[np.int64] = rows[found <= np.partition(found, end - 1)[end - 1]]
    return near


def _wanted(table: ScoreTable, chosen: PolicyResult, order: Order, saved: PolicyResult | None) -> Bools:
    plain: dict[str, Bools] = {
        "borderline": np.ones(len(table), np.bool_),
        "kept": chosen.kept,
        "dropped": ~chosen.kept & ~chosen.review,
        "review": chosen.review,
        "disagrees": ((table.label == 1) & ~chosen.kept) | ((table.label == 0) & chosen.kept),
    }
    if order in plain:
        return plain[order]
    if order not in ORDERS or saved is None:
        do = f"Orders: {', '.join(ORDERS)}; the two comparisons need a saved selection."
        raise BadSetting(f"{order!r} cannot be listed.", where="order", do=do)
    first, second = (chosen, saved) if order == "only this" else (saved, chosen)
    differing: Bools = first.kept & ~second.kept
    return differing


def of_concept(table: ScoreTable, concept: int) -> Bools:
    """Return which rows (N,) have the concept with this number."""
    found: Bools = table.concepts.codes == concept
    return found


def inside(table: ScoreTable, polygon: Sequence[tuple[float, float]]) -> Bools:
    """Return which rows (N,) lie inside a polygon given in the units of the payload, 0..65534.

    By the even-odd rule; rows without a position lie in no polygon. Fewer than three corners hold nothing.
    """
    x, y = (coordinates(axis)[0].astype(np.float64) for axis in (table.x, table.y))
    found = np.zeros(len(table), np.bool_)
    if len(polygon) < 3:
        return found
    corners = np.asarray(polygon, np.float64)
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= low) & (y <= high) & (x < NOWHERE) & (y < NOWHERE))
    found[near] = _odd(x[near], y[near], corners)
    return found


def _odd(x: NDArray[np.float64], y: NDArray[np.float64], corners: NDArray[np.float64]) -> Bools:
    """Count for each point the edges that a ray to the right crosses; odd is inside."""
    odd = np.zeros(len(x), np.bool_)
    for (x1, y1), (x2, y2) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if y1 != y2:
            odd ^= ((y1 > y) != (y2 > y)) & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    return odd
