"""Data beside data of people, as `lemma evaluate quality --keep` measured it last (CL, appendix I, table 6)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from engine.core.files import write_atomically
from engine.core.project import Project
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table

FOLDER = "quality"
"""Folder of a project with what was measured, one JSON file each."""
_NAME, _TITLE = "quality", "Data beside data of people"


def keep(project: Project, values: Mapping[str, Any]) -> Path:
    """Keep what was measured in the project, for its report."""
    path = project.root / FOLDER / f"{time.time():.6f}.json"
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, orjson.dumps(dict(values), option=orjson.OPT_INDENT_2))
    return path


def kept(project: Project) -> list[Path]:
    """Return the files of everything that was kept, the last one last."""
    return sorted((project.root / FOLDER).glob("*.json"))


def quality(project: Project) -> Section:
    """Return perplexity and BERTScore of the sets that were measured last (CL-31)."""
    paths = kept(project)
    if not paths:
        return missing(_NAME, _TITLE, "run `lemma evaluate quality --data people=FILE --data ours=FILE --keep`.")
    try:
        rows = [_row(one) for one in orjson.loads(paths[-1].read_bytes())["sets"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        return missing(_NAME, _TITLE, f"{paths[-1].name} cannot be read: {error}")
    known = [(str(row[0]), float(row[2])) for row in rows if isinstance(row[2], float)]
    chart = Bars(tuple(name for name, _ in known), (Series("perplexity", tuple(value for _, value in known)),))
    finding = "; ".join(f"{row[0]}: {_told(row)}" for row in rows) + "."
    notes = (
        "BERTScore compares every set with that of people, and that one with itself; models differ from the paper's.",
    )
    columns = ("set", "samples", "perplexity", "BERTScore F1", "characters")
    return Section(_NAME, _TITLE, finding, table(columns, rows), chart if known else None, notes)


def _row(one: Mapping[str, Any]) -> tuple[Cell, ...]:
    measured = [None if one[name] is None else float(one[name]) for name in ("perplexity", "bertscore")]
    return (str(one["name"]), int(one["samples"]), *measured, float(one["length"]))


def _told(row: tuple[Cell, ...]) -> str:
    parts = [f"perplexity {row[2]:.2f}"] if isinstance(row[2], float) else []
    parts += [f"BERTScore F1 {row[3]:.2f}"] if isinstance(row[3], float) else []
    return ", ".join(parts) or f"{row[1]:,} samples"
