"""Shares of labelled rows, with their counts.

Numbers that are shown as precision or recall of a kept set come from `estimate`, which knows how rows came to be
labelled.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LabelledShare:
    """`hits` of `of` labelled rows, and the 95 % interval of the share."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself."""
        return self.hits / self.of
