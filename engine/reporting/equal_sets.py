"""Keep strategies at one size: a strategy that keeps more is not better for that (FL-27)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.core.settings import Recipe
from engine.curation import strategies
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.similarity import Embedder, neighbours
from engine.store import Store

MOST = 4_000
"""Problems of a set up to which each one's nearest other is looked for."""
_NAMES = {f"keep_{name}": name for name in strategies.STRATEGIES}
_NAME, _TITLE = "equal_sizes", "Keep strategies at equal size"


@dataclass(frozen=True, slots=True)
class KeptSet:
    """What a strategy keeps of a recipe's problems, whole (`size` own) or as many as every other (equal)."""

    recipe: str
    strategy: str
    size: str
    problems: int
    decided: int
    """Problems that people approved or rejected."""
    approved: int
    """Those that they approved: a count, since people picked what they decided."""
    seeds: float | None
    """Mean largest cosine to a seed."""
    twins: float | None
    """Mean cosine to the nearest other problem of the set; None for a set too large to look through, or of one."""


def equal_sizes(store: Store, recipe: Recipe, model: Embedder) -> Section:
    """Return what each strategy keeps beside equally many problems of each (FL-27)."""
    said = store.figures.said(_NAMES)
    known = _known(store)
    said = said[(said["value"] == 1.0) & said["subject_id"].isin(known.index)]
    if said.empty:
        return missing(_NAME, _TITLE, "run `lemma run flames`.")
    sets = [one for way, mine in said.groupby("recipe") for one in _sets(str(way), mine, known, model, recipe.seed)]
    rows: list[tuple[Cell, ...]] = [
        (one.recipe, one.strategy, one.size, one.problems, one.decided, one.approved, one.seeds, one.twins)
        for one in sets
    ]
    columns = ("recipe", "strategy", "size", "problems", "decided", "approved", "nearest seed", "nearest in the set")
    return Section(_NAME, _TITLE, _told(sets), table(columns, rows), _chart(sets), _notes(sets, model.name))


def _known(store: Store) -> pd.DataFrame:
    """Return the current problems by id: statement, human, seed_similarity."""
    found = store.figures.problems()[["id", "statement", "human"]]
    board = store.problems.scoreboard()
    scores = pd.DataFrame({name: board[name].to_numpy(zero_copy_only=False) for name in ("id", "seed_similarity")})
    return found.merge(scores, on="id", how="left").set_index("id")


def _sets(way: str, said: pd.DataFrame, known: pd.DataFrame, model: Embedder, seed: int) -> list[KeptSet]:
    kept = {strategy: said.loc[said["name"] == name, "subject_id"].tolist() for name, strategy in _NAMES.items()}
    kept = {strategy: ids for strategy, ids in kept.items() if ids}
    drawn = strategies.equal_size(kept, min(map(len, kept.values())), seed)
    sizes = [
        (strategy, size, ids)
        for strategy in kept
        for size, ids in (("own", kept[strategy]), ("equal", drawn[strategy]))
    ]
    return [_measured(way, strategy, size, known.loc[list(ids)], model) for strategy, size, ids in sizes]


def _measured(way: str, strategy: str, size: str, mine: pd.DataFrame, model: Embedder) -> KeptSet:
    human = mine["human"].dropna().astype(float)
    seeds = mine["seed_similarity"].astype(float).mean()
    return KeptSet(
        way,
        strategy,
        size,
        len(mine),
        len(human),
        int(human.sum()),
        None if pd.isna(seeds) else float(seeds),
        _twins([str(text) for text in mine["statement"]], model),
    )


def _twins(statements: Sequence[str], model: Embedder) -> float | None:
    if not 1 < len(statements) <= MOST:
        return None
    vectors = model.embed(statements)
    near = neighbours.top_k(vectors, vectors, 1, own=np.arange(len(vectors)))
    return float(near.cosine[:, 0].mean())


def _told(sets: Sequence[KeptSet]) -> str:
    sizes = {one.recipe: one.problems for one in sets if one.size == "equal"}
    most = {way: max(one.problems for one in sets if one.recipe == way) for way in sizes}
    told = "; ".join(f"{size:,} of up to {most[way]:,} problems of {way}" for way, size in sizes.items())
    return f"Each strategy is looked at with all that it keeps and with {told}."


def _chart(sets: Sequence[KeptSet]) -> Bars | None:
    """Return how near problems of a set lie to one another, at either size."""
    several = len({one.recipe for one in sets}) > 1
    own, equal = ([one for one in sets if one.size == size] for size in ("own", "equal"))
    if any(one.twins is None for one in sets):
        return None
    names = tuple(one.strategy.replace("_", " ") + (f" ({one.recipe})" if several else "") for one in own)
    series = (("own size", own), ("equal size", equal))
    return Bars(
        names, tuple(Series(name, tuple(one.twins or 0.0 for one in mine)) for name, mine in series), unit="score"
    )


def _notes(sets: Sequence[KeptSet], model: str) -> tuple[str, ...]:
    notes = [
        "Bars: mean cosine of a problem to its nearest other in the same set; larger sets are denser by size alone. "
        f"Statements are embedded with {model}.",
        "Equal sets are drawn by one permutation: what two strategies keep is taken in the same order. What a set "
        "teaches is told by training on it: that is the comparison that FLAMES reports.",
    ]
    if not any(one.decided for one in sets):
        notes.append("Nobody has decided these problems yet.")
    if any(one.problems > MOST for one in sets):
        notes.append(f"Sets of more than {MOST:,} problems are not looked through for nearest others.")
    return tuple(notes)
