"""A new solution for a statement that a person has changed: one item, one question, asked as solvers are asked.

What comes back is a reply in the journal and no solution in the store: the machine's solutions answer the machine's
statement, and which text answers a person's statement is for a person to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine.core.errors import UnreadableReply
from engine.core.protocol import Item, Phase, Program, Way
from engine.core.records import Failure, ReplyRow
from engine.generation.record_factory import RecordFactory
from engine.generation.solvers import solve
from engine.runs import journal
from engine.runs.plan import SolvePlan
from engine.verification.answers import extract_answer
from engine.verification.checks import symbolic

ROLE = "solver"


@dataclass(frozen=True, slots=True)
class ProposedSolution:
    """What the model wrote for an edited statement; `cut` where it ended at its longest."""

    text: str
    model: str
    cut: bool


@dataclass(frozen=True, slots=True)
class ExaminedProposal:
    """What can be told of a proposed solution without a model, against the statement as it stands."""

    answer: str | None
    """Its final answer, None where it has none or was cut."""
    outcome: str
    """cut, no answer, or what the symbolic check says: confirmed, contradicted, can't tell."""
    reason: str = ""

    @property
    def fit(self) -> bool:
        """Whether nothing speaks against taking it as it is: whole, with an answer that nothing contradicts."""
        return self.answer is not None and self.outcome != "contradicted"


def examined(statement: str, proposal: ProposedSolution) -> ExaminedProposal:
    """Examine a proposal: is it whole, has it an answer, and does the symbolic check contradict that?"""
    if proposal.cut:
        return ExaminedProposal(None, "cut")
    answer = extract_answer(proposal.text)
    if answer is None:
        return ExaminedProposal(None, "no answer")
    derived = symbolic.check(statement, proposal.text, answer)
    return ExaminedProposal(answer, derived.outcome, derived.reason)


def program(plan: SolvePlan, directory: Path) -> Program:
    """Ask for one solution."""
    item_id = f"solve {plan.problem_id}"
    yield Phase("solve", 1, [Item(item_id, partial(solved, RecordFactory(plan, item_id), plan.statement))])


def solved(factory: RecordFactory, statement: str) -> Way[str]:
    """Have the statement solved; the reply is what is kept."""
    yield from solve.solve(statement, ROLE, factory.sampling(), factory.reread)
    return "solved"


def proposed(directory: Path) -> ProposedSolution | None:
    """Return the last reply of a run that can be read as a solution, None where it has none."""
    found = None
    for record in journal.records(directory / "journal"):
        if isinstance(record, ReplyRow):
            try:
                found = ProposedSolution(solve.read(record.text), record.model, record.finish == "length")
            except UnreadableReply:
                continue
    return found


def failure(directory: Path) -> str:
    """Return why the question failed for good, '' where it did not."""
    said = [record.message for record in journal.records(directory / "journal") if isinstance(record, Failure)]
    return said[-1] if said else ""
