"""`lemma report`: what came of a project, as one file to read and tables to work with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from engine.core.out_folder import require_ours
from engine.core.project import find
from engine.reporting import Report, ReportOptions, build
from engine.reporting.diversity import SAMPLE
from engine.reporting.economy import GPU_RATE
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption
from studio.report import files


def register(app: typer.Typer) -> None:
    """Add the command to `lemma`."""
    app.command("report")(report)


def report(
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder for the files; else PROJECT/report.")] = None,
    radius: Annotated[
        float | None, typer.Option(min=0.0, help="Radius of the clusters of ideas; else the knee of the distances.")
    ] = None,
    gpu_rate: Annotated[
        float, typer.Option(min=0.0, help="Dollars of a GPU-hour where no engine of a run names its price.")
    ] = GPU_RATE,
    sample: Annotated[int, typer.Option(min=5, help="Problems of each recipe that are clustered by idea.")] = SAMPLE,
    proof: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Comparisons of training data to show, such as a proof's results.json."),
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write report.html, figures and tables of everything that was made, judged and spent."""
    home = find(project)
    folder = (out or home.root / "report").expanduser()
    if out:
        require_ours(folder, files.REPORT, home.root)
    console = Console(json)
    with up_to_date(home) as store, console.progress("report") as advance:
        made = build(store, home, advance, ReportOptions(radius, gpu_rate, sample, tuple(proof or ())))
    paths = files.write(made, folder, home.root)
    values = {
        "files": [str(path) for path in paths],
        "sections": {section.name: section.todo or section.finding for section in made.sections},
    }
    console.result(values, _told(made, folder, len(paths)))


def _told(made: Report, folder: Path, count: int) -> str:
    lines = [f"{folder / 'report.html'} and {count - 1:,} tables and figures beside it"]
    lines += [f"  {section.title}: {section.todo or section.finding}" for section in made.sections]
    return "\n".join(lines)
