"""What people decide: policies with their limits, and decisions about single problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Act = Literal["approve", "reject", "edit", "skip", "second-opinion", "undo", "redo"]

ACTS: tuple[Act, ...] = ("approve", "reject", "edit", "skip", "second-opinion", "undo", "redo")

REJECT_REASONS: tuple[str, ...] = (
    "wrong answer",
    "ambiguous",
    "unsolvable",
    "trivial",
    "same idea as another",
    "wrong concept",
    "bad notation",
    "leaks answer",
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit of a policy."""

    score: str
    op: Literal["at least", "at most"]
    limit: float
    if_missing: Literal["drop", "keep", "review"] = "keep"
    use: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that together decide what is kept; all rules in use must hold."""

    id: str
    name: str
    rules: tuple[Rule, ...]
    size: int | None = None
    at: float = 0.0
    by: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person did to a problem. Undo and redo are decisions too (`undoes` names the one they turn)."""

    id: str
    problem_id: str
    curator: str
    act: Act
    at: float
    reason: str = ""
    statement: str | None = None
    solution: str | None = None
    undoes: str | None = None
    batch: str | None = None
    """Decisions of one batch are undone together."""
    queue: str = ""
