"""One line of the list before an export: what was found, how it stands, and which problems it speaks of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

State = Literal["good", "look", "stop"]
MOST = 200
"""Ids that a finding names at most."""


@dataclass(frozen=True, slots=True)
class OverlapEvidence:
    """A row beside the test problem that a tier of decontamination found for it."""

    id: str
    statement: str
    test_problem: str
    reason: str


@dataclass(frozen=True, slots=True)
class ExportFinding:
    """One line of the list. `ids` are the first of the `count` problems it speaks of, in order."""

    name: str
    state: State
    detail: str
    ids: tuple[str, ...] = ()
    count: int = 0
    evidence: tuple[OverlapEvidence, ...] = ()
    """For the first of them the test problem that it is, or is near to."""


@dataclass(slots=True)
class FoundIds:
    """How many problems there are, and the ids of the first."""

    count: int = 0
    ids: list[str] = field(default_factory=list)

    def add(self, ident: str) -> None:
        """Count a problem."""
        self.count += 1
        if self.count <= MOST:
            self.ids.append(ident)


def finding(ids: FoundIds, good: str, why: str, bad: str, then: str) -> ExportFinding:
    """Return the good line where no row is concerned, else how many are and what happens to them."""
    return (
        ExportFinding(bad, "look", then, tuple(ids.ids), ids.count) if ids.count else ExportFinding(good, "good", why)
    )


def many(ids: FoundIds, word: str, several: str = "") -> str:
    """Return how many there are, with the word for one or for several."""
    return f"{ids.count:,} {word if ids.count == 1 else several or f'{word}s'}"
