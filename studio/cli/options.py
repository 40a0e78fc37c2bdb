"""Options that every command shares."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[
    Path | None,
    typer.Option("--project", help="Project folder; else $LEMMA_PROJECT, else data/workspace/default.", metavar="DIR"),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line of stdout.")]


def pairs(given: list[str], what: str) -> dict[str, str]:
    """Return `key=value` options as a dict; a usage error names the one that is none."""
    found: dict[str, str] = {}
    for text in given:
        key, sign, value = text.partition("=")
        if not sign or not key:
            raise typer.BadParameter(f"{text!r} is not {what}")
        found[key] = value
    return found
