"""Plans a new solution for an edited statement: the model that solved the problem before is asked once more."""

from __future__ import annotations

from engine.core.errors import BadSetting, UserError
from engine.core.project import Project
from engine.core.settings import Recipe, RecipeSettings
from engine.generation.solve_again import ROLE
from engine.planning.ready import Planned, ready, reserve, used
from engine.runs.plan import SolvePlan
from engine.store import Store
from engine.store.problems import ProblemCard

_ROLES = ("solver", "solver_high", "writer")
"""Roles that solve, the strongest first, for a problem that nobody has solved before."""


def solving(
    store: Store, project: Project, problem_id: str, statement: str = "", model: str = ""
) -> Planned[SolvePlan]:
    """Plan a one-item run that solves a problem as it stands now.

    Args:
        store: the project's store.
        project: where the run directory is made.
        problem_id: the problem.
        statement: what is to be solved; the statement as it stands by default.
        model: ENGINE:MODEL; by default the model of the role that wrote the solution before.

    Raises:
        UserError: where there is no such problem, or nothing says which model solves it.
    """
    card = store.problems.get(problem_id)
    if card is None:
        raise UserError(f"there is no problem {problem_id!r}.", do="Its id stands on the review card.")
    plan = store.runs.plan(card.problem.run_id)
    where = model or _solver(card, plan.recipe.roles if plan else {})
    if not where:
        do = "Say which with --model ENGINE:MODEL."
        raise BadSetting("nothing says which model solves it.", where=problem_id, do=do)
    earlier = sum(run.kind == "solve" for run in store.runs.list())
    recipe = Recipe(
        name="solve",
        title="Solved again",
        roles={ROLE: where},
        items=1,
        seed=(plan.recipe.seed if plan else 0) + earlier,
        settings=plan.recipe.settings if plan else RecipeSettings(),
    )
    engines = used(project, recipe)
    directory = reserve(project, "solve")
    asked = {"problem_id": problem_id, "statement": statement or card.statement}
    return ready(store, directory, SolvePlan(id=directory.name, recipe=recipe, engines=engines, total=1, **asked))


def _solver(card: ProblemCard, roles: dict[str, str]) -> str:
    """Return ENGINE:MODEL of the role that wrote the chosen solution, else of the strongest role that solves."""
    wrote = card.chosen.reply_id if card.chosen else None
    before = next((reply.role for reply in card.trace if wrote and reply.id == wrote), "")
    return next((roles[role] for role in (before, *_ROLES) if roles.get(role)), "")
