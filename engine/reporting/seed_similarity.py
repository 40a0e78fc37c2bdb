"""How close generated problems stay to their seeds: each one's nearest seed, as a distribution (GSDP E.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
BINS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """Counts (B) between `edges` (B + 1), and the share of values up to the right edge of each bin, `cumulative` (B).

    The cumulative curve never falls and ends at 1 (at 0 where there are no values).
    """

    edges: Floats
    counts: npt.NDArray[np.int64]
    cumulative: Floats
    mean: float | None

    @property
    def items(self) -> int:
        """Number of values counted."""
        return int(self.counts.sum())

    @property
    def mode(self) -> tuple[float, float] | None:
        """Edges of the fullest bin, the lower one of equals; None without values."""
        if not self.items:
            return None
        at = int(self.counts.argmax())
        return float(self.edges[at]), float(self.edges[at + 1])


def distribution(cosines: npt.ArrayLike, bins: int = BINS) -> Distribution:
    """Return the histogram from 0 to 1 and its cumulative curve (GSDP-34).

    Cosines below 0 count in the first bin; those that rounding lifts above 1 count in the last.
    """
    given = np.asarray(cosines, np.float64).ravel()
    counts, edges = np.histogram(np.clip(given, 0.0, 1.0), bins=bins, range=(0.0, 1.0))
    summed = np.cumsum(counts) / len(given) if len(given) else np.zeros(bins)
    return Distribution(edges, counts.astype(np.int64), summed, float(given.mean()) if len(given) else None)
