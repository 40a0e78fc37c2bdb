"""A new solution for an edited statement, from the shell: a one-item run, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine import planning
from engine.core.errors import UserError
from engine.core.project import Project
from engine.generation.solve_again import examined, proposed
from engine.store import Store
from studio.cli.console import Console
from studio.cli.running import foreground


@dataclass(frozen=True, slots=True)
class SolvedAgain:
    """What a model wrote for an edited statement, and what can be told of it without a model."""

    run: str
    model: str
    text: str
    answer: str
    check: str
    """confirmed or can't tell: the symbolic check against the new statement."""
    reason: str

    @property
    def told(self) -> str:
        """The outcome for a person."""
        return f"{self.model} answers {self.answer} (symbolic check: {self.check}; {self.run})"


def solved_again(
    store: Store, home: Project, console: Console, problem_id: str, statement: str | None, model: str
) -> SolvedAgain:
    """Have one problem solved as it is to stand; UserError, with nothing saved, where nothing usable comes back."""
    card = store.problems.get(problem_id)
    if not statement and not (card and card.waits):
        raise UserError("no statement waits for its solution.", where=problem_id, do="Change it with --statement.")
    planned = planning.solving(store, home, problem_id, statement or "", model)
    foreground(store, planned.directory, console, "solving")
    made = proposed(planned.directory)
    if made is None:
        raise _unusable("the model gave no solution", planned.directory)
    seen = examined(planned.plan.statement, made)
    if seen.answer is None:
        lack = "a solution that was cut" if seen.outcome == "cut" else "one without a final answer"
        raise _unusable(f"the model gave {lack}", planned.directory)
    if not seen.fit:
        raise _unusable(f"the model answers {seen.answer}, which is wrong: {seen.reason}", planned.directory)
    return SolvedAgain(planned.plan.id, made.model, made.text, seen.answer, seen.outcome, seen.reason)


def _unusable(what: str, directory: Path) -> UserError:
    do = "Try again, choose another --model, or write one: --solution."
    return UserError(f"{what}; nothing was saved.", where=str(directory), do=do)
