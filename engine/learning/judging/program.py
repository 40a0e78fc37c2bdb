"""The way of a check: every row that people judged goes to every judge, asked as in a run, and both words are kept.

A reply that cannot be read is a verdict without a value: never a No, never left out in silence.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.core.errors import UnreadableReply
from engine.core.prompts import load
from engine.core.protocol import Item, Phase, Program, Reply, Sampling, Talk, Way
from engine.core.records import CheckedVerdict
from engine.core.settings import Judging
from engine.generation import inputs
from engine.generation.judges import problem_alone, solution, solvability
from engine.generation.record_factory import RecordFactory
from engine.learning.judging.labelled_rows import About, HumanJudgedRow
from engine.runs.plan import JudgePlan

ROWS = "judged_rows.parquet"
ROLES = ("judge", *(f"judge_{letter}" for letter in "bcdefgh"))
"""Roles of a check, one for each model that is asked."""
_Heard = tuple[float, str, Reply]


@dataclass(frozen=True, slots=True)
class CheckableJudge:
    """A judge of the studio that can be held against people's labels."""

    about: About
    prompt: str
    ask: Callable[[HumanJudgedRow, str, Sampling, int], Talk[_Heard]]
    limit: Callable[[Judging], float]
    """The value from which on the studio lets a row pass."""


def _solution(row: HumanJudgedRow, role: str, sampling: Sampling, reread: int) -> Talk[_Heard]:
    said = yield from solution.check(row.statement, row.solution, role, sampling, reread)
    return float(said.passed), said.reason, said.reply


def _problem(row: HumanJudgedRow, role: str, sampling: Sampling, reread: int) -> Talk[_Heard]:
    said = yield from problem_alone.score(row.statement, role, sampling, reread)
    return said.score, said.reason, said.reply


def _solvability(row: HumanJudgedRow, role: str, sampling: Sampling, reread: int) -> Talk[_Heard]:
    said = yield from solvability.judge(row.statement, role, sampling, reread)
    return float(said.solvable), said.reason, said.reply


CHECKED: Mapping[str, CheckableJudge] = {
    "solution": CheckableJudge("solution", solution.PROMPT, _solution, lambda judging: 0.5),
    "problem": CheckableJudge("problem", problem_alone.PROMPT, _problem, lambda judging: judging.keep_at),
    "solvability": CheckableJudge("problem", solvability.PROMPT, _solvability, lambda judging: 0.5),
}
"""Judges by the names that plans and records keep."""


def program(plan: JudgePlan, directory: Path) -> Program:
    """Have every row judged."""
    yield Phase("judge", plan.total, _items(plan, inputs.stream(directory / "inputs" / ROWS, HumanJudgedRow)))


def _items(plan: JudgePlan, rows: Iterable[HumanJudgedRow]) -> Iterator[Item]:
    for row in rows:
        for judge in plan.judges:
            if CHECKED[judge].about == row.about:
                for role in plan.recipe.roles:
                    factory = RecordFactory(plan, f"{row.id}.{judge}.{role}")
                    yield Item(factory.item_id, partial(way, factory, row, judge, role))


def way(factory: RecordFactory, row: HumanJudgedRow, judge: str, role: str) -> Way[str]:
    """One judge asked about one row."""
    checked, recipe = CHECKED[judge], factory.plan.recipe
    value: float | None
    try:
        value, reason, reply = yield from checked.ask(row, role, factory.sampling(judge), factory.reread)
        reply_id: str | None = reply.id
    except UnreadableReply as unreadable:
        value, reason, reply_id = None, f"not readable: {unreadable}", None
    said = CheckedVerdict(
        run_id=factory.plan.id, source=row.source, item_id=row.id, judge=judge, role=role, statement=row.statement,
        solution=row.solution, good=row.good, value=value, limit=checked.limit(recipe.settings.judging), reason=reason,
        model=recipe.roles[role], version=load(checked.prompt).ref.hash, reply_id=reply_id, at=time.time(),
    )  # fmt: skip
    yield said
    if said.yes is None:
        return "unreadable"
    return "as people say" if said.yes == row.good else "against people"
