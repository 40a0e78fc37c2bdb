"""What a project knows, in one DuckDB file. Only this package speaks SQL."""

from engine.store.blind_reviews import Differing, ReaderAgreement
from engine.store.dashboard import ProjectFunnel
from engine.store.decisions import UNSEEN, BatchDecision, ReviewPace
from engine.store.export_cursor import ExportCursor
from engine.store.exports import Export
from engine.store.ingest import Ingested, SkippedLine
from engine.store.leases import TERM, Lease
from engine.store.problem_filter import ProblemFilter
from engine.store.problems import Lineage, Order, ProblemCard, ProblemPage
from engine.store.runs import Funnel, RunNow
from engine.store.selections import SavedSelection
from engine.store.store import Store
from engine.store.tables import Added
from engine.store.undo import DecisionConflict
from engine.store.verify import Trouble
from engine.store.views import SCORES

__all__ = [
    "SCORES",
    "TERM",
    "UNSEEN",
    "Added",
    "BatchDecision",
    "DecisionConflict",
    "Differing",
    "Export",
    "ExportCursor",
    "Funnel",
    "Ingested",
    "Lease",
    "Lineage",
    "Order",
    "ProblemCard",
    "ProblemFilter",
    "ProblemPage",
    "ProjectFunnel",
    "ReaderAgreement",
    "ReviewPace",
    "RunNow",
    "SavedSelection",
    "SkippedLine",
    "Store",
    "Trouble",
]
