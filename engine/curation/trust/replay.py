"""Draws every draw of a ledger once more, from its salt, recipe and frame, and says where it comes out otherwise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa

from engine.core.records import LabelDraw
from engine.curation.trust.drawing import designed, drawn_rows, mixture_of
from engine.curation.trust.draws import sample
from engine.curation.trust.permanent_numbers import numbers
from engine.store import Store

_NEAR = 1e-12


@dataclass(frozen=True, slots=True)
class ReplayedDraw:
    """What came of drawing a draw again."""

    draw_id: str
    fault: str = ""
    """Why its labels cannot be used for an interval; '' for none."""
    doubt: str = ""
    """What could not be told: the scores that a mixture went by have changed since."""


def replay(store: Store) -> list[ReplayedDraw]:
    """Return every draw, oldest first, and then those that are named somewhere and have no record."""
    made = [_again(store, draw) for draw in store.draws.all()]
    gone = [ReplayedDraw(ident, "there is no record of this draw") for ident in store.draws.missing()]
    return made + gone


def faults(store: Store) -> tuple[str, ...]:
    """Return why no interval may rest on this ledger, in sentences; none where every draw can be drawn again."""
    return tuple(f"{one.draw_id}: {one.fault}" for one in replay(store) if one.fault)


def _again(store: Store, draw: LabelDraw) -> ReplayedDraw:
    mark = store.draws.mark_of(draw)
    if mark is None:
        return ReplayedDraw(draw.id, "its frame is gone")
    if not store.draws.intact(mark.frame):
        return ReplayedDraw(draw.id, "its frame was changed")
    if draw.derived() != draw.id:
        return ReplayedDraw(draw.id, "its record does not fit its id")
    mixture, kept = mixture_of(draw), store.draws.rows(draw.id)
    policy = None if mixture.uniform else store.policies.get(draw.policy_id)
    if not mixture.uniform and policy is None:
        return ReplayedDraw(draw.id, "its policy is gone")
    made = designed(store, mark, policy, draw.size, mixture)
    if made.rows.num_rows != orjson.loads(draw.constants)["eligible"]:
        return ReplayedDraw(draw.id, "another number of rows was eligible")
    if not mixture.uniform and made.digest != orjson.loads(draw.constants)["chances"]:
        return _by_floor(draw, made.rows, kept)
    found = sample(draw.salt, made.rows["row_id"].combine_chunks(), made.design.chances, mixture.second_readers)
    same = _same(kept, drawn_rows(made.rows, found))
    return ReplayedDraw(draw.id, "" if same else "drawing it again gives other rows or chances")


def _same(kept: pa.Table, again: pa.Table) -> bool:
    columns = ("row_id", "row_hash", "place", "second")
    if any(kept[name].to_pylist() != again[name].to_pylist() for name in columns):
        return False
    return bool(np.allclose(kept["pi"].to_numpy(), again["pi"].to_numpy(), rtol=0, atol=_NEAR))


def _by_floor(draw: LabelDraw, rows: pa.Table, kept: pa.Table) -> ReplayedDraw:
    """Check what holds whatever the scores were: numbers below their chances, and all below the floor drawn."""
    ids = rows["row_id"].combine_chunks()
    lots = dict(zip(ids.to_pylist(), numbers(draw.salt, ids).tolist(), strict=True))
    chances = dict(zip(kept["row_id"].to_pylist(), kept["pi"].to_pylist(), strict=True))
    floor = min(1.0, draw.size * mixture_of(draw).control / len(ids)) if len(ids) else 0.0
    if not chances.keys() <= lots.keys():
        return ReplayedDraw(draw.id, "a row was drawn that was not eligible")
    if any(lots[row] >= chance or chance < floor - _NEAR for row, chance in chances.items()):
        return ReplayedDraw(draw.id, "a row was drawn against its number")
    if any(lot < floor - _NEAR and row not in chances for row, lot in lots.items()):
        return ReplayedDraw(draw.id, "a row was left out against its number")
    return ReplayedDraw(draw.id, doubt="the scores it went by have changed; only its uniform part was drawn again")
