"""`lemma backup`, `lemma recover`: copies of a project's store, and a store that is made anew from what is left."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.core.out_folder import require_apart
from engine.core.project import find
from engine.planning import recovering
from engine.store import backups
from studio.cli.console import Console
from studio.cli.opening import in_turn
from studio.cli.options import JsonOption, ProjectOption


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("backup")(backup)
    app.command("recover")(recover)


def backup(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="The copy; else in PROJECT/backups.")
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Copy the store while it is in use; the studio makes a copy a day, and keeps seven."""
    home = find(project)
    with in_turn(home, brief=True) as store:
        if out is None:
            made = backups.make(store, home.backups).path
        else:
            made = out.expanduser()
            if made.resolve().parent != home.backups.resolve():
                require_apart(made, home.root)
            backups.copy(store, made)
    size = made.stat().st_size
    Console(json).result({"file": str(made), "bytes": size}, f"{made}, {size / 1e6:,.1f} MB")


def recover(
    anyway: Annotated[bool, typer.Option("--anyway", help="Rebuild it although every row can be read.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Rebuild a damaged store from what can be read of it, the newest copy and all runs; nothing is deleted."""
    home, console = find(project), Console(json)
    if not anyway and recovering.is_whole(home):
        console.result({"source": None, "whole": True}, "Every row of the store can be read; nothing was done.")
        return
    done = recovering.recover(home, console.say)
    values = {
        "source": done.source,
        "whole": False,
        "copy_of": datetime.fromtimestamp(done.since, UTC).isoformat() if done.since else None,
        "aside": str(done.aside) if done.aside else None,
        "runs": done.runs,
        "added": done.added,
        "left_out": done.left_out,
        "lost": done.lost,
    }
    console.result(values, "\n".join(_lines(done)))


def _lines(done: recovering.Recovered) -> list[str]:
    added = ", ".join(f"{count:,} {kind}" for kind, count in done.added.items() if count) or "nothing new"
    lines = [f"The store was made from {done.source}; {done.runs:,} runs were read: {added}."]
    lines += [f"  {name} is left out: {why}" for name, why in done.left_out.items()]
    lines += [done.lost] if done.lost else []
    return [*lines, f"What was there lies in {done.aside}."] if done.aside else lines
