"""A combination of judges that was fitted without the label it helps to judge (Zrnic and Candes 2024)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.curation.trust.intervals import Floats, Ints

Fit = Callable[[Floats, Floats, Floats], Callable[[Floats], Floats]]
"""Takes columns (n, d), verdicts (n) and weights (n), returns what predicts from columns (k, d)."""


def cross_fit(columns: Floats, row: Ints, good: Floats, weight: Floats, part: NDArray[np.int64], fit: Fit) -> Floats:
    """Return a prediction for every row of the frame (N) from columns (N, d) and labels (n).

    A labelled row gets the word of the model that did not see its part, every other row the mean of all models. Parts,
    as by `folds_of`, whose rest has one verdict only predict that rest's mean.
    """
    names = np.unique(part)
    total = np.zeros(len(columns))
    held: dict[int, Floats] = {}
    for name in names:
        rest = part != name
        predict = _fitted(columns[row[rest]], good[rest], weight[rest], fit)
        every = predict(columns)
        total += every
        held[int(name)] = every[row[part == name]]
    made = total / max(len(names), 1)
    for name in names:
        made[row[part == name]] = held[int(name)]
    return made


def _fitted(columns: Floats, good: Floats, weight: Floats, fit: Fit) -> Callable[[Floats], Floats]:
    if len(good) and 0 < good.sum() < len(good):
        return fit(columns, good, weight)
    rate = float(good.mean()) if len(good) else 0.5
    return lambda asked: np.full(len(asked), rate)
