"""`lemma users ...`: who may sign in to a shared studio, and what they may do there."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from engine.core.errors import UserError
from engine.core.project import find
from studio.access import members, passwords
from studio.access.members import Member, key_of
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name to sign in with; a mail address for a provider.")]


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="People of a shared studio: who may sign in, and as what.", no_args_is_help=True)
    for name, command in (("list", listed), ("add", add), ("remove", remove)):
        group.command(name)(command)
    app.add_typer(group, name="users")


def listed(project: ProjectOption = None, json: JsonOption = False) -> None:
    """List who may sign in to this project's studio."""
    people = members.read(find(project).root).people.values()
    rows = [{"name": one.name, "role": one.role, "password": bool(one.password)} for one in people]
    lines = [f"{row['name']:24} {row['role']:8} {'' if row['password'] else 'by a provider only'}" for row in rows]
    Console(json).result({"users": rows}, "\n".join(line.rstrip() for line in lines) or "Nobody may sign in yet.")


def add(
    name: Name,
    role: Annotated[
        str, typer.Option(help="viewer sees, curator decides and starts runs, owner also edits engines.")
    ] = "curator",
    provider: Annotated[
        bool, typer.Option("--provider", help="Comes by a provider (OIDC) only; NAME is the mail address there.")
    ] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Let somebody sign in, or give them another role and password; sessions that they have end.

    The password is asked for twice on a terminal, and is else the one line that comes in.
    """
    root = find(project).root
    said = members.checked_name(name)
    if not members.is_role(role):
        raise typer.BadParameter(f"{role!r} is none of {', '.join(members.ROLES)}", param_hint="--role")
    kept = "" if provider else passwords.hashed(_password())
    one = Member(said, role, kept)

    def act(people: dict[str, Member]) -> bool:
        known = key_of(said) in people
        people[key_of(said)] = one
        return known

    known = members.change(root, act)
    members.end_sessions(root, said)
    Console(json).result(
        {"name": said, "role": role, "password": bool(kept), "replaced": known},
        f"{said} {'is now' if known else 'may sign in as'} {role}",
    )


def remove(name: Name, project: ProjectOption = None, json: JsonOption = False) -> None:
    """Let somebody sign in no more; sessions that they have end."""
    root = find(project).root
    gone = members.change(root, lambda people: people.pop(key_of(name), None))
    if gone is None:
        raise UserError(f"{name!r} is nobody who may sign in.", where=str(root / members.FILE))
    Console(json).result({"name": gone.name, "removed": True}, f"{gone.name} may sign in no more")


def _password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    said = sys.stdin.readline(2 * passwords.LONGEST)
    if not said:
        raise UserError("the password is missing.", do="Type it, or send it as one line: lemma users add NAME < FILE")
    return said.rstrip("\r\n")
