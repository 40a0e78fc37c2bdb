"""What may stand in a list of names: a model that is too small for the task lists sentences about the problem."""

from __future__ import annotations

from engine.core.settings.base import Settings, chosen


class NameLimits(Settings):
    """What counts as the name of a concept; entries that are none are left to the filter unless they prevail."""

    name_words: int = chosen(14, ge=1, le=200)
    """Words from which an entry is longer than a name."""
    name_characters: int = chosen(30, ge=1, le=400)
    """Chinese characters from which an entry is longer than a name."""
    name_verbs: int = chosen(6, ge=1, le=200)
    """Words from which an entry with a verb such as "is" or "we find" is a sentence; the same in Chinese characters,
    two for a word."""
    name_numbers: bool = chosen(True)
    """Count an entry with an equation, or with a number of the problem, as no name."""
    name_share: float = chosen(0.5, ge=0, le=1)
    """Least share of names in a list; below it the whole reply is asked for again. 0 takes every list."""
