"""What the work items of a run are drawn from, fetched only when a method asks for it, and what was drawn."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from engine.core.errors import UserError
from engine.core.records import Combination, Request, Seed
from engine.generation.work_item import WorkItem
from engine.knowledge.graph import KnowledgeGraph
from engine.knowledge.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class DrawnItems:
    """The work items of a run, what they stand for, and in words where something ran short."""

    work_items: tuple[WorkItem, ...]
    notes: tuple[str, ...] = ()
    combinations: tuple[Combination, ...] = ()
    evaluation: tuple[Request, ...] = ()
    """Requests that are held back for evaluation (CL-05)."""
    items: int = 0
    """Items that the work items lead to, where that is not one of each."""

    @property
    def total(self) -> int:
        """How many items will be written."""
        return self.items or len(self.work_items)

    def head(self, items: int) -> tuple[WorkItem, ...]:
        """Return the first orders, as many as lead to so many items."""
        return self.work_items[: math.ceil(items * len(self.work_items) / max(1, self.total))]


class Sources:
    """Graph, seeds and taxonomy of a project; each is fetched once, when it is asked for."""

    def __init__(
        self, graph: Callable[[], KnowledgeGraph], seeds: Callable[[], Sequence[Seed]], point: str | None = None
    ) -> None:
        """`point` restricts combinations to those that hold it."""
        self._graph, self._seeds, self.point = graph, seeds, point

    @cached_property
    def graph(self) -> KnowledgeGraph:
        """The knowledge graph; UserError where there is none yet."""
        found = self._graph()
        if not len(found):
            raise UserError("there is no knowledge graph yet.", do="Build it with: lemma knowledge build")
        return found

    @cached_property
    def seeds(self) -> Sequence[Seed]:
        """The seeds; UserError where there are none yet."""
        found = self._seeds()
        if not found:
            raise UserError("there are no seeds yet.", do="Add some with: lemma seeds add FILE")
        return found

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The taxonomy that ships."""
        return Taxonomy.load()
