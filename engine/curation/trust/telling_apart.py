"""What to label so that two policies are told apart: of which rows, and how many rows of the whole frame to draw.

A draw goes by the whole frame, so that its labels count for every policy and not for these two alone; rows in which the
policies differ fall into it by their share. The number is that with which the half-width of the interval is the present
difference: a forecast by what is known now, which is right about as often as not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.comparing import CELLS, PolicyDifference, to_label
from engine.curation.trust.intervals import normal_quantile


@dataclass(frozen=True, slots=True)
class ApartForecast:
    """Labels that would tell two policies apart."""

    cells: tuple[int, int, int]
    """More labels of the rows that A alone keeps, B alone, and both, laid out at their best."""
    draw: int
    """Rows of a uniform draw of the whole frame that does as much."""

    @property
    def labels(self) -> int:
        """More labels, where they could be laid out at their best."""
        return sum(self.cells)

    @property
    def parts(self) -> str:
        """The parts in words, those that need labels."""
        return ", ".join(f"{count:,} {name}" for count, name in zip(self.cells, CELLS, strict=True) if count)


def to_tell_apart(
    difference: PolicyDifference, rows: int, settings: TrustSettings | None = None
) -> ApartForecast | None:
    """Return what to label; None where they are told apart, keep the same rows, or no number of labels would do.

    Args:
        difference: the comparison as it stands.
        rows: rows of the frame.
        settings: fewest labels of a cell, and confidence.
    """
    known = settings or TrustSettings()
    found = difference.precision
    if found.refusal is not None:
        return _first_ones(difference, rows, known) if found.refusal.code == "few_in_cell" else None
    if found.told_apart or not found.value or difference.needed is None:
        return None
    more = difference.needed - sum(cell.labels for cell in difference.cells)
    cells = to_label(difference, max(more, 1))
    left = rows - sum(cell.read for cell in difference.cells)
    half = abs(found.value)
    draw = _least(left, lambda count: _half_width(difference, count, rows, known) <= half)
    return None if draw is None else ApartForecast(cells, draw)


def _first_ones(difference: PolicyDifference, rows: int, settings: TrustSettings) -> ApartForecast | None:
    """Return what brings each cell that matters the labels without which nothing is said."""
    lacks = tuple(
        max(min(settings.compare_labels, cell.rows) - cell.labels, 0)
        if cell.coefficient and cell.read < cell.rows
        else 0
        for cell in difference.cells
    )
    sizes = [ceil(lack * rows / (cell.rows - cell.read)) for lack, cell in zip(lacks, difference.cells, strict=True)
             if lack]  # fmt: skip
    return ApartForecast((lacks[0], lacks[1], lacks[2]), min(max(sizes), rows)) if sizes else None


def _half_width(difference: PolicyDifference, more: int, rows: int, settings: TrustSettings) -> float:
    """Return half of the interval after a uniform draw of so many more rows, at the rates of now."""
    variance = 0.0
    for cell in difference.cells:
        if cell.rows and cell.coefficient:
            labels = min(cell.labels + more * (cell.rows - cell.read) / rows, cell.rows)
            spread = cell.rate * (1 - cell.rate) / max(labels, 0.5)
            variance += cell.coefficient**2 * spread * (1 - labels / cell.rows)
    return float(normal_quantile(settings.confidence) * variance**0.5)


def _least(most: int, enough: Callable[[int], bool]) -> int | None:
    """Return the least number up to `most` that is enough, by bisection; None where none is."""
    if most < 1 or not enough(most):
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
