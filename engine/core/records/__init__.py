"""The nouns of the sentence: frozen records whose identity is the hash of their content.

Records are the only thing that travels between modules, into journals and into the store.
A record made twice from the same content has the same id, so writing it again changes nothing.

identity     how an id comes about
knowledge    seeds, points, combinations, requests, test problems
problems     problems, solutions, verdicts, positions on a map
review       policies and decisions
labels       random draws and what people said of rows
runs         replies, failures, ends of items
training     metrics, graded answers, events of rounds
judging      what judges say of rows that people judged before
journal      what may stand in a journal, by its tag
"""

from engine.core.records.identity import content_id
from engine.core.records.journal import JOURNAL_TYPES, JournalRecord
from engine.core.records.judging import CheckedVerdict
from engine.core.records.knowledge import (
    KINDS,
    RANDOM,
    BenchmarkItem,
    Combination,
    Kind,
    KnowledgePoint,
    OverlapVerdict,
    PointEvent,
    ProblemPoint,
    Request,
    SameVerdict,
    Seed,
    SeedPoint,
)
from engine.core.records.labels import (
    LABEL_VERDICTS,
    PROVENANCES,
    READER_ROLES,
    AuditPlan,
    FrozenSet,
    Label,
    LabelDraw,
    LabelVerdict,
    Provenance,
    ReaderRole,
)
from engine.core.records.problems import EXAMPLE, Intermediate, Position, Problem, Solution, Subject, Vector, Verdict
from engine.core.records.review import ACTS, REJECT_REASONS, Act, Decision, Policy, PolicyPanel, Rule
from engine.core.records.runs import Failure, ItemDone, ReplyRow, RunEvent
from engine.core.records.training import GradedAnswer, Metric, RoundEvent

__all__ = [
    "ACTS",
    "EXAMPLE",
    "JOURNAL_TYPES",
    "KINDS",
    "LABEL_VERDICTS",
    "PROVENANCES",
    "RANDOM",
    "READER_ROLES",
    "REJECT_REASONS",
    "Act",
    "AuditPlan",
    "BenchmarkItem",
    "CheckedVerdict",
    "Combination",
    "Decision",
    "Failure",
    "FrozenSet",
    "GradedAnswer",
    "Intermediate",
    "ItemDone",
    "JournalRecord",
    "Kind",
    "KnowledgePoint",
    "Label",
    "LabelDraw",
    "LabelVerdict",
    "Metric",
    "OverlapVerdict",
    "PointEvent",
    "Policy",
    "PolicyPanel",
    "Position",
    "Problem",
    "ProblemPoint",
    "Provenance",
    "ReaderRole",
    "ReplyRow",
    "Request",
    "RoundEvent",
    "Rule",
    "RunEvent",
    "SameVerdict",
    "Seed",
    "SeedPoint",
    "Solution",
    "Subject",
    "Vector",
    "Verdict",
    "content_id",
]
