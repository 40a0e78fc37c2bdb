"""`lemma engines lineup`: the models of the papers by role, what to serve for them, and roles mapped to them."""

from __future__ import annotations

from dataclasses import asdict
from shlex import quote
from typing import Annotated, Any

import typer

from engine.core.errors import BadSetting, UserError
from engine.core.project import Project, engines, find, roles, save_roles
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.generation.recipes.lineups import LineUp, Mapped, lineups, mapped, remarks, serving_lines
from engine.generation.recipes.lineups import lineup as lineup_called
from engine.models.independence import JUDGING, doubts
from engine.models.model_list import OfferedModel, listings, offered
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

_NOT_NAMED = "not named"


def lineup(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A line-up; all are listed where none is named.")] = "",
    apply: Annotated[
        list[str] | None,
        typer.Option(
            "--apply",
            metavar="ENGINE",
            help="Map the project's roles to the models that this engine lists; repeatable.",
        ),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Show which model a paper put on which role, and what to serve; or map roles to the models that are here."""
    console = Console(json)
    if name and apply:
        _apply(lineup_called(name), find(project), apply, console)
    elif name:
        which = lineup_called(name)
        console.result(_values(which), "\n".join(_described(which)))
    elif apply:
        raise UserError("say which line-up.", where="--apply", do="lemma engines lineup lists them.")
    else:
        rows = [{"name": one.name, "recipe": one.recipe, "title": one.title, "source": one.source} for one in lineups()]
        text = "\n".join(f"{one.name:20} {one.title}\n{'':20} {one.source}" for one in lineups())
        console.result({"lineups": rows}, text)


def _apply(which: LineUp, home: Project, engines_: list[str], console: Console) -> None:
    """Map the project's roles to what these engines list, and say what is left and what to look at."""
    found = mapped(which, _offers(home, engines_))
    left = remarks(which, found)
    if not found.roles:
        raise UserError(f"{', '.join(engines_)}: no model of {which.name} is listed.", do=" ".join(left))
    save_roles(home, {**roles(home), **found.roles})
    resolved = recipes.load(which.recipe, which.changes, standing=roles(home))
    doubtful = doubts(resolved.roles, (*resolved.settings.judging.weights, *JUDGING))
    lines = [*(f"{role:20} {where}" for role, where in found.roles.items()), *left, *doubtful]
    lines += [*_elsewhere(which, found), command(which)]
    values = {"lineup": which.name, "roles": found.roles, "left": list(left), "settings": which.changes}
    console.result({**values, "doubts": list(doubtful), "run": command(which)}, "\n".join(lines))


def command(which: LineUp) -> str:
    """Return the run of a line-up whose roles are mapped: its recipe with its settings."""
    words = [f"lemma run {which.recipe}", *(f"--set {quote(f'{key}={text}')}" for key, text in which.changes.items())]
    return " ".join(words)


def _offers(home: Project, names: list[str]) -> list[OfferedModel]:
    known = engines(home)
    for name in names:
        if name not in known:
            raise BadSetting(f"{name!r} is not a known engine; known: {', '.join(sorted(known))}.", where="--apply")
    said = listings({name: known[name] for name in names})
    for name, probe in said.items():
        if not probe.ok:
            raise UserError(probe.detail, where=f"engine {name}")
    return [one for name, probe in said.items() for one in offered(name, known[name], probe.models)]


def _elsewhere(which: LineUp, found: Mapped) -> list[str]:
    """Say which other recipes take these roles from the project, too."""
    others: list[Recipe] = [recipes.load(name) for name in recipes.names() if name != which.recipe]
    shared = {one.name: [role for role in found.roles if role in one.roles] for one in others}
    told = [f"{name} ({', '.join(roles_)})" for name, roles_ in shared.items() if roles_]
    return [f"Roles are shared: {'; '.join(told)} will use these models, too."] if told else []


def _described(which: LineUp) -> list[str]:
    lines = [f"{which.title} · {which.source}", which.about, ""]
    for one in which.roles:
        printed = one.model.printed if one.model else _NOT_NAMED
        lines.append(f"{one.role:20} {printed:28} {one.source} [{one.grade}]")
    lines += [f"{one.task:20} {one.model.printed:28} {one.source}: {one.way}" for one in which.beside]
    lines += ["", *(f"{model.printed}: {model.note}" for model in which.models if model.note)]
    if which.settings:
        lines += ["", which.settings_note]
    lines += ["", "To serve and install (each server on GPUs of its own; counted for 80 GiB and 16 bit):"]
    lines += [f"  {line}" for line in serving_lines(which)]
    return [*lines, f"  lemma engines lineup {which.name} --apply ENGINE", f"  {command(which)}"]


def _values(which: LineUp) -> dict[str, Any]:
    return {
        "name": which.name,
        "recipe": which.recipe,
        "title": which.title,
        "source": which.source,
        "about": which.about,
        "roles": [asdict(one) for one in which.roles],
        "beside": [asdict(one) for one in which.beside],
        "settings": which.changes,
        "settings_note": which.settings_note,
        "serve": list(serving_lines(which)),
        "run": command(which),
    }
