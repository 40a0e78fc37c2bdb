"""What happened to each item of a small run, step by step, read from its run directory.

Made for dry runs, which are looked at and never folded into the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from engine import journal
from engine.errors import UserError
from engine.pipeline import inputs
from engine.pipeline.order import Order
from engine.plans import load_plan
from engine.records import Failure, ItemDone, JournalRecord, Problem, ReplyRow, Solution, Verdict

MOST_ITEMS = 200
"""Items of a run that is traced whole."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply, and what was made of it: a problem, a solution, a verdict, or None where it could not be read."""

    reply: ReplyRow
    made: Problem | Solution | Verdict | None


@dataclass(frozen=True, slots=True)
class Step:
    """Replies to the same prompt, in order; several where several models were asked."""

    prompt_id: str
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """One item from its combination to its last verdict; `outcome` is '' while it is on its way."""

    item_id: str
    kind: str
    points: tuple[str, ...]
    outcome: str
    problem: Problem | None
    steps: tuple[Step, ...]
    rules: tuple[Verdict, ...]
    """What checks without a model found."""
    failures: tuple[Failure, ...]

    @property
    def replies(self) -> tuple[ReplyRow, ...]:
        """Every reply, in order."""
        return tuple(heard.reply for step in self.steps for heard in step.heard)


def items(directory: Path) -> tuple[Traced, ...]:
    """Return the items of a run in the order of the plan; UserError for a run of more than `MOST_ITEMS`."""
    plan = load_plan(directory)
    if plan.total > MOST_ITEMS:
        raise UserError(f"has {plan.total:,} items, too many to trace.", where=plan.id, do="Trace a dry run instead.")
    said = tuple(journal.records(directory / "journal"))
    orders = inputs.stream(directory / "inputs" / "orders.parquet", Order)
    return tuple(_traced(order, said) for order in orders)


def _traced(order: Order, said: tuple[JournalRecord, ...]) -> Traced:
    ident = order.item_id
    problems = [r for r in said if isinstance(r, Problem) and r.item_id == ident]
    own = {problem.id for problem in problems}
    solutions = [r for r in said if isinstance(r, Solution) and r.problem_id in own]
    verdicts = [r for r in said if isinstance(r, Verdict) and r.problem_id in own]
    done = [r.outcome for r in said if isinstance(r, ItemDone) and r.item_id == ident]
    replies = sorted((r for r in said if isinstance(r, ReplyRow) and r.item_id == ident), key=lambda r: r.at)
    return Traced(
        ident,
        order.kind,
        order.points,
        done[-1] if done else "",
        problems[0] if problems else None,
        tuple(_steps(replies, (*problems, *solutions, *verdicts))),
        tuple(verdict for verdict in verdicts if verdict.by == "rule"),
        tuple(r for r in said if isinstance(r, Failure) and r.item_id == ident),
    )


def _steps(replies: Iterable[ReplyRow], made: Iterable[Problem | Solution | Verdict]) -> Iterator[Step]:
    """Yield the steps; replies that overlap in time are brought together by their prompt."""
    by_reply = {record.reply_id: record for record in made if record.reply_id}
    ordered = list(replies)
    first: dict[str, int] = {}
    for place, reply in enumerate(ordered):
        first.setdefault(reply.prompt_id, place)
    ordered.sort(key=lambda reply: first[reply.prompt_id])
    for prompt_id, group in groupby(ordered, key=lambda reply: reply.prompt_id):
        yield Step(prompt_id, tuple(Heard(reply, by_reply.get(reply.id)) for reply in group))
