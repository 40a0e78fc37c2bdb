"""What is left out whoever wrote it: copies of test problems, and repeats."""

from __future__ import annotations

from engine.core.settings.base import Settings, chosen, published


class Decontamination(Settings):
    """Overlap with test problems."""

    n: int = published(8, "FLAMES, filters", "N", ge=1, le=50)
    """Length of the word n-grams."""
    share: float = published(0.95, "FLAMES, filters", "N", gt=0, le=1)
    """A problem that holds at least this share of a test item's n-grams is a copy of it."""


class Repeats(Settings):
    """Which problems repeat others."""

    fold_case: bool = published(True, "FLAMES, filters", "N")
    """Small and capital letters count as the same."""
    fold_space: bool = published(True, "FLAMES, filters", "N")
    """Runs of white space count as one space."""
    near: bool = chosen(True)
    """Look for near repeats as well as exact ones."""
    overlap: float = chosen(0.85, gt=0, le=1)
    """Share of words that near repeats have in common."""
    variants_count: bool = chosen(False)
    """Whether the same problem with other numbers, names or kinds of money is a repeat."""
