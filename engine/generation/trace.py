"""What happened to each item of a small run, step by step, read from its run directory.

Made for dry runs, which are looked at and never folded into the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from engine.core.errors import UserError
from engine.core.records import Failure, Intermediate, ItemDone, JournalRecord, Problem, ReplyRow, Solution, Verdict
from engine.generation import inputs
from engine.generation.work_item import WorkItem
from engine.runs import journal
from engine.runs.plan import load_plan

MOST_ITEMS = 200
"""Items of a run that is traced whole."""


Product = Problem | Solution | Intermediate | Verdict


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply, and everything that was made of it; nothing where it could not be read."""

    reply: ReplyRow
    made: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class TraceStep:
    """Replies to the same prompt, in order; several where several models were asked."""

    prompt_id: str
    heard: tuple[Heard, ...]


@dataclass(frozen=True, slots=True)
class Traced:
    """One item from its order to its last verdict; `outcome` is '' while it is on its way."""

    item_id: str
    kind: str
    points: tuple[str, ...]
    outcome: str
    problem: Problem | None
    """The first problem of the item, as it was first written."""
    steps: tuple[TraceStep, ...]
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
    work_items = {work_item.item_id: work_item for work_item in inputs.work_items(directory)}
    # Methods with several phases make items of their own; the others' orders are shown before they are begun.
    begun = dict.fromkeys(r.item_id for r in said if isinstance(r, ReplyRow | ItemDone | Failure))
    listed = begun if plan.recipe.way == "agenticmath" else dict.fromkeys((*work_items, *begun))
    return tuple(_traced(ident, work_items.get(ident), said) for ident in listed)


def _traced(ident: str, work_item: WorkItem | None, said: tuple[JournalRecord, ...]) -> Traced:
    about = ident.rpartition(" ")[2]
    problems = [r for r in said if isinstance(r, Problem) and (r.item_id == ident or r.id == about)]
    own = {problem.id for problem in problems}
    made: list[Product] = [r for r in said if isinstance(r, Solution) and r.problem_id in own]
    made += [r for r in said if isinstance(r, Intermediate) and r.item_id == ident]
    verdicts = [r for r in said if isinstance(r, Verdict) and (r.problem_id in own or r.subject_id == about)]
    done = [r.outcome for r in said if isinstance(r, ItemDone) and r.item_id == ident]
    replies = sorted((r for r in said if isinstance(r, ReplyRow) and r.item_id == ident), key=lambda r: r.at)
    first = problems[0] if problems else None
    return Traced(
        ident,
        work_item.kind if work_item else ident.partition(" ")[0],
        work_item.points if work_item else first.points if first else (),
        done[-1] if done else "",
        first,
        tuple(_steps(replies, (*problems, *made, *verdicts))),
        tuple(verdict for verdict in verdicts if verdict.by == "rule"),
        tuple(r for r in said if isinstance(r, Failure) and r.item_id == ident),
    )


def _steps(replies: Iterable[ReplyRow], made: Iterable[Product]) -> Iterator[TraceStep]:
    """Yield the steps; replies that overlap in time are brought together by their prompt."""
    by_reply: dict[str, list[Product]] = {}
    for record in made:
        if record.reply_id:
            by_reply.setdefault(record.reply_id, []).append(record)
    ordered = list(replies)
    first: dict[str, int] = {}
    for place, reply in enumerate(ordered):
        first.setdefault(reply.prompt_id, place)
    ordered.sort(key=lambda reply: first[reply.prompt_id])
    for prompt_id, group in groupby(ordered, key=lambda reply: reply.prompt_id):
        yield TraceStep(prompt_id, tuple(Heard(reply, tuple(by_reply.get(reply.id, ()))) for reply in group))
