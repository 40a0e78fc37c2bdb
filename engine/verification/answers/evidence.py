"""What finding an answer gives: its values, where they stand, and what speaks for them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from engine.core.evidence import ORDER, Evidence

NONE = "none"
"""How counts name solutions in which no answer was found."""
HOW: Mapping[str, str] = {
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

    def at_least(self, weakest: Evidence) -> str | None:
        """Return the answer where its evidence is at least as strong as `weakest`, else None."""
        return self.value if self.counts(weakest) else None


def nothing(reason: str) -> FoundAnswer:
    """Return that there is no answer, and why."""
    return FoundAnswer(reason=reason)


def told(found: FoundAnswer, answer: str | None) -> str:
    """Return as JSON, for the evidence of a verdict, how an answer was found and whether it counts."""
    return json.dumps({"answer": found.evidence or NONE, "counts": answer is not None})
