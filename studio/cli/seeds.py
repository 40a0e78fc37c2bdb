"""`lemma seeds add`, `lemma benchmarks add`: bring problems in. `lemma seeds sweep`: what a limit would keep."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from engine import seeds
from engine.core.errors import UserError
from engine.core.project import find
from engine.curation import ratings
from engine.generation import recipes
from engine.generation.methods.agenticmath_ratings import rated_anew
from engine.seeds import import_files
from studio.cli.console import Advance, Console, on_one_line
from studio.cli.opening import in_turn
from studio.cli.options import JsonOption, ProjectOption, pairs
from studio.cli.overlaps import check, seeds_beside_tests

Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files; .gz is read as it is.")]
Format = Annotated[str, typer.Option("--format", help=f"One of {', '.join(seeds.FORMATS)}.")]
Mapping = Annotated[
    list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field; repeatable.")
]
Encoding = Annotated[
    str, typer.Option(metavar="NAME", help="What a text is written in, such as Shift-JIS; else its bytes tell.")
]


class Ratings(StrEnum):
    """Which ratings a limit is laid on."""

    CURATED = "curated"
    RATED = "rated"


_ON = {Ratings.CURATED: "curated scores", Ratings.RATED: "ratings as they were given"}


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    group = typer.Typer(help="Problems to start from.", no_args_is_help=True)
    group.command("add")(add)
    group.command("sweep")(sweep)
    app.add_typer(group, name="seeds")
    tests = typer.Typer(help="Test problems that must not leak into training data.", no_args_is_help=True)
    tests.command("add")(add_benchmark)
    tests.command("check")(check)
    app.add_typer(tests, name="benchmarks")


def add(
    paths: Paths,
    format: Format = "auto",
    mapping: Mapping = None,
    limit: Annotated[int | None, typer.Option(help="Read at most so many rows of each file.")] = None,
    encoding: Encoding = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Import seeds; rows that cannot be used are kept aside with their reasons."""
    console, home = Console(json), find(project)
    chosen = pairs(mapping or [], "FIELD=COLUMN")
    added = duplicates = rejected = 0
    reasons: Counter[str] = Counter()
    filled: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    unused: dict[str, None] = {}
    with in_turn(home) as store:
        for path in paths:
            with console.progress(on_one_line(path.name)) as advance:
                done = import_files.add_seeds(
                    store, home, path, format=format, mapping=chosen, limit=limit, progress=partial(_rows, advance),
                    encoding=encoding,
                )  # fmt: skip
            added, duplicates, rejected = added + done.added, duplicates + done.duplicates, rejected + done.rejected
            reasons.update(done.reasons)
            filled.update(done.filled)
            answers.update(done.answers)
            left_out.update(done.left_out)
            unused.update(dict.fromkeys(done.unused))
            for line in done.told():
                console.say(f"{on_one_line(path.name)}: {line}")
            if done.aside:
                kept = on_one_line(done.aside)
                console.say(f"{on_one_line(path.name)}: {done.rejected:,} rows kept aside in {kept}")
        tests, near = seeds_beside_tests(store, console)
    why = "".join(f"\n  {count:,} × {reason}" for reason, count in reasons.most_common())
    console.result(
        {
            "added": added, "duplicates": duplicates, "rejected": rejected, "reasons": dict(reasons),
            "updated": dict(filled), "unused": list(unused), "answers": dict(answers), "test_seeds": tests,
            "near_tests": near, "left_out": dict(left_out),
        },
        f"{added:,} added, {duplicates:,} were there already, {rejected:,} rejected{why}",
    )  # fmt: skip


def sweep(
    by: Annotated[Ratings, typer.Option(help="Curated scores, or ratings as they were given.")] = Ratings.CURATED,
    step: Annotated[float, typer.Option(min=0.05, max=5.0, help="Between two limits.")] = 1.0,
    change: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting.")] = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Count the seeds that each limit on their ratings would keep; the recipe's own limit is marked."""
    chosen = recipes.load("agenticmath", pairs(change or [], "KEY=VALUE")).settings.agenticmath
    with in_turn(find(project), brief=True) as store:
        found = store.seeds.scores()
        seeds_there = store.seeds.count()
    if found.empty:
        raise UserError("no seed is rated yet.", do="Review and revise rates them: lemma run agenticmath")
    ratings_of = found["score"] if by is Ratings.CURATED else rated_anew(found, chosen)
    tried = sorted({*ratings.limits(step), chosen.seed_limit})
    rows = [
        {"limit": limit, "kept": kept, "share": round(kept / len(found), 4), "variants": kept * chosen.variants}
        for limit, kept in ratings.sweep(ratings_of, tried).items()
    ]
    values = {"by": by.value, "rated": len(found), "seeds": seeds_there, "limit": chosen.seed_limit, "limits": rows}
    lines = [_kept(row, row["limit"] == chosen.seed_limit) for row in rows]
    head = f"{len(found):,} of {seeds_there:,} seeds are rated; kept by limit on {_ON[by]}:"
    Console(json).result(values, "\n".join([head, *lines]))


def _kept(row: dict[str, float], marked: bool) -> str:
    mark = "   <- the recipe's limit" if marked else ""
    return f"  {row['limit']:>5g} {row['kept']:>10,} {row['share']:>7.1%} {row['variants']:>12,} variants{mark}"


def _rows(advance: Advance, rows: int) -> None:
    advance(rows, None, "rows")


def add_benchmark(
    paths: Paths,
    name: Annotated[str, typer.Option(help="Name of the benchmark; else the file's name.")] = "",
    format: Format = "auto",
    mapping: Mapping = None,
    encoding: Encoding = "",
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Add test problems; generated problems that copy one of them are dropped."""
    console, home, chosen = Console(json), find(project), pairs(mapping or [], "FIELD=COLUMN")
    added = duplicates = 0
    answers: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    unused: dict[str, None] = {}
    with in_turn(home) as store:
        for path in paths:
            done = import_files.add_benchmark(store, path, name, format=format, mapping=chosen, encoding=encoding)
            left_out.update(done.left_out)
            added, duplicates = added + done.added, duplicates + done.duplicates
            answers.update(done.answers)
            unused.update(dict.fromkeys(done.unused))
            for line in done.told():
                console.say(f"{on_one_line(path.name)}: {line}")
        tests, near = seeds_beside_tests(store, console)
    console.result(
        {
            "added": added,
            "duplicates": duplicates,
            "unused": list(unused),
            "answers": dict(answers),
            "test_seeds": tests,
            "near_tests": near,
            "left_out": dict(left_out),
        },
        f"{added:,} test problems added, {duplicates:,} were there already",
    )
