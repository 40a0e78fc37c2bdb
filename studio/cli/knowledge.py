"""`lemma knowledge build`, `lemma graph ...`: from seeds to a graph of concepts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import orjson
import typer

from engine import planning
from engine.core.errors import BadSetting
from engine.core.project import Project, find, roles
from engine.core.records import KINDS
from engine.core.settings import Recipe
from engine.generation import recipes
from engine.knowledge.networks import MEASURES
from engine.planning.taxonomy_import import add_taxonomy
from engine.similarity import embedder
from engine.store import Store
from studio.cli import networks
from studio.cli.bands import bands
from studio.cli.console import Console
from studio.cli.opening import up_to_date
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.running import foreground

LAST_RESORT = ", which sees words and not what they mean"
SHOWN = 10
"""Oversized classes that are named on screen; all of them are in the JSON."""


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Knowledge points.", no_args_is_help=True)
    group.command("build")(build_command)
    group.command("import")(import_command)
    group.command("bands")(bands)
    app.add_typer(group, name="knowledge")
    graph = typer.Typer(help="The graph of knowledge points.", no_args_is_help=True)
    graph.command("stats")(stats)
    graph.command("combinations")(combinations)
    graph.command("path")(networks.path)
    graph.command("export")(networks.export)
    app.add_typer(graph, name="graph")


def build_command(
    recipe: Annotated[str, typer.Option(help="Recipe whose extractor and filter are used.")] = "gsdp",
    engine: Annotated[list[str] | None, typer.Option("--engine", metavar="ROLE=BACKEND:MODEL")] = None,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Extract knowledge points from all seeds, filter them, and count the graph."""
    console, home = Console(json), find(project)
    given = pairs(engine or [], "ROLE=BACKEND:MODEL")
    chosen = recipes.load(recipe, pairs(change or [], "KEY=VALUE"), given, roles(home))
    with Store(home.database) as store:
        run = build(store, home, chosen, console)
        graph = planning.graph_of(store, chosen)
        known = store.points.all()
        found, points, edges = len(known), len(graph), len(graph.edges)
        names = [str(name) for name in known["first_name"]]
        large = store.points.oversized(chosen.settings.filter.oversized)
    classes = [
        {"point": point, "names": int(names)} for point, names in zip(large["point"], large["names"], strict=True)
    ]
    compared = embedder.named(chosen.settings.filter.embedder, names)
    values = {"run": run, "embedder": compared, "found": found, "points": points, "edges": edges, "oversized": classes}
    told = [f"{found:,} points found, {points:,} after filtering, {edges:,} edges (run {run})"]
    told.append(f"names were compared by {compared}" + (LAST_RESORT if compared == embedder.HASHING else ""))
    told += [
        f"warning: {one['names']:,} names stand for {one['point']}: it may be a chain of near-synonyms."
        for one in classes[:SHOWN]
    ]
    console.result(values, "\n".join(told))


def import_command(
    file: Annotated[
        Path, typer.Argument(help="TOML, indented text, Markdown list, CSV of paths or parents, JSON tree.")
    ],
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Add the knowledge points of a taxonomy; those that are there already are not doubled."""
    with up_to_date(find(project), brief=True) as store:
        done = add_taxonomy(store, file)
    reasons = "".join(f"\n  {name}: {why}" for name, why in done.skipped[:SHOWN])
    rest = f"\n  and {len(done.skipped) - SHOWN:,} more" if len(done.skipped) > SHOWN else ""
    skipped = [{"name": name, "reason": why} for name, why in done.skipped]
    Console(json).result(
        {"added": done.added, "merged": done.merged, "skipped": len(skipped), "reasons": skipped},
        f"{done.added:,} points added, {done.merged:,} were there already, {len(skipped):,} skipped{reasons}{rest}",
    )


def build(store: Store, project: Project, recipe: Recipe, console: Console) -> str:
    """Run a knowledge build in the foreground, fold it in, and return its id."""
    planned = planning.knowledge(store, project, recipe)
    foreground(store, planned.directory, console, "knowledge points")
    return planned.plan.id


def stats(
    centrality: Annotated[
        str | None, typer.Option(help=f"Also list the most central points by {', '.join(MEASURES)}.", metavar="NAME")
    ] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Count nodes, edges, components, core points and combinations."""
    with up_to_date(find(project), brief=True) as store:
        graph = planning.graph_of(store, recipes.load("gsdp"))
    central, ranking = networks.most_central(graph, centrality) if centrality else (None, [])
    found = graph.stats
    counts = {tally.kind: tally.count for tally in found.counts}
    lines = [f"{found.nodes:,} points, {found.edges:,} edges, {found.components:,} components"]
    lines += [f"core: {', '.join(found.core)}"]
    lines += [f"{tally.kind}: {'' if tally.exact else 'about '}{tally.count:,}" for tally in found.counts]
    Console(json).result(
        {
            "nodes": found.nodes,
            "edges": found.edges,
            "components": found.components,
            "core": list(found.core),
            "counts": counts,
            **({"centrality": central} if central else {}),
        },
        "\n".join([*lines, *ranking]),
    )


def combinations(
    kind: Annotated[str, typer.Option(help=f"One of {', '.join(KINDS)}.")],
    limit: Annotated[int, typer.Option(help="At most so many; a seeded sample where there are more.")] = 20,
    seed: Annotated[int, typer.Option(help="Seed of the sample.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write JSON lines to this file.")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """List combinations of one kind."""
    if kind not in KINDS:
        raise BadSetting(f"{kind!r} is not a kind of combination.", do=f"Kinds: {', '.join(KINDS)}.")
    with up_to_date(find(project), brief=True) as store:
        graph = planning.graph_of(store, recipes.load("gsdp"))
    found = graph.combinations(kind, limit=limit, seed=seed)
    listed, total = list(found), found.total
    if out:
        out.write_bytes(b"".join(orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE) for one in listed))
    lines = [f"D={one.distance} weight={one.weight}  {' + '.join(one.points)}" for one in listed]
    Console(json).result(
        {"kind": kind, "listed": len(listed), "total": total, "file": str(out) if out else None},
        "\n".join([*lines, f"{len(listed):,} of {total:,}"]),
    )
