"""What a project knows, in one DuckDB file. Only this package speaks SQL."""

from engine.store.ingest import Ingested, SkippedLine
from engine.store.problems import Card, Lineage, ProblemFilter, ProblemPage
from engine.store.runs import Funnel, RunNow
from engine.store.store import Store
from engine.store.tables import Added

__all__ = [
    "Added",
    "Card",
    "Funnel",
    "Ingested",
    "Lineage",
    "ProblemFilter",
    "ProblemPage",
    "RunNow",
    "SkippedLine",
    "Store",
]
