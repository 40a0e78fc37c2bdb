"""`lemma knowledge bands`: what the limits of the dual filter do with an embedder, and which it would need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from engine.core.errors import BadInput
from engine.core.files import read_text
from engine.core.lenient_json import loads
from engine.core.project import Project, find
from engine.generation import recipes
from engine.knowledge import band_shares
from engine.knowledge.band_shares import PAPER_PAIRS, BandShares, Cosines, MappedLimit
from engine.similarity import Embedder, embedder
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption, pairs

NO_ANCHOR = (
    "Limits for this embedder: can't tell. The published ones were found with BAAI/bge-m3, and two scored pairs are "
    "too few to map it. Name an embedder or a file of scored pairs that they hold for: --reference"
)
POOR = 0.7
"""Share of pairs in common below which equal shares are far from equal pairs."""


def bands(
    model: Annotated[str, typer.Option("--embedder", help="hashing, minilm, or a model by folder or id.")] = "",
    reference: Annotated[
        str, typer.Option(help="Embedder that the limits hold for, or JSON lines with left, right, cosine by it.")
    ] = "",
    points: Annotated[Path | None, typer.Option(help="Names, one in a line, in place of the project's points.")] = None,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Count the pairs of points in each band of the dual filter; with a reference, map its limits to an embedder."""
    console = Console(json)
    chosen = recipes.load("gsdp", pairs(change or [], "KEY=VALUE")).settings.filter
    home = None if points else find(project)
    names = _lines(points) if points else _names(home)
    cache = home.runs / ".embeddings" if home else None
    mine = embedder.choose(model or chosen.embedder, names, cache)
    found = band_shares.count(names, mine, chosen.merge_at, chosen.ask_from)
    limits = (chosen.merge_at, chosen.ask_from)
    told = list(_counted(found, limits))
    values: dict[str, Any] = {**asdict(found), "shares": list(found.shares), "limits": list(limits), "mapped": None}
    if reference:
        own, other, called = _both(names, mine, reference, cache)
        made = band_shares.mapped(own, other, limits)
        alike = band_shares.agreement(own, other)
        values |= {"mapped": [asdict(one) for one in made], "reference": called, "rank_correlation": alike}
        told += _told(made, called, len(own), alike)
    else:
        told.append(NO_ANCHOR)
    console.result(values, "\n".join(told))


def _names(home: Project | None) -> list[str]:
    with up_to_date(home or find(None), brief=True) as store:
        return sorted({str(name) for name in store.points.all()["first_name"]})


def _lines(path: Path) -> list[str]:
    return list(dict.fromkeys(line.strip() for line in read_text(path).splitlines() if line.strip()))


def _counted(found: BandShares, limits: tuple[float, float]) -> Iterator[str]:
    same, asked = found.shares
    merge_at, ask_from = limits
    yield f"{found.points:,} points, {found.pairs:,} pairs, compared by {found.embedder}"
    yield f"the same without asking, from {merge_at:g} on: {found.same:,} ({same:.3%})"
    yield f"asked about, from {ask_from:g} on: {found.asked:,} ({asked:.3%})"
    for (one, other, published), cosine in zip(PAPER_PAIRS, found.paper, strict=True):
        band = "the same" if cosine >= merge_at else "asked" if cosine >= ask_from else "different without asking"
        yield f"{one} / {other}: {cosine:.3f}, {band} (published: {published:.3f}, asked)"


def _told(made: Sequence[MappedLimit], called: str, many: int, alike: float) -> Iterator[str]:
    yield f"Held against {called}: {many:,} pairs, rank correlation {alike:.2f}"
    for one in made:
        if one.mapped is None or one.shared is None:
            yield f"{one.limit:g}: can't tell, {one.above:,} pairs lie above it there"
        else:
            poor = "; equal shares, but mostly other pairs" if one.shared < POOR else ""
            said = f"{one.limit:g} becomes {one.mapped:.4f}: {one.above:,} pairs, {one.shared:.0%} of them the same"
            yield said + poor
    first, second = made
    if first.mapped is not None and second.mapped is not None:
        yield f"--set filter.merge_at={first.mapped:.4f} --set filter.ask_from={second.mapped:.4f}"


def _both(names: list[str], mine: Embedder, reference: str, cache: Path | None) -> tuple[Cosines, Cosines, str]:
    """Return cosines of the same pairs by both, and what to call the reference."""
    path = Path(reference)
    if not path.is_file() or path.suffix not in (".jsonl", ".json", ".ndjson"):
        other = embedder.choose(reference, names, cache)
        return band_shares.cosines(names, mine), band_shares.cosines(names, other), other.name
    rows = [_row(line, path, number) for number, line in enumerate(read_text(path).splitlines(), 1) if line.strip()]
    left, right = (mine.embed([row[side] for row in rows]) for side in (0, 1))
    own = np.einsum("ij,ij->i", left, right).astype(np.float32)
    return own, np.array([row[2] for row in rows], np.float32), path.name


def _row(line: str, path: Path, number: int) -> tuple[str, str, float]:
    try:
        said = loads(line)
        row = str(said["left"]), str(said["right"]), float(said["cosine"])
    except (ValueError, TypeError, KeyError) as error:
        where = f"{path} line {number}"
        raise BadInput("holds no pair.", where=where, do='Like {"left": "…", "right": "…", "cosine": 0.8}.') from error
    if not -1.001 <= row[2] <= 1.001:
        raise BadInput(f"{row[2]:g} is no cosine.", where=f"{path} line {number}", do="Cosines lie between -1 and 1.")
    return row
