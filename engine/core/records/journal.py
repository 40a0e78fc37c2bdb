"""What a worker may append to its journal, and the tag of each record on its line."""

from __future__ import annotations

from engine.core.records.judging import CheckedVerdict
from engine.core.records.knowledge import (
    Combination,
    KnowledgePoint,
    OverlapVerdict,
    PointEvent,
    Request,
    SameVerdict,
    SeedPoint,
)
from engine.core.records.problems import Intermediate, Position, Problem, Solution, Vector, Verdict
from engine.core.records.runs import Failure, ItemDone, ReplyRow, RunEvent
from engine.core.records.training import GradedAnswer, Metric, RoundEvent

JournalRecord = (
    KnowledgePoint
    | SeedPoint
    | PointEvent
    | SameVerdict
    | OverlapVerdict
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
    | CheckedVerdict
)
"""What a worker may append to its journal."""

JOURNAL_TYPES: dict[str, type[JournalRecord]] = {
    "point": KnowledgePoint,
    "seed_point": SeedPoint,
    "point_event": PointEvent,
    "same": SameVerdict,
    "overlap": OverlapVerdict,
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
    "checked": CheckedVerdict,
}
"""Tag of each record type on its journal line."""
