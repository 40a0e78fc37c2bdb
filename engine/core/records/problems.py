"""Problems, their solutions, what was made on the way to them, and what was said of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from engine.core.records.identity import content_id

Subject = Literal["problem", "solution", "seed", "point", "request"]
EXAMPLE = "example"
"""Name of an intermediate object whose text is the id of a seed that was shown as one of several examples (FL-02)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A generated statement with everything it was made from (GSDP-44)."""

    id: str
    run_id: str
    item_id: str
    statement: str
    agent: str
    points: tuple[str, ...] = ()
    kind: str | None = None
    distance: int | None = None
    weight: int | None = None
    combination_id: str | None = None
    seed_id: str | None = None
    parent_id: str | None = None
    """The version it revises; None for a first version."""
    answer: str | None = None
    """The answer the writing agent itself claims; None where it makes no claim."""
    model: str = ""
    prompt_id: str = ""
    prompt_hash: str = ""
    reply_id: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Solution:
    """One worked solution. `answer` is what stands in the last box, None where there is no box."""

    id: str
    problem_id: str
    run_id: str
    index: int
    text: str
    answer: str | None
    agent: str = "solver"
    model: str = ""
    prompt_id: str = ""
    prompt_hash: str = ""
    reply_id: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Intermediate:
    """Something made on the way to a problem or beside it: concepts, suggestions, a statement, a distractor (FL-14)."""

    id: str
    run_id: str
    item_id: str
    problem_id: str | None
    """The problem it led to; None where none came of it."""
    agent: str
    name: str
    """What it is, in one or two words, as the trace shows it."""
    text: str
    model: str = ""
    """The model that made it; '' where a rule did."""
    prompt_id: str = ""
    prompt_hash: str = ""
    reply_id: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check or judge said of one subject: a value, a reason a curator can read, and its version.

    Booleans are stored as 1.0 and 0.0. `value` None means "can't tell", never zero.
    `kind` says what `value` is: score (0..1), rating, bool, share, difficulty.
    """

    id: str
    run_id: str
    subject: Subject
    subject_id: str
    problem_id: str | None
    name: str
    """Which check or judge: judge_problem, judge_solution, difficulty, format, contamination ..."""
    by: str
    """Role that spoke (judge_a, rater) or 'rule' for checks without a model."""
    value: float | None
    reason: str
    kind: str = "score"
    model: str = ""
    version: str = ""
    """Prompt hash, or the version of the rule: old verdicts can be told from new ones."""
    evidence: str = ""
    """JSON text with what the reason rests on; '' where there is nothing more."""
    reply_id: str | None = None
    at: float = 0.0

    @staticmethod
    def make(
        run_id: str,
        subject: Subject,
        subject_id: str,
        name: str,
        by: str,
        value: float | None,
        reason: str,
        **more: Any,
    ) -> Verdict:
        """Build a verdict; the same judge on the same subject in the same run has one id per version."""
        ident = content_id("V", run_id, subject_id, name, by, more.get("version", ""))
        problem_id = more.pop("problem_id", None)
        return Verdict(ident, run_id, subject, subject_id, problem_id, name, by, value, reason, **more)


@dataclass(frozen=True, slots=True)
class Vector:
    """The embedding of one text, made by `embedder`."""

    subject_id: str
    embedder: str
    values: tuple[float, ...]

    @property
    def id(self) -> str:
        """One vector per subject and embedder."""
        return content_id("E", self.subject_id, self.embedder)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a problem lies on a map. `map_id` names method, seed, embedder and version."""

    subject_id: str
    map_id: str
    x: float
    y: float
    placed: bool = False
    """True when it was put beside its neighbours on a map that was fitted before it existed."""

    @property
    def id(self) -> str:
        """One position per subject and map."""
        return content_id("M", self.subject_id, self.map_id)
