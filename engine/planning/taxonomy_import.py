"""Brings a taxonomy into a project: its points stand beside those that seeds and models gave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.core.records import KnowledgePoint
from engine.knowledge import taxonomy_files
from engine.store import Store
from engine.store.points import LONGEST_NAME


@dataclass(frozen=True, slots=True)
class TaxonomyImported:
    """What became of the points of a file."""

    added: int
    merged: int
    """Points that the project has already, under this name in any case."""
    skipped: tuple[tuple[str, str], ...]
    """Names that were left out, each with the reason."""


def add_taxonomy(store: Store, path: Path) -> TaxonomyImported:
    """Add the points of a taxonomy file; BadInput, before anything is stored, where it holds none."""
    found = taxonomy_files.read(path)
    known = {str(name).casefold() for column in ("name", "first_name") for name in store.points.all()[column]}
    skipped = [*found.skipped]
    fresh: list[KnowledgePoint] = []
    merged = 0
    for name, area in _points(found):
        if len(name) > LONGEST_NAME:
            skipped.append((f"{name[:40]}…", f"longer than {LONGEST_NAME} characters"))
        elif name.casefold() in known:
            merged += 1
        else:
            fresh.append(KnowledgePoint.make(name, origin="taxonomy", area=area))
    added = store.points.add(fresh)
    return TaxonomyImported(added.added, merged + added.duplicates, tuple(skipped))


def _points(found: taxonomy_files.ReadTaxonomy) -> Iterator[tuple[str, str | None]]:
    """Yield each point with its area: the first level of its path, or the second where all share the first."""
    roots = {path[0] for path in found.paths}
    at = 1 if len(roots) == 1 and len(found.paths) > 1 else 0
    for path in found.paths:
        yield " ".join(path[-1].split()), path[at] if len(path) > at + 1 else (path[0] if len(path) > 1 else None)
