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


PanelVote = Literal["veto", "majority", "any"]
KeepRule = Literal["", "all", "majority", "first", "majority_first"]


@dataclass(frozen=True, slots=True)
class PolicyPanel:
    """Whose word counts in a policy, where it is not what the run itself made of its judges; neutral as it stands."""

    weights: tuple[tuple[str, float], ...] = ()
    """Weight of each judge in the judge score (GSDP-26); none for the score that the run weighed."""
    judges: tuple[str, ...] = ()
    """Judges of solutions that are heard; none for the verdict of the run."""
    rule: PanelVote = "veto"
    """What their votes must be: no False (GSDP-28), more than half True, or one True."""
    strategy: KeepRule = ""
    """What the answers of several solutions must be (FL-20 to FL-25): all alike, a majority, or any; '' as the run."""

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.weights or self.judges or self.strategy)

    def told(self) -> dict[str, Any]:
        """Return the fields that say something, as they are stored."""
        weights = {"weights": dict(self.weights)} if self.weights else {}
        judges = {"judges": list(self.judges), "rule": self.rule} if self.judges else {}
        return weights | judges | ({"strategy": self.strategy} if self.strategy else {})

    @staticmethod
    def of(said: Mapping[str, Any]) -> PolicyPanel:
        """Return the panel that `told` told of; weights stand in the order of their judges' names."""
        weights = tuple(sorted((str(judge), float(weight)) for judge, weight in said.get("weights", {}).items()))
        judges = tuple(sorted(map(str, said.get("judges", ()))))
        return PolicyPanel(weights, judges, said.get("rule", "veto") if judges else "veto", said.get("strategy", ""))


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
    panel: PolicyPanel = PolicyPanel()
    """Whose word counts."""

    def more(self) -> dict[str, Any]:
        """Return the fields after the rules that say something: policies without them stay what they were."""
        sizes = {"sizes": dict(self.sizes)} if self.sizes else {}
        panel = {"panel": self.panel.told()} if self.panel else {}
        return sizes | ({"unanswered": True} if self.unanswered else {}) | panel

    @staticmethod
    def less(said: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments that `more` told of."""
        sizes, panel = Policy.sized(said.get("sizes", {})), PolicyPanel.of(said.get("panel", {}))
        return {"sizes": sizes, "unanswered": bool(said.get("unanswered", False)), "panel": panel}

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
