"""`lemma init`, `lemma verify`: make a project, check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.core.project import Project, create, find
from engine.core.resources import shipped
from engine.core.store_file import require_kept
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

DEMO_ITEMS = 800
DEMO_CHANGES = {"running.concurrency": "4", "routing.solutions": "3"}
DEMO_WRITER = "abacus:abacus-large@600ms"
"""The demo writes at the pace of a small local model, some two minutes long, so that a curator can watch the run."""


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("init")(init)
    app.command("verify")(verify)


def init(
    directory: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Where the project will be; or name it with --project.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Fill it with our own seeds and start a first run.")] = False,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Make a project; with --demo fill it and start a first run on the embedded engine."""
    console = Console(json)
    made = create(_where(directory, project))
    require_kept(made.database)
    run = _demo(made, console) if demo else None
    console.result(
        {"project": str(made.root), "run": run},
        f"{made.root} is ready." + (f" Run {run} is going on." if run else ""),
    )


def _where(directory: Path | None, project: Path | None) -> Path:
    """Return the folder of a new project, named in one of two ways; a usage error where both or none name one."""
    if directory and project and directory.resolve() != project.resolve():
        raise typer.BadParameter(f"{directory} and --project {project} are two folders")
    if named := directory or project:
        return named
    raise typer.BadParameter("say where the project will be: lemma init DIR")


def _demo(project: Project, console: Console) -> str:
    """Add the shipped seeds, build the graph, and leave a detached run behind."""
    # Only here: the whole engine takes seconds to load, which opening the studio need not wait for.
    from engine import planning
    from engine.generation import recipes
    from engine.runs import launcher
    from engine.seeds import import_files
    from engine.store import Store
    from studio.cli.knowledge import build

    with Store(project.database) as store:
        files = sorted(shipped("seeds").glob("*.jsonl"))
        for path in files:
            import_files.add_seeds(store, project, path)
        console.say(f"{store.seeds.count():,} seeds")
        build(store, project, recipes.load("gsdp"), console)
        recipe = recipes.load("gsdp", {"items": str(DEMO_ITEMS), **DEMO_CHANGES}, {"writer": DEMO_WRITER})
        planned = planning.generation(store, project, recipe)
    launcher.launch(planned.directory)
    return planned.plan.id


def verify(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Check the store: references, content hashes, journals."""
    from studio.cli.opening import in_turn

    with in_turn(find(project)) as store:
        troubles = store.verify()
    lines = [f"{t.kind} · {t.where}: {t.detail}" for t in troubles]
    Console(json).result({"ok": not troubles, "problems": lines}, "\n".join(lines) or "All is well.")
    if troubles:
        raise typer.Exit(1)
