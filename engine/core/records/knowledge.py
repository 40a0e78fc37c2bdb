"""Seeds, the knowledge points that they rest on, and what can be asked for from points: combinations, requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from engine.core.records.identity import content_id

Kind = Literal["one-hop", "two-hop", "three-hop", "community", "random"]

KINDS: tuple[Kind, ...] = ("one-hop", "two-hop", "three-hop", "community")
"""The kinds that a graph gives."""
RANDOM: Kind = "random"
"""Pairs drawn by lot, to compare with those of the graph (GSDP-43)."""


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
class OverlapVerdict:
    """What a model said of a text beside a test problem: whether both are one problem, in whatever words (RR-19).

    It speaks of the words, not of the problem that had them: `text_id` is made of the text, so an edited one is asked
    about anew.
    """

    text_id: str
    item_id: str
    cosine: float
    same: bool
    reason: str = ""
    model: str = ""
    reply_id: str | None = None

    @property
    def id(self) -> str:
        """Identity of the pair and of who was asked."""
        return content_id("OV", self.text_id, self.item_id, self.model)

    @staticmethod
    def text_of(statement: str) -> str:
        """Return the id of a text; white space does not count."""
        return content_id("T", " ".join(statement.split()))


@dataclass(frozen=True, slots=True)
class Combination:
    """Two or three points to write a problem from. `points` are names in a fixed order; distance is D in hops."""

    id: str
    kind: Kind
    points: tuple[str, ...]
    distance: int
    weight: int
    """Shared problems of the pair (one-hop), of the weakest edge (community); 0 for implicit pairs.

    A random pair has distance and weight 0, whatever the graph says of its points: no rule of the graph chose it.
    """

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
