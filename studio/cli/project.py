"""`lemma init`, `lemma studio`, `lemma verify`: make a project, open it, check it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import UserError
from engine.core.project import Project, create, find
from engine.core.resources import shipped
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

DEMO_ITEMS = 800
DEMO_CHANGES = {"running.concurrency": "4", "routing.solutions": "3"}
DEMO_WRITER = "abacus:abacus-large@600ms"
"""The demo writes at the pace of a small local model, some two minutes long, so that a curator can watch the run."""


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("init")(init)
    app.command("studio")(studio)
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


def studio(
    project: ProjectOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
) -> None:
    """Open the studio in the browser."""
    root = find(project).root.resolve()
    headless = no_browser or not (os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"))
    print(f"Lemma Studio: http://{host}:{port}   (project {root}; stop with Ctrl+C)", flush=True)
    command = [
        sys.executable, "-m", "streamlit", "run", str(Path(__file__).parents[1] / "app.py"),
        "--server.address", host, "--server.port", str(port), "--server.headless", str(headless).lower(),
    ]  # fmt: skip
    code = _serve(command, {**os.environ, "LEMMA_PROJECT": str(root)})
    if code not in (0, -signal.SIGINT, -signal.SIGTERM, 130):
        raise UserError(f"the studio ended with code {code}.", do=f"Is port {port} free? Try --port {port + 1}.")


def _serve(command: list[str], environment: dict[str, str]) -> int:
    """Run the server until it ends; a request to end is passed on to it, so that none stays behind without a parent."""
    with subprocess.Popen(command, env=environment, cwd=_configured()) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            return server.wait()
        except KeyboardInterrupt:
            # Ctrl+C reached the server as well: both stand in the terminal's group.
            return server.wait()


def _configured() -> Path:
    """Return the folder whose .streamlit holds the theme: Streamlit reads it from where it is started."""
    return shipped("..").resolve()


def verify(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Check the store: references, content hashes, journals."""
    from studio.cli.opening import in_turn

    with in_turn(find(project)) as store:
        troubles = store.verify()
    lines = [f"{t.kind} · {t.where}: {t.detail}" for t in troubles]
    Console(json).result({"ok": not troubles, "problems": lines}, "\n".join(lines) or "All is well.")
    if troubles:
        raise typer.Exit(1)
