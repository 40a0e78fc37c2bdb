"""What finding an answer gives: its values, where they stand, and what speaks for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["box", "tag", "hashes", "heading", "words", "sentence"]
ORDER: tuple[Evidence, ...] = ("box", "tag", "hashes", "heading", "words", "sentence")
"""Kinds of evidence, the strongest first: marks, then announcements, then what a last sentence happens to say."""
HOW: dict[Evidence, str] = {
    "box": "in a box",
    "tag": "between answer tags",
    "hashes": "after ####",
    "heading": "below a heading",
    "words": "announced in words",
    "sentence": "only from the last sentence",
}


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """The answer of a text, or the reason why it has none."""

    values: tuple[str, ...] = ()
    """One value, or several that the text marks side by side."""
    span: tuple[int, int] | None = None
    """Where the values stand in the text that was given, its marks not included."""
    evidence: Evidence | None = None
    reason: str = ""
    """Why there is no answer."""
    option: str = ""
    """The text behind a choice letter: `14` in `(B) 14`."""

    @property
    def value(self) -> str | None:
        """The answer as one text; None where there is none."""
        return ", ".join(self.values) or None

    @property
    def how(self) -> str:
        """How it was found, or why it was not, in words to read."""
        return HOW[self.evidence] if self.evidence else self.reason

    def counts(self, weakest: Evidence) -> bool:
        """Return whether there is an answer whose evidence is at least as strong as `weakest`."""
        return self.evidence is not None and ORDER.index(self.evidence) <= ORDER.index(weakest)


def nothing(reason: str) -> FoundAnswer:
    """Return that there is no answer, and why."""
    return FoundAnswer(reason=reason)
