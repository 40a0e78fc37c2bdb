"""The one function that a number about a kept set comes from: pages, commands, cards and manifests show it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.asked import Asked, JudgedFrame
from engine.curation.trust.estimated import Estimated, Quantity
from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.precision import precision
from engine.curation.trust.recall import both_sides, recall

EXACT = "exact count"


def estimate(
    quantity: Quantity,
    kept: Flags,
    labels: LabelSet,
    *,
    judged: JudgedFrame | None = None,
    strata: NDArray[np.integer] | None = None,
    reachable: Flags | None = None,
    settings: TrustSettings | None = None,
    seed: int = 0,
) -> Estimated:
    """Estimate a quantity of a kept set from labels of some rows, or say why that cannot be done.

    Retention is a count and has no interval. Everything else is design-based: only which rows were labelled is random.

    Args:
        quantity: precision, recall, good kept (rows), f1, accuracy or retention.
        kept: which rows of the frame the policy keeps (N).
        labels: what was labelled and how it was drawn, one label a row.
        judged: what judges say of every row; may make an interval narrower.
        strata: stratum of every row, 0 .. H-1 in the order of the score, fixed before the draw (N).
        reachable: rows that some draw could have taken (N); all where it is not given.
        settings: limits of what is shown.
        seed: of the bootstrap of F1 and accuracy.

    Raises ValueError for arrays that do not fit each other; degenerate input is answered with a reason.
    """
    _fit(kept, labels, judged, strata, reachable)
    asked = Asked(quantity, kept, labels, judged, strata, reachable, settings or TrustSettings(), seed)
    if quantity == "retention":
        share = asked.size / asked.frame if asked.frame else 0.0
        return asked.told(EXACT, None, (share, None, None))
    if quantity == "recall":
        return recall(asked)
    if quantity in ("f1", "accuracy"):
        return both_sides(asked)
    found = precision(asked)
    return _times(found, asked.size) if quantity == "good kept" else found


def _times(found: Estimated, rows: int) -> Estimated:
    """Return rows instead of a share: K times value and ends."""
    if found.value is None or found.low is None or found.high is None:
        return found
    steps = tuple(replace(one, half_width=one.half_width * rows) for one in found.narrower)
    return replace(found, value=found.value * rows, low=found.low * rows, high=found.high * rows, narrower=steps)


def _fit(
    kept: Flags,
    labels: LabelSet,
    judged: JudgedFrame | None,
    strata: NDArray[np.integer] | None,
    reachable: Flags | None,
) -> None:
    rows = len(kept)
    columns = [] if judged is None else [len(one) for one in (judged.f, *judged.columns.values())]
    columns += [len(one) for one in (strata, reachable) if one is not None]
    if any(length != rows for length in columns):
        raise ValueError(f"every column needs one entry for each of the {rows} rows")
    if len(labels) and (labels.row.min() < 0 or labels.row.max() >= rows):
        raise ValueError(f"a label is of no row of the {rows}")
    if len(np.unique(labels.row)) != len(labels):
        raise ValueError("a row has two labels")
