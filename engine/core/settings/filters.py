"""What is left out whoever wrote it: copies of test problems, and repeats."""

from __future__ import annotations

from typing import Literal

from engine.core.settings.base import Settings, chosen, published

Act = Literal["drop", "warn", "off"]
"""What becomes of a row: it is left out, it goes out and is counted, or nobody looks."""


class Decontamination(Settings):
    """Overlap with test problems."""

    n: int = published(8, "FLAMES, filters", "N", ge=1, le=50)
    """Length of the word n-grams."""
    share: float = published(0.95, "FLAMES, filters", "N", gt=0, le=1)
    """A problem that holds at least this share of a test item's n-grams is a copy of it."""


class OverlapTiers(Decontamination):
    """How exports and seeds are held against test problems: four tiers, each counted apart."""

    ngrams: Act = chosen("drop")
    """What becomes of a copy, as the papers define it: drop leaves it out, warn counts it, off does not look."""
    numbers: Act = chosen("drop")
    """What becomes of a test problem with other numbers, names or kinds of money."""
    judged: Act = chosen("warn")
    """What becomes of a problem that a model, where one was asked, calls a test problem in other words."""
    near: Act = chosen("warn")
    """What becomes of a problem that is nearer to a test problem than unrelated problems are to each other."""
    overlap: float = chosen(0.85, gt=0, le=1)
    """Share of the words, without numbers and names and in the same order, that makes it the same problem."""
    least_words: int = chosen(8, ge=1)
    """Words besides numbers and names that such a problem has at least; half as many where the wording is the same."""
    embedder: str = chosen("hashing", min_length=1)
    """What makes the vectors: `hashing`, which is quick and offline, `minilm`, or another model by folder or id."""
    limit: float = chosen(0.0, ge=0, le=1)
    """Cosine from which a problem is near; 0 measures it on the test problems themselves, one limit for each set."""
    false_hits: float = chosen(0.001, gt=0, le=0.1)
    """Share of unrelated problems that may come nearer than a measured limit."""
    least_limit: float = chosen(0.65, ge=0, le=1)
    """No measured limit is lower."""
    unmeasured_limit: float = chosen(0.8, ge=0, le=1)
    """The limit where a test set is too small to measure one on."""

    def changed(self) -> tuple[tuple[str, str], ...]:
        """Return the settings that are not the default, with their values as a command takes them."""
        return tuple((name, str(value)) for name, value in self.model_dump(exclude_defaults=True).items())


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
