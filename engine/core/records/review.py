"""What people decide: policies with their limits, and decisions about single problems."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

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
    method: str = ""
    """Whose problems it judges, a key of `engine.curation.methods.METHODS`; '' for those of every method."""

    def told(self) -> dict[str, Any]:
        """Return the fields as they are stored; without a method it is left out, as in files from before."""
        fields = asdict(self)
        return fields if self.method else {name: value for name, value in fields.items() if name != "method"}


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that together decide what is kept; all rules in use must hold.

    A rule that names a method judges the problems of that method alone, so one policy holds the rules of several.
    """

    id: str
    name: str
    rules: tuple[Rule, ...]
    size: int | None = None
    at: float = 0.0
    by: str = ""
    sizes: tuple[tuple[str, int], ...] = ()
    """Most problems that a method may keep, by method."""
    unanswered: bool = False
    """Whether a problem may be kept whose solution has no answer."""

    def more(self) -> dict[str, Any]:
        """Return `sizes` and `unanswered` where they say something: policies without them stay what they were."""
        sizes = {"sizes": dict(self.sizes)} if self.sizes else {}
        return sizes | ({"unanswered": True} if self.unanswered else {})

    @staticmethod
    def sized(sizes: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
        """Return sizes in the order in which a policy holds them."""
        return tuple(sorted(sizes.items()))


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
