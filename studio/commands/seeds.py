"""`lemma seeds add`, `lemma benchmarks add`: bring problems in."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine import intake, seeds
from engine.project import find
from engine.store import Store
from studio.commands.options import JsonOption, ProjectOption, pairs
from studio.console import Advance, Console

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files; .gz is read as it is.")]
Format = Annotated[str, typer.Option("--format", help=f"One of {', '.join(seeds.FORMATS)}.")]
Mapping = Annotated[
    list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field; repeatable.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Problems to start from.", no_args_is_help=True)
    group.command("add")(add)
    app.add_typer(group, name="seeds")
    tests = typer.Typer(help="Test problems that must not leak into training data.", no_args_is_help=True)
    tests.command("add")(add_benchmark)
    app.add_typer(tests, name="benchmarks")


def add(
    paths: Paths,
    format: Format = "auto",
    mapping: Mapping = None,
    limit: Annotated[int | None, typer.Option(help="Read at most so many rows of each file.")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Import seeds; rows that cannot be used are kept aside with their reasons."""
    console, home = Console(json), find(project)
    chosen = pairs(mapping or [], "FIELD=COLUMN")
    added = duplicates = rejected = 0
    reasons: Counter[str] = Counter()
    with Store(home.database) as store:
        for path in paths:
            with console.progress(path.name) as advance:
                done = intake.add_seeds(
                    store, home, path, format=format, mapping=chosen, limit=limit, progress=partial(_rows, advance)
                )
            added, duplicates, rejected = added + done.added, duplicates + done.duplicates, rejected + done.rejected
            reasons.update(done.reasons)
            if done.aside:
                console.say(f"{path.name}: {done.rejected:,} rows kept aside in {done.aside}")
    why = "".join(f"\n  {count:,} × {reason}" for reason, count in reasons.most_common())
    console.result(
        {"added": added, "duplicates": duplicates, "rejected": rejected, "reasons": dict(reasons)},
        f"{added:,} added, {duplicates:,} were there already, {rejected:,} rejected{why}",
    )


def _rows(advance: Advance, rows: int) -> None:
    advance(rows, None, "rows")


def add_benchmark(
    paths: Paths,
    name: Annotated[str, typer.Option(help="Name of the benchmark; else the file's name.")] = "",
    format: Format = "auto",
    mapping: Mapping = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Add test problems; generated problems that copy one of them are dropped."""
    home, chosen = find(project), pairs(mapping or [], "FIELD=COLUMN")
    added = duplicates = 0
    with Store(home.database) as store:
        for path in paths:
            done = intake.add_benchmark(store, path, name, format=format, mapping=chosen)
            added, duplicates = added + done.added, duplicates + done.duplicates
    Console(json).result(
        {"added": added, "duplicates": duplicates}, f"{added:,} test problems added, {duplicates:,} were there already"
    )
