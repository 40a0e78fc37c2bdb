"""Ratings corrected by their neighbours as a recipe's settings say: the one place where these meet the method (DS2)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.core.settings.agenticmath import ScoreCuration
from engine.curation.ds2.classes import limits_of
from engine.curation.ds2.curated import Curated, curate
from engine.curation.ratings import HIGHEST, uncurable


def corrected(
    vectors: npt.NDArray[np.float32], ratings: npt.NDArray[np.int64], chosen: ScoreCuration, seed: int
) -> tuple[Curated, str]:
    """Return the curated ratings (N classes 0..5), and why they cannot be acted on, '' where they can.

    Raises BadInput as `curate` does.
    """
    done = curate(
        vectors, ratings, HIGHEST + 1, seed=seed,
        epochs=chosen.epochs, k=chosen.neighbours, min_confidence=chosen.min_confidence, mode=chosen.mode,
        limits=limits_of(chosen),
    )  # fmt: skip
    # Votes of neighbours need no estimate of how raters err.
    told = 1.0 if chosen.mode == "mv" else done.reliable
    return done, uncurable(len(ratings), chosen.fewest, told)
