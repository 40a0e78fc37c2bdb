"""`lemma run RECIPE --study ROLE=ENGINE:MODEL ...`: the same items by each choice of models, one run after another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer

from engine import planning
from engine.core.errors import UserError
from engine.core.project import Project
from engine.core.settings import Recipe
from engine.planning import model_study
from engine.planning.forecast import Forecast
from engine.runs.status import load_status
from engine.store import Store
from studio.cli.console import Console
from studio.cli.expecting import described, warnings
from studio.cli.running import foreground, require_success

StudyOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ROLE=BACKEND:MODEL",
        help="A model that takes its turn in a role; repeatable. Every choice of models writes the same items.",
    ),
]


def varied(given: list[str], cluster: object = None) -> dict[str, list[str]]:
    """Return the models of each role; a usage error names what is no ROLE=BACKEND:MODEL.

    UserError where the study is to be spread over other machines.
    """
    if cluster is not None:
        raise UserError("a study runs on this machine.", where="--on", do="Leave --on ray out, or run each choice.")
    found: dict[str, list[str]] = {}
    for text in given:
        role, sign, where = text.partition("=")
        if not (sign and role and where):
            raise typer.BadParameter(f"{text!r} is not ROLE=BACKEND:MODEL")
        found.setdefault(role, []).append(where)
    return found


def run_study(
    home: Project, chosen: Recipe, models: dict[str, list[str]], point: str | None, dry: int | None, console: Console
) -> None:
    """Plan a study, forecast it, and run it in the foreground. `dry`: only forecast, from so many items of each."""
    each = model_study.recipes_of(chosen, models)
    with Store(home.database) as store:
        for recipe in each if dry else ():
            tried = planning.generation(store, home, recipe, point=point, dry=dry or 0)
            foreground(store, tried.directory, console, tried.plan.id)
        expected = model_study.expectations(home, each)
        for place, one in enumerate(expected, 1):
            console.say(f"run {place}: {described(one)}")
        console.say(model_study.in_all(home, each))
        for doubt in dict.fromkeys(one.line for recipe in each for one in warnings(home, recipe, None)):
            console.say(doubt)
        if dry is not None:
            drawn = planning.preview(store, home, each[0], point=point)
            said = "\n".join([f"{len(each)} runs of {drawn.items:,} items would be written", *drawn.notes])
            console.result(_planned(drawn.items, expected), said)
            return
        planned = planning.study(store, home, chosen, models, point=point)
        for note in planned.notes:
            console.say(note)
        model_study.keep_forecasts(planned, expected)
        try:
            foreground(store, planned.directory, console, planned.plan.id, may_wait=True)
        finally:
            for name in planned.plan.cells:
                store.ingest(planned.directory.with_name(name))
    rows = [_row(home, name, roles) for name, roles in planned.plan.cells.items()]
    state = load_status(planned.directory).state
    lines = ["{models}: {kept:,} of {items:,} kept, {calls:,} calls, {cost:,.2f} USD".format(**row) for row in rows]
    values = {"run": planned.plan.id, "state": state, "runs": rows, "notes": list(planned.notes)}
    console.result(values, "\n".join([f"{planned.plan.id} is {state}", *lines]))
    _require_success(home, planned.plan.cells)


def _require_success(home: Project, cells: Iterable[str]) -> None:
    """End with 1 where no item of any run of the study succeeded; one that worked is a result of the others, too."""
    statuses = {name: load_status(home.runs / name) for name in cells}
    if not any(status.done for status in statuses.values()):
        for name, status in statuses.items():
            require_success(home.runs / name, status)


def _planned(items: int, expected: list[Forecast | None]) -> dict[str, Any]:
    return {
        "run": None,
        "state": "planned",
        "items": items,
        "forecast": [asdict(one) if one else None for one in expected],
    }


def _row(home: Project, name: str, roles: dict[str, str]) -> dict[str, Any]:
    status = load_status(home.runs / name)
    models = ", ".join(f"{role} {where}" for role, where in roles.items())
    kept = status.funnel.get("kept", 0)
    counted = {"items": status.done + status.failed, "kept": kept, "calls": status.calls, "cost": status.cost}
    return {"run": name, "models": models, "roles": roles, "state": status.state, **counted}
