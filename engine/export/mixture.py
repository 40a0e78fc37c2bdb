"""A data set of seeds with new solutions and the best synthesised problems (AM-19, AM-20), as rows to be gathered."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.core.errors import BadSetting, UserError
from engine.export.dataset import Solved, build
from engine.export.shape import FileShape
from engine.store import Store
from engine.store.export_cursor import Only

PUBLISHED = {"30k": (15_000, 1), "60k": (15_000, 2), "90k": (15_000, 3)}
"""Synthesised problems, and solutions of every problem, of the data sets of AgenticMath."""
_SIZES = re.compile(r"([1-9]\d{0,8})x([1-9]\d?)\Z")
SEEDS, MADE = "seed problems", "synthesised problems"


@dataclass(frozen=True, slots=True)
class DatasetMixture:
    """The rows in their order: columns id, solution_id and place; and how many problems each part has."""

    rows: pa.Table
    parts: Mapping[str, int]
    splits: Sequence[str] = ()
    """Where each row has to stand, in their order; none where its family decides."""


def sizes(name: str) -> tuple[int, int]:
    """Return synthesised problems and solutions of `30k`, or of sizes such as `500x2`; BadSetting for other words."""
    if found := PUBLISHED.get(name.lower()):
        return found
    match = _SIZES.match(name)
    if not match:
        do = f"Use {', '.join(PUBLISHED)}, or problems x solutions, for instance 500x2."
        raise BadSetting(f"{name!r} is no data set.", where="data set", do=do)
    return int(match[1]), int(match[2])


def named(best: int, solutions: int) -> str:
    """Return the word for such sizes, as `sizes` reads it."""
    return next((name for name, sizes in PUBLISHED.items() if sizes == (best, solutions)), f"{best}x{solutions}")


def mix(store: Store, only: Only, shape: FileShape) -> DatasetMixture:
    """Return the rows of the data set that `shape` asks for; UserError where the project has nothing for it."""
    table = store.exports.candidates(only)
    seeds, made, scores, rarity = _parts(table)
    if not made:
        what = "no synthesised problem has a score and a solution" + ("." if only == "all" else f" and is {only}.")
        raise UserError(what, where="data set", do="Make some first: lemma run agenticmath.")
    rows = build(seeds, made, scores, rarity, pairs=shape.best, solutions=shape.solutions)
    found = pa.table(
        {
            "id": [row.problem_id for row in rows],
            "solution_id": [row.solution_id for row in rows],
            "place": np.arange(len(rows)),
        }
    )
    return DatasetMixture(found, {SEEDS: len(seeds), MADE: min(len(made), shape.best)})


def lacking(parts: Mapping[str, int], best: int) -> str:
    """Return a line that says what a data set has too few of; '' where it is complete, or where none was asked for."""
    if not best:
        return ""
    found, seeds = parts.get(MADE, 0), parts.get(SEEDS, 0)
    said = [f"{found:,} of {best:,} synthesised problems are there"] if found < best else []
    said += ["no seed has a new solution that ends in an answer"] if not seeds else []
    return f"The data set is smaller than asked: {'; '.join(said)}." if said else ""


def _parts(table: pa.Table) -> tuple[list[Solved], list[Solved], list[float], list[float]]:
    """Return seeds, synthesised problems, and score and rarity of the latter."""
    solutions: dict[str, list[tuple[str, str]]] = {}
    about: dict[str, tuple[bool, float, float]] = {}
    names = ("id", "seed", "score", "rarity", "solution_id", "text")
    for ident, seed, score, rarity, solution, text in zip(*(table[name].to_pylist() for name in names), strict=True):
        solutions.setdefault(ident, []).append((solution, str(text)))
        about[ident] = (seed, score or 0.0, rarity)
    solved = {ident: Solved(ident, tuple(found)) for ident, found in solutions.items()}
    made = [ident for ident, (seed, _, _) in about.items() if not seed]
    return (
        [solved[ident] for ident, (seed, _, _) in about.items() if seed],
        [solved[ident] for ident in made],
        [about[ident][1] for ident in made],
        [about[ident][2] for ident in made],
    )
