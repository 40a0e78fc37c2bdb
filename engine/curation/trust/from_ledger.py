"""From the store to an estimate: the labels of a project as `estimate` asks for them, on rows in any order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import (
    BAD,
    CONVENIENCE,
    GOOD,
    IMPORTED,
    NO_DRAW,
    RANDOM,
    UNDECIDED,
    LabelSet,
)
from engine.curation.trust.ledger import LabelLedger, ledger
from engine.store import Store

FAMILIES = ("problems", "verdicts", "labels", "draws", "decisions")
"""What labels and their weights hang on."""
_VERDICTS = {"good": GOOD, "bad": BAD}


@dataclass(frozen=True, slots=True, eq=False)
class StoredLabels:
    """The labels of a project by the ids of their rows."""

    ids: pa.Array
    """Ids of the labelled rows (n,)."""
    labels: LabelSet
    """One label for each of them; `row` counts them, until `on` knows the frame."""
    reached: pa.Array | None
    """Ids of the rows that some draw could take; None where that is all of them."""

    def on(self, ids: pa.Array) -> tuple[LabelSet, Flags]:
        """Return the labels of these rows by their numbers 0 .. N-1, and which rows some draw could take (N,)."""
        at = pc.index_in(self.ids, value_set=ids)
        there = _flags(at.is_valid())
        place = at.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int64)
        labels = replace(self.labels, row=place).where(there)
        if self.reached is None:
            return labels, np.ones(len(ids), np.bool_)
        return labels, _flags(pc.is_in(ids, value_set=self.reached))


_HELD: WeakKeyDictionary[Store, tuple[int, StoredLabels]] = WeakKeyDictionary()


def labels_of(store: Store) -> StoredLabels:
    """Return the labels of a project as they stand; the same until something that they hang on changes."""
    now = store.revision_of(*FAMILIES)
    held = _HELD.get(store)
    if held is None or held[0] != now:
        held = _HELD[store] = (now, _read(store))
    return held[1]


def _read(store: Store) -> StoredLabels:
    if store.draws.all() or store.draws.missing():
        return _drawn(store, ledger(store))
    return _picked(store)


def _drawn(store: Store, held: LabelLedger) -> StoredLabels:
    """Return the labels of a project with draws, each with its chance and weight."""
    taken = held.random
    first = _first_of_each(held.ids)
    twice = len(held.ids) - int(first.sum())
    faults = (*held.faults, *((f"{twice} rows were drawn more than once",) if twice else ()))
    labels = LabelSet(
        row=np.arange(len(held.ids), dtype=np.int64),
        verdict=np.where(np.isnan(held.good), UNDECIDED, held.good).astype(np.int8),
        provenance=np.where(taken, RANDOM, np.where(held.imported, IMPORTED, CONVENIENCE)).astype(np.int8),
        draw=np.where(taken, held.draw, NO_DRAW).astype(np.int32),
        pi=held.chance,
        weight=held.weight,
        share=held.share,
        stale=held.lost,
        faults=faults,
    )
    return StoredLabels(held.ids.filter(pa.array(first)), labels.where(first), _reached(store, held))


def _reached(store: Store, held: LabelLedger) -> pa.Array | None:
    if not held.unreached:
        return None
    state = store.draws.state(held.frame)
    parts = pa.array(sorted(held.reached), state["part"].type)
    return state["row_id"].combine_chunks().filter(pc.is_in(state["part"].combine_chunks(), value_set=parts))


def _picked(store: Store) -> StoredLabels:
    """Return the labels of a project without draws: no chance, no weight, and no need to hash the text of every row."""
    said = store.labels.now().to_pylist()
    made = store.labels.texts(dict.fromkeys(one["row_id"] for one in said)) if said else {}
    standing = [one for one in said if one["row_id"] in made and made[one["row_id"]][0] == one["row_hash"]]
    here = [one["row_id"] for one in standing]
    stale = len(made.keys() - set(here))
    verdict = [_VERDICTS.get(one["verdict"], UNDECIDED) for one in standing]
    labels = LabelSet.convenience(np.arange(len(here)), verdict)
    imported = np.array([bool(one["imported"]) for one in standing], np.bool_)
    provenance = np.where(imported, IMPORTED, CONVENIENCE).astype(np.int8)
    nowhere = pa.array([], pa.string())
    return StoredLabels(pa.array(here, pa.string()), replace(labels, provenance=provenance, stale=stale), nowhere)


def _first_of_each(ids: pa.Array) -> Flags:
    """Return which entries name their row for the first time; a tampered ledger may name one twice."""
    _, at = np.unique(np.array(ids.to_pylist(), str), return_index=True)
    first = np.zeros(len(ids), np.bool_)
    first[at] = True
    return first


def _flags(column: Any) -> Flags:
    made: Flags = column.to_numpy(zero_copy_only=False).astype(np.bool_)
    return made
