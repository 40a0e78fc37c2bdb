"""The parts of graph-based data and their unions, as rows to be gathered (GSDP 3.7, figure 4; GSDP-37)."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from engine.core.errors import UserError
from engine.export.mixture import DatasetMixture
from engine.export.shape import FileShape
from engine.knowledge import unions
from engine.store import Store
from engine.store.export_cursor import Only


def of_graph(store: Store, only: Only, shape: FileShape) -> DatasetMixture:
    """Return the problems of the parts that `shape` names, in the order of their making, with the size of each part.

    One and One-Base share problems, so the parts of a union may add up to more than it holds. UserError for none.
    """
    table = store.exports.tagged(only)
    columns = (table[name].to_pylist() for name in ("id", "kind", "combination_id"))
    items = [unions.Tagged(*row) for row in zip(*columns, strict=True)]
    ids = unions.union(items, shape.components)
    if not ids:
        what = f"no {only} problem comes from {' or '.join(shape.components)}."
        more = " --set mixture.random_pairs=true" if unions.BY_LOT in shape.components else ""
        raise UserError(what, where="part", do=f"Write such problems first: lemma run gsdp{more}.")
    rows = pa.table({"id": pa.array(ids, pa.string()), "place": np.arange(len(ids))})
    return DatasetMixture(rows, {name: len(unions.component(items, name)) for name in shape.components})
