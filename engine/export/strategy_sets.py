"""What each keep strategy of FLAMES keeps, as one data set with a split for each strategy (FL-20 to FL-27).

A problem goes out with the solution that the strategy chose, so it may stand in several splits with several solutions.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pyarrow as pa

from engine.core.errors import UserError
from engine.curation import strategies
from engine.export.mixture import DatasetMixture
from engine.store import Store
from engine.store.export_cursor import Only

Size = Literal["own", "equal"]
SIZES: tuple[Size, ...] = get_args(Size)
"""With all that a strategy keeps, or with as many as the one that keeps fewest."""
ALL = "problems"
"""Name of the part that says how many problems the strategies were asked about."""


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A problem that a strategy keeps, and the solution that it chose."""

    problem_id: str
    strategy: str
    solution_id: str


@dataclass(frozen=True, slots=True)
class KeptByStrategy:
    """What the strategies keep, problem by problem, and of how many problems they were asked."""

    rows: tuple[KeptRow, ...]
    problems: int
    coverage: dict[str, int] = field(init=False)
    """Problems that each strategy keeps, by its name."""

    def __post_init__(self) -> None:
        named = [row.strategy for row in self.rows]
        counts = {name: named.count(name) for name in strategies.STRATEGIES}
        object.__setattr__(self, "coverage", {name: count for name, count in counts.items() if count})

    def whole(self) -> DatasetMixture:
        """Return all that each strategy keeps."""
        return self._mixture(self.rows)

    def equal(self, usable: Collection[tuple[str, str]], seed: int) -> DatasetMixture:
        """Return as many problems of each strategy, of those that can go out: pairs of strategy and problem.

        All draw in the same order (FL-27). UserError where one has none left.
        """
        fit = [row for row in self.rows if (row.strategy, row.problem_id) in usable]
        kept = {name: [row.problem_id for row in fit if row.strategy == name] for name in self.coverage}
        size = min(map(len, kept.values()), default=0)
        if not size:
            none = next((name for name, ids in kept.items() if not ids), "no strategy")
            do = "Leave the size to each strategy: own."
            raise UserError(f"no problem that {none} keeps can go out.", where="strategies", do=do)
        drawn = {name: frozenset(ids) for name, ids in strategies.equal_size(kept, size, seed).items()}
        return self._mixture(tuple(row for row in fit if row.problem_id in drawn[row.strategy]))

    def _mixture(self, rows: tuple[KeptRow, ...]) -> DatasetMixture:
        table = pa.table(
            {
                "id": pa.array([row.problem_id for row in rows], pa.string()),
                "solution_id": pa.array([row.solution_id for row in rows], pa.string()),
                "place": np.arange(len(rows)),
            }
        )
        return DatasetMixture(table, {ALL: self.problems, **self.coverage}, tuple(row.strategy for row in rows))


def kept(store: Store, only: Only) -> KeptByStrategy:
    """Return what the strategies keep of the problems that `only` means; UserError where there is nothing."""
    names = {f"keep_{name}": name for name in strategies.STRATEGIES}
    table = store.exports.kept_by(tuple(names), only)
    columns = (table[name].to_pylist() for name in ("id", "name", "solution_id"))
    said = list(zip(*columns, strict=True))
    # Problem by problem, so that one that comes again is known for the same.
    rows = tuple(KeptRow(ident, names[name], solution) for ident, name, solution in said if solution)
    if not rows:
        what = "no keep strategy keeps a problem" + ("." if only == "all" else f" that is {only}.")
        raise UserError(what, where="strategies", do="Write some first: lemma run flames.")
    return KeptByStrategy(rows, len({ident for ident, _, _ in said}))
