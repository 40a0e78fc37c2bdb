"""The band over a list of policies, nested or not, and the widest that holds a target."""

from __future__ import annotations

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.bands import JointBounds, counted_bounds, influence, weighted_bounds
from engine.curation.trust.intervals import Flags, Ints
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.weighted import hajek_precision


def path_band(
    holds: Flags, sizes: Ints, labels: LabelSet, error: float, seed: int = 0, settings: TrustSettings | None = None
) -> JointBounds:
    """Return bounds that hold at all policies of a path at once; nan where one has too few labels.

    Args:
        holds: which labels each policy keeps (n, M).
        sizes: rows that each keeps (M).
        labels: labels of the frame (n); undecided ones are left out.
        error: how often the lower bounds may miss anywhere.
        seed: of the draws.
        settings: fewest labels, draws.

    Between policies nothing is said: they need not be nested.
    """
    known = settings or TrustSettings()
    chosen = labels.countable & labels.decided
    mine, inside = labels.where(chosen), holds[chosen]
    count = inside[mine.random].sum(0)
    live = count >= known.tick_labels
    if not mine.simple:
        moments = [hajek_precision(mine.where(inside[:, at])) if live[at] else None for at in range(len(sizes))]
        live = np.array([one is not None and one.base >= known.tick_kish for one in moments], bool)
    if not live.any():
        none = np.full(len(sizes), np.nan)
        return JointBounds(none, none, "no policy has enough labels", 0.0)
    # Labels that more policies keep come first: the order along the path.
    order = np.argsort(-inside.sum(1), kind="stable")
    ordered, held = mine.where(order), inside[order][:, live]
    if mine.simple:
        found = counted_bounds(held, ordered.good, sizes[live], error, seed, known)
    else:
        moves = influence(ordered, held, None, np.zeros(int(live.sum()), bool))
        found = weighted_bounds(
            [one for one, on in zip(moments, live, strict=True) if one and on], moves, error, seed, known
        )
    lower, upper = np.full(len(sizes), np.nan), np.full(len(sizes), np.nan)
    lower[live], upper[live] = found.lower, found.upper
    return JointBounds(lower, upper, found.method, found.at)
