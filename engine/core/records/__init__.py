"""The nouns of the sentence: frozen records whose identity is the hash of their content.

Records are the only thing that travels between modules, into journals and into the store.
A record made twice from the same content has the same id, so writing it again changes nothing.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Literal

import orjson

Kind = Literal["one-hop", "two-hop", "three-hop", "community"]
KINDS: tuple[Kind, ...] = ("one-hop", "two-hop", "three-hop", "community")

Subject = Literal["problem", "solution", "seed", "point", "request"]

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


def content_id(prefix: str, *parts: object) -> str:
    """Return `prefix-` and 16 hex digits of the BLAKE2b hash of `parts` as canonical JSON.

    `parts` may hold strings, numbers, booleans, None, and lists, tuples or dicts of them.
    """
    packed = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return f"{prefix}-{hashlib.blake2b(packed, digest_size=8).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Seed:
    """A trusted problem to start from. `points` are knowledge points a human gave it."""

    id: str
    source: str
    statement: str
    solution: str | None = None
    answer: str | None = None
    subject: str | None = None
    level: str | None = None
    language: str = "en"
    points: tuple[str, ...] = ()
    origin: str = ""
    """File and line, or index, that it came from."""

    @staticmethod
    def make(source: str, statement: str, **fields: Any) -> Seed:
        """Build a seed; its id depends on source and statement alone."""
        return Seed(id=content_id("S", source, statement), source=source, statement=statement, **fields)


@dataclass(frozen=True, slots=True)
class KnowledgePoint:
    """A concept, rule or technique. `origin` is extracted, human, taxonomy or curator."""

    id: str
    name: str
    origin: str = "extracted"
    area: str | None = None
    definition: str | None = None

    @staticmethod
    def make(name: str, **fields: Any) -> KnowledgePoint:
        """Build a point; its id depends on the name alone, so equal names meet."""
        return KnowledgePoint(id=content_id("K", name), name=name, **fields)


@dataclass(frozen=True, slots=True)
class SeedPoint:
    """Incidence: this seed rests on this point (GSDP-04)."""

    seed_id: str
    point_id: str
    by: str = "extracted"

    @property
    def id(self) -> str:
        """Identity of the pair."""
        return content_id("SP", self.seed_id, self.point_id)


@dataclass(frozen=True, slots=True)
class ProblemPoint:
    """What a name on a generated problem means since a split: `said` is the name, `by` the event of the split."""

    problem_id: str
    said: str
    point_id: str
    by: str

    @property
    def id(self) -> str:
        """Identity of the statement."""
        return content_id("PP", self.problem_id, self.said, self.point_id, self.by)


@dataclass(frozen=True, slots=True)
class PointEvent:
    """Something said about a point; what the point is now is a view over its events.

    `act` is drop (filter 1, with the `label` vague, wrong or over-detailed), merge (into `target_id`),
    rename (to `name`), delete, split, add, or undo (of the event `undoes`). `by` is the method or the curator.
    """

    id: str
    act: Literal["drop", "merge", "rename", "delete", "split", "add", "undo"]
    point_id: str
    by: str
    at: float
    target_id: str | None = None
    name: str | None = None
    label: str | None = None
    reason: str = ""
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class SameVerdict:
    """A pair of the grey band and what was said of it (GSDP-07); kept to warn about classes that hold a 'no'."""

    left_id: str
    right_id: str
    cosine: float
    same: bool
    reason: str = ""
    reply_id: str | None = None

    @property
    def id(self) -> str:
        """Identity of the unordered pair."""
        return content_id("SV", *sorted((self.left_id, self.right_id)))


@dataclass(frozen=True, slots=True)
class Combination:
    """Two or three points to write a problem from. `points` are names in a fixed order; distance is D in hops."""

    id: str
    kind: Kind
    points: tuple[str, ...]
    distance: int
    weight: int
    """Shared problems of the pair (one-hop), of the weakest edge (community); 0 for implicit pairs."""

    @staticmethod
    def make(kind: Kind, points: tuple[str, ...], distance: int, weight: int) -> Combination:
        """Build a combination; the id depends on kind and the set of points, not on their order."""
        return Combination(content_id("C", kind, sorted(points)), kind, points, distance, weight)


@dataclass(frozen=True, slots=True)
class Request:
    """A task that asks a model for one problem: question type, one to three points, difficulty from 0 to 1 (CL-03)."""

    id: str
    type: str
    points: tuple[str, ...]
    difficulty: float

    @staticmethod
    def make(type: str, points: tuple[str, ...], difficulty: float) -> Request:
        """Build a request; its id does not depend on the order of the points."""
        return Request(content_id("Q", type, sorted(points), difficulty), type, points, difficulty)


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
class Failure:
    """An item that did not make it, and the boundary that was crossed."""

    id: str
    run_id: str
    item_id: str
    stage: str
    boundary: str
    message: str
    raw: str = ""
    subject_id: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemDone:
    """An item that needs no more work in this run. `outcome` is the last funnel stage it reached."""

    run_id: str
    item_id: str
    outcome: str
    at: float = 0.0

    @property
    def id(self) -> str:
        """One completion per run and item."""
        return content_id("I", self.run_id, self.item_id)


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply that was paid for, as the journal and the store keep it. `id` is the hash of the request."""

    id: str
    run_id: str
    item_id: str
    role: str
    model: str
    prompt_id: str
    prompt_hash: str
    request: str
    """The messages as JSON text."""
    text: str
    finish: str
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: float
    at: float
    attempt: int = 0
    aside: str = ""
    """What the embedded engine knows and a model would not: JSON text, never shown to agents or judges."""
    sampling: str = ""
    """How it was sampled, as JSON text; '' in journals of versions that did not say (FL-15)."""


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


@dataclass(frozen=True, slots=True)
class BenchmarkItem:
    """A test problem that must not leak into training data."""

    id: str
    benchmark: str
    statement: str
    answer: str | None = None

    @staticmethod
    def make(benchmark: str, statement: str, answer: str | None = None) -> BenchmarkItem:
        """Build an item; its id depends on benchmark and statement."""
        return BenchmarkItem(content_id("B", benchmark, statement), benchmark, statement, answer)


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A change of state of a run, with the reason."""

    id: str
    run_id: str
    at: float
    state: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that a training gave at a step: loss, learning rate, margin, tokens per second."""

    run_id: str
    step: int
    name: str
    value: float
    at: float = 0.0

    @property
    def id(self) -> str:
        """One value per run, step and name; a step that is repeated after a resume is the same one."""
        return content_id("TM", self.run_id, self.step, self.name)


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One answer of a model to one question of a benchmark, graded. `answer` is None where none could be read."""

    run_id: str
    benchmark: str
    item_id: str
    sample: int
    question: str
    expected: str
    text: str
    answer: str | None
    right: bool
    model: str
    level: str = ""
    subject: str = ""
    reply_id: str | None = None
    at: float = 0.0

    @property
    def id(self) -> str:
        """One answer per run, question and sample."""
        return content_id("EA", self.run_id, self.benchmark, self.item_id, self.sample)


@dataclass(frozen=True, slots=True)
class RoundEvent:
    """Something that happened in the loop: a step that ended, a promotion, a roll-back. `detail` is JSON text."""

    id: str
    run_id: str
    number: int
    act: str
    """sft, no_replay, synthesis, sort, dpo, evaluate, report, promote, rollback or skip."""
    model: str
    """Folder of the model that came of it or is meant, '' where none is."""
    detail: str = ""
    by: str = ""
    at: float = 0.0


JournalRecord = (
    KnowledgePoint
    | SeedPoint
    | PointEvent
    | SameVerdict
    | Combination
    | Request
    | Problem
    | Intermediate
    | Solution
    | Verdict
    | Failure
    | ItemDone
    | ReplyRow
    | Vector
    | Position
    | RunEvent
    | Metric
    | GradedAnswer
    | RoundEvent
)
"""What a worker may append to its journal."""

JOURNAL_TYPES: dict[str, type[JournalRecord]] = {
    "point": KnowledgePoint,
    "seed_point": SeedPoint,
    "point_event": PointEvent,
    "same": SameVerdict,
    "combination": Combination,
    "request": Request,
    "problem": Problem,
    "intermediate": Intermediate,
    "solution": Solution,
    "verdict": Verdict,
    "failure": Failure,
    "done": ItemDone,
    "reply": ReplyRow,
    "vector": Vector,
    "position": Position,
    "run_event": RunEvent,
    "metric": Metric,
    "answered": GradedAnswer,
    "round_event": RoundEvent,
}
"""Tag of each record type on its journal line."""
