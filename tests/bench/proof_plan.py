"""What a proof is made of, in one folder: sizes, rows, held-out problems, results; written whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.core.files import write_atomically

SKILLS: Mapping[str, tuple[str, ...]] = {
    "first": (
        "signed sum",
        "halfway on the number line",
        "sum and difference",
        "order of operations",
        "undoing operations",
        "discount",
    ),
    "second": ("mode of a list", "quotient of fractions", "direct proportion", "degrees and radians"),
}
"""Families of the embedded engine by skill: short ones, each with points that no other family has."""


@dataclass(frozen=True, slots=True)
class ProofPlan:
    """How large a proof is. Rows are those of one arm and one seed."""

    seeds: int = 3
    rows: int = 240
    """Rows of the first training."""
    further: int = 96
    """Preference pairs, and rows of round 2, which are their chosen answers."""
    second: int = 128
    """Rows of the second skill."""
    held: int = 150
    """Held-out problems of the first skill."""
    held_second: int = 48
    """Held-out problems of the second skill."""
    batch: int = 4
    sft_rate: float = 2e-4
    dpo_rate: float = 1e-5
    max_tokens: int = 112
    """Longest answer of the evaluation; worked solutions of these families have up to 90 tokens."""


SIZES: Mapping[str, ProofPlan] = {
    "tiny": ProofPlan(seeds=1, rows=16, further=6, second=8, held=8, held_second=4),
    "small": ProofPlan(),
    "whole": ProofPlan(rows=1200, further=500, second=600, held=500, held_second=200, batch=8),
}
"""`small` is for two cores, `whole` for a GPU, `tiny` shows that everything works."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A problem that no row holds."""

    statement: str
    answer: str
    family: str


class ProofFolder:
    """The folder of a proof and what lies where in it."""

    def __init__(self, root: Path) -> None:
        """Name the places; nothing is made."""
        self.root = root
        self.student = root / "student"
        self.projects, self.models, self.runs = root / "projects", root / "models", root / "runs"
        self.results = root / "results"

    @property
    def plan(self) -> ProofPlan:
        """The plan; FileNotFoundError where nothing was prepared."""
        return ProofPlan(**orjson.loads((self.root / "plan.json").read_bytes()))

    def rows(self, seed: int, name: str) -> Path:
        """The rows of an arm."""
        return self.root / "rows" / f"{seed}-{name}.jsonl"

    def put(self, name: str, value: Any) -> None:
        """Write a JSON file whole or not at all."""
        write_atomically(self.root / name, orjson.dumps(value, option=orjson.OPT_INDENT_2))

    def held(self, skill: str) -> list[HeldOut]:
        """The held-out problems of a skill."""
        return [HeldOut(**one) for one in orjson.loads((self.root / f"held-{skill}.json").read_bytes())]

    def result(self, seed: int, arm: str) -> Path:
        """Where the result of an arm lies once it is finished."""
        return self.results / f"{seed}-{arm.replace(' ', '-')}.json"

    def finished(self) -> dict[tuple[int, str], dict[str, Any]]:
        """Every finished arm by seed and name."""
        found = [orjson.loads(path.read_bytes()) for path in sorted(self.results.glob("*.json"))]
        return {(one["seed"], one["arm"]): one for one in found}


def planned(plan: ProofPlan) -> dict[str, Any]:
    """Return a plan as JSON."""
    return asdict(plan)
