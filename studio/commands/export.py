"""`lemma export`: write a training set with its card and manifest."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from engine.delivery import deliver
from engine.errors import BadSetting
from engine.exporters import CONTAINERS, FORMATS
from engine.project import find
from engine.store import Store
from studio.commands.options import JsonOption, ProjectOption
from studio.console import Console

_ONLY = ("approved", "selected")


def register(app: typer.Typer) -> None:
    """Add the command to `lemma`."""
    app.command("export")(export)


def export(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the data set.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write into.")],
    format: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "sft",
    only: Annotated[str, typer.Option("--only", help=f"One of {', '.join(_ONLY)}.")] = "",
    test_share: Annotated[float, typer.Option(min=0, max=0.5, help="Share held out, by family.")] = 0.0,
    container: Annotated[str, typer.Option(help=f"One of {', '.join(CONTAINERS)}.")] = "jsonl",
    license: Annotated[str, typer.Option(help="Licence named on the card.")] = "other",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Write the approved problems, or the selected ones where nothing was approved yet, as training data."""
    if only and only not in _ONLY:
        raise BadSetting(f"--only {only!r} is not known.", do=f"Use {' or '.join(_ONLY)}.")
    console = Console(json)
    with Store(find(project).database) as store:
        chosen = only or _fullest(store, console)
        with console.progress(f"export {name}") as advance:
            done = deliver(
                store, name, out, format=format, only=chosen, test_share=test_share,  # type: ignore[arg-type]
                container=container, license=license, by=getpass.getuser(),
                progress=lambda rows: advance(rows, None, "rows"),
            ).exported  # fmt: skip
    left = "".join(f"\n  {count:,} left out: {reason}" for reason, count in done.left_out.items())
    values = {
        "rows": done.rows,
        "only": chosen,
        "files": [str(path) for path in done.files],
        "sha256": done.sha256,
        "left_out": done.left_out,
    }
    console.result(values, f"{done.rows:,} {chosen} problems in {out}{left}")


def _fullest(store: Store, console: Console) -> str:
    """Return what to export where nobody said it, and say so when that is not what people approved."""
    if store.exports.rows("approved").num_rows:
        return "approved"
    selected = store.exports.rows("selected").num_rows
    if selected:
        console.say(f"No problem is approved yet: exporting the {selected:,} that the policy selected.")
    return "selected" if selected else "approved"
