"""What a project knows, in one DuckDB file. Only this package speaks SQL."""

from engine.store.decisions import UNSEEN, Choice, Pace
from engine.store.exports import Export
from engine.store.home import ProjectFunnel
from engine.store.ingest import Ingested, SkippedLine
from engine.store.leases import TERM, Lease
from engine.store.outgoing import Outgoing
from engine.store.problem_filter import ProblemFilter
from engine.store.problems import Card, Lineage, Order, ProblemPage
from engine.store.readings import Agreement, Differing
from engine.store.runs import Funnel, RunNow
from engine.store.selections import Selection
from engine.store.store import Store
from engine.store.tables import Added
from engine.store.turns import DecisionConflict
from engine.store.verify import Trouble
from engine.store.views import SCORES

__all__ = [
    "SCORES",
    "TERM",
    "UNSEEN",
    "Added",
    "Agreement",
    "Card",
    "Choice",
    "DecisionConflict",
    "Differing",
    "Export",
    "Funnel",
    "Ingested",
    "Lease",
    "Lineage",
    "Order",
    "Outgoing",
    "Pace",
    "ProblemFilter",
    "ProblemPage",
    "ProjectFunnel",
    "RunNow",
    "Selection",
    "SkippedLine",
    "Store",
    "Trouble",
]
