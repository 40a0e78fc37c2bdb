"""`lemma knowledge bands`: what the limits of the dual filter do with an embedder, and which it would need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from engine.core.files import read_text
from engine.core.project import find
from engine.generation import recipes
from engine.knowledge import band_shares, scored_pairs
from engine.knowledge.band_shares import PAPER_PAIRS, BandShares, LabelledLimits, MappedLimit
from engine.similarity import Embedder, embedder
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption, pairs

NO_ANCHOR = (
    "limits for this embedder: can't tell. The published ones were found with BAAI/bge-m3, and two scored pairs are "
    "too few to map them. Name an embedder that they hold for, or a file of pairs: --reference"
)
POOR = 0.7
"""Share of pairs in common below which equal shares are far from equal pairs."""

Answer = tuple[dict[str, Any], list[str]]


def bands(
    model: Annotated[str, typer.Option("--embedder", help="hashing, minilm, or a model by folder or id.")] = "",
    reference: Annotated[
        str,
        typer.Option(help="Embedder that the limits hold for, or JSON lines: left, right, and cosine by it or same."),
    ] = "",
    points: Annotated[Path | None, typer.Option(help="Names, one in a line, in place of the project's points.")] = None,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Count the pairs of points in each band of the dual filter; with a reference, map its limits to an embedder."""
    chosen = recipes.load("gsdp", pairs(change or [], "KEY=VALUE")).settings.filter
    limits = (chosen.merge_at, chosen.ask_from)
    names, cache = _names(points, project)
    mine = embedder.choose(model or chosen.embedder, names, cache)
    found = band_shares.count(names, mine, *limits)
    values = {**asdict(found), "shares": list(found.shares), "limits": list(limits)}
    more, told = _held(names, mine, reference, limits, cache) if reference else ({}, [NO_ANCHOR])
    Console(json).result(values | more, "\n".join([*_counted(found, limits), *told]))


def _names(points: Path | None, project: Path | None) -> tuple[list[str], Path | None]:
    """Return the names to compare, and where vectors of a project are kept."""
    if points:
        lines = (line.strip() for line in read_text(points).splitlines())
        return list(dict.fromkeys(line for line in lines if line)), None
    home = find(project)
    with up_to_date(home, brief=True) as store:
        return sorted({str(name) for name in store.points.all()["first_name"]}), home.runs / ".embeddings"


def _counted(found: BandShares, limits: tuple[float, float]) -> Iterator[str]:
    same, asked = found.shares
    merge_at, ask_from = limits
    yield f"{found.points:,} points, {found.pairs:,} pairs, compared by {found.embedder}"
    yield f"the same without asking, from {merge_at:g} on: {found.same:,} ({same:.3%})"
    yield f"asked about, from {ask_from:g} on: {found.asked:,} ({asked:.3%})"
    for (one, other, published), cosine in zip(PAPER_PAIRS, found.paper, strict=True):
        band = "the same" if cosine >= merge_at else "asked" if cosine >= ask_from else "different without asking"
        yield f"{one} / {other}: {cosine:.3f}, {band} (published: {published:.3f}, asked)"


def _held(names: list[str], mine: Embedder, reference: str, limits: tuple[float, float], cache: Path | None) -> Answer:
    """Hold the embedder against what is at hand: another one, pairs with its scores, or pairs with labels."""
    path = Path(reference)
    if path.suffix in scored_pairs.SUFFIXES and path.is_file():
        given = scored_pairs.read(path)
        own = scored_pairs.cosines(given, mine)
        if given.same is not None:
            made = band_shares.labelled(own, given.same, *limits)
            return {"labelled": asdict(made), "reference": path.name}, list(_judged(made, path.name, limits))
        other, called = given.cosine, path.name
    else:
        model = embedder.choose(reference, names, cache)
        own, other, called = band_shares.cosines(names, mine), band_shares.cosines(names, model), model.name
    mapped = band_shares.mapped(own, other, limits)
    alike = band_shares.agreement(own, other)
    values = {"mapped": [asdict(one) for one in mapped], "reference": called, "rank_correlation": alike}
    return values, [f"held against {called}: {len(own):,} pairs, rank correlation {alike:.2f}", *_mapped(mapped)]


def _mapped(made: Sequence[MappedLimit]) -> Iterator[str]:
    for one in made:
        if one.mapped is None or one.shared is None:
            yield f"{one.limit:g}: can't tell, {one.above:,} pairs lie above it there"
        else:
            said = f"{one.limit:g} becomes {one.mapped:.4f}: {one.above:,} pairs, {one.shared:.0%} of them in common"
            yield said + ("; equal shares, but many other pairs" if one.shared < POOR else "")
    yield from _to_set(*(one.mapped for one in made))


def _judged(made: LabelledLimits, called: str, limits: tuple[float, float]) -> Iterator[str]:
    merge_at, ask_from = limits
    yield f"held against {called}: {made.same:,} pairs that are the same, {made.different:,} that are not"
    if made.merged_right is not None:
        yield f"from {merge_at:g} on, {made.merged_right:.0%} of the labelled pairs are the same"
    if made.missed is not None:
        yield f"of those that are the same, {made.missed:.0%} lie below {ask_from:g} and are never asked about"
    if made.merge_at is None:
        yield (
            f"no limit from which {band_shares.SURE:.0%} of at least {band_shares.LEAST} pairs are the same: "
            "ask about all of them with --set filter.merge_at=1"
        )
    if made.ask_from is None:
        yield f"where to begin asking: can't tell from {made.same:,} pairs that are the same"
    yield from _to_set(made.merge_at, made.ask_from)


def _to_set(merge_at: float | None, ask_from: float | None) -> Iterator[str]:
    """Say how the limits are set, where both are known and in order."""
    if merge_at is not None and ask_from is not None:
        yield f"--set filter.merge_at={max(merge_at, ask_from):.4f} --set filter.ask_from={ask_from:.4f}"
