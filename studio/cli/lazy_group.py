"""Commands that stand on a shelf: their names and one line each are known, their code is loaded when one is taken.

The code of a command brings the store, numpy or SymPy with it, which takes longer than most commands take; a list of
commands needs none of that.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Command:
    """One command: the module of studio.cli that registers it, and what `lemma --help` says of it."""

    name: str
    module: str
    help: str


def shelf(entries: tuple[Command, ...]) -> type[TyperGroup]:
    """Return the group that holds `entries`, in their order."""
    known = {entry.name: entry for entry in entries}

    class Shelf(TyperGroup):
        """Shows entries by their one line, and loads the one that is called."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes)
            for entry in entries:
                self.add_command(TyperCommand(entry.name, help=entry.help))

        def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
            if args and args[0] in known:
                self.add_command(take(known[args[0]]))
            return super().resolve_command(ctx, args)

    return Shelf


def take(entry: Command) -> Any:
    """Return the command of an entry, with all options and subcommands."""
    family = typer.Typer(pretty_exceptions_enable=False)
    importlib.import_module(f"studio.cli.{entry.module}").register(family)
    return typer.main.get_group(family).commands[entry.name]
