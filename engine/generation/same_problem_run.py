"""Asks a model of each text, beside the test problems that come nearest, whether it is one of them (RR-19).

A text is one item: its test problems are shown one at a time, the nearest first, until one is called the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import OverlapVerdict
from engine.generation import inputs
from engine.generation.judges import same_problem
from engine.generation.record_factory import RecordFactory
from engine.runs.plan import OverlapPlan

FILE = "pairs.parquet"


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A text and a test problem that it is shown beside; pairs of one text stand together, the nearest first."""

    text_id: str
    item_id: str
    cosine: float
    statement: str
    test_problem: str


def program(plan: OverlapPlan, directory: Path) -> Program:
    """Have every text compared."""
    pairs = inputs.stream(directory / "inputs" / FILE, ShownPair)
    yield Phase("same problem", plan.total, _items(plan, pairs))


def _items(plan: OverlapPlan, pairs: Iterable[ShownPair]) -> Iterator[Item]:
    for text, shown in groupby(pairs, key=lambda pair: pair.text_id):
        yield Item(text, partial(compared, RecordFactory(plan, text), tuple(shown)))


def compared(factory: RecordFactory, shown: tuple[ShownPair, ...]) -> Way[str]:
    """Ask of one text."""
    for pair in shown:
        said = yield from same_problem.judge(
            pair.statement, pair.test_problem, same_problem.ROLE, factory.sampling(pair.item_id), factory.reread
        )
        yield OverlapVerdict(
            pair.text_id, pair.item_id, pair.cosine, said.same, said.reason, said.reply.model, said.reply.id
        )
        if said.same:
            return "the same"
    return "none of them"
