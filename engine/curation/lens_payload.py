"""The Tune view's data as one block of bytes, sent to the browser once per set and map.

    offset  size   what
    0       4      length L of the head, little-endian uint32
    4       L      the head: JSON (UTF-8), padded with spaces so that 4 + L is a multiple of 8
    4 + L   2 n    uint16 x        0..65534 over [x_low, x_high]; 65535 = no position
            2 n    uint16 y        likewise
            2 n    uint16 concept  index into `concepts`; 65535 = none
            n      uint8  area     index into `areas`; 255 = none
            n      int8   label    1 good, 0 bad, -1 nobody decided
            n      uint8  per score, in the order of `scores`: its position (`engine.curation.quantize`); 255 = missing

All numbers are little-endian; the arrays follow each other without gaps, and the 16-bit ones come first, so every
array is aligned. The head holds n, scores (key, label, about, low, high, op, step, limit, if_missing, use, source),
concepts, areas, x_low, x_high, y_low, y_high and arrays (name, type, offset from the start of the block).

A position is 2k on grid point low + k * step and 2k + 1 between k and k + 1. A limit that lies on grid point k is
compared exactly: a row passes "at least" where its byte >= 2k and "at most" where its byte <= 2k. Snap limits to the
grid.

Row numbers are those of the table. Limits of the policy are in the head as a start only; moved limits travel apart,
because a changed block would be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from engine.core.records import Policy, Rule
from engine.curation.quantize import coordinates, positions
from engine.curation.scores import SCORES, ScoreSpec
from engine.curation.table import NO_NAME, Names, ScoreTable

MOST_SCORES = 8
NO_AREA = 255
EDITED = 2
"""Label of rows that stay because a person edited them: kept by hand, and no success of the rules."""


def payload(table: ScoreTable | pa.Table, policy: Policy, areas: Mapping[str, str] | None = None) -> bytes:
    """Return the block for `table`: 8 bytes a row and one more per score.

    The scores are those of the policy's rules, in their order and at most eight, then the rest of the registry up to
    eight. `areas` maps concept names to area names; at most 255 areas are told apart.
    """
    rows = ScoreTable.of(table)
    rules = _rules(policy)
    names, codes = _areas(rows.concepts, areas or {})
    x, x_low, x_high = coordinates(rows.x)
    y, y_low, y_high = coordinates(rows.y)
    arrays: dict[str, np.ndarray[Any, Any]] = {
        "x": x.astype("<u2"),
        "y": y.astype("<u2"),
        "concept": rows.concepts.codes.astype("<u2"),
        "area": codes,
        "label": np.where((rows.human == 1) & (rows.label == 0), np.int8(EDITED), rows.human),
        **{key: positions(key, rows.scores[key]) for key in rules},
    }
    head = {
        "n": len(rows),
        "scores": [_described(SCORES[key], rule) for key, rule in rules.items()],
        "concepts": rows.concepts.names,
        "areas": names,
        "x_low": x_low,
        "x_high": x_high,
        "y_low": y_low,
        "y_high": y_high,
    }
    return _packed(head, arrays)


def _rules(policy: Policy) -> dict[str, Rule | None]:
    chosen: dict[str, Rule | None] = {}
    for rule in policy.rules:
        chosen.setdefault(rule.score, rule)
    for key in SCORES:
        chosen.setdefault(key, None)
    return dict(list(chosen.items())[:MOST_SCORES])


def _described(spec: ScoreSpec, rule: Rule | None) -> dict[str, Any]:
    return {
        "key": spec.key,
        "label": spec.label,
        "about": spec.about,
        "low": spec.low,
        "high": spec.high,
        "step": spec.step,
        "source": spec.source,
        "op": rule.op if rule else spec.op,
        "limit": rule.limit if rule else spec.limit,
        "if_missing": rule.if_missing if rule else spec.if_missing,
        "use": rule.use if rule else False,
    }


def _areas(concepts: Names, areas: Mapping[str, str]) -> tuple[tuple[str, ...], np.ndarray[Any, Any]]:
    named = [areas.get(concept) for concept in concepts.names]
    names = tuple(sorted({name for name in named if name}))[:NO_AREA]
    index = {name: number for number, name in enumerate(names)}
    table = np.full(NO_NAME + 1, NO_AREA, np.uint8)
    table[: len(named)] = [index.get(name or "", NO_AREA) for name in named]
    return names, table[concepts.codes]


def _packed(head: dict[str, Any], arrays: dict[str, np.ndarray[Any, Any]]) -> bytes:
    """Put head and arrays together; offsets are part of the head, so its length is found first with wide numbers."""
    room = -(-(4 + len(_json(head, arrays, 10**10))) // 8) * 8
    text = _json(head, arrays, room).ljust(room - 4)
    return b"".join([len(text).to_bytes(4, "little"), text, *(array.tobytes() for array in arrays.values())])


def _json(head: dict[str, Any], arrays: dict[str, np.ndarray[Any, Any]], start: int) -> bytes:
    listed, offset = [], start
    for name, array in arrays.items():
        listed.append({"name": name, "type": array.dtype.name, "offset": offset})
        offset += array.nbytes
    return orjson.dumps({**head, "arrays": listed})
