"""`lemma bench`, `lemma doctor`: how fast, and how healthy."""

from __future__ import annotations

import importlib
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from engine.core.errors import UserError
from engine.core.project import find
from engine.reporting import doctor as clinic
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "bench"


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("bench")(bench)
    app.command("doctor")(doctor)


def bench(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One benchmark; all without a name.")] = None,
    json: JsonOption = False,
) -> None:
    """Run the benchmarks: each prints a ratio to a peer or a limit measured in the same run."""
    console = Console(json)
    found = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    if name and name not in found:
        known = ", ".join(found) or "none here: they come with the source tree"
        raise UserError(f"there is no benchmark {name!r}.", do=f"Known: {known}.")
    results = []
    for stem, path in found.items():
        if name in (None, stem):
            console.say(f"{stem} …")
            results += _load(path).run()
    lines = [_line(result) for result in results]
    console.result({"results": [asdict(result) for result in results]}, "\n".join(lines))
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def _line(result: Any) -> str:
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}x {result.peer}"
    bar = "" if result.bar is None else f"bar {result.bar:g}"
    return f"{'ok  ' if result.ok else 'MISS'} {result.name:52} {result.value:>12,.3f} {result.unit:8} {ratio}  {bar}"


def _load(path: Path) -> ModuleType:
    root = str(FOLDER.parents[1])
    if root not in sys.path:
        sys.path.insert(0, root)
    return importlib.import_module(f"tests.bench.{path.stem}")


def doctor(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Look at Python, packages, extras, engines, disk and GPU, and say what to do about each."""
    try:
        home = find(project)
    except UserError:
        home = None
    found = list(clinic.checks(home))
    mark = {True: "✓", False: "✗"}
    lines = [
        f"{mark[c.ok] if c.needed or c.ok else '·'} {c.name:16} {c.detail}  {c.advice if not c.ok else ''}"
        for c in found
    ]
    Console(json).result({"checks": [asdict(check) for check in found]}, "\n".join(lines))
    if not all(check.ok for check in found if check.needed):
        raise typer.Exit(1)
