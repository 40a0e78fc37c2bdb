"""Test problems that must not leak into training data."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from engine.core.records import BenchmarkItem, OverlapVerdict
from engine.store.repository import Repository
from engine.store.seeds import SourceCount
from engine.store.tables import BENCHMARK_ITEMS, OVERLAP_VERDICTS, Added


class Benchmarks(Repository):
    """The benchmark items of a project."""

    def add(self, records: Iterable[BenchmarkItem]) -> Added:
        """Add items, all or none."""
        return self._append(BENCHMARK_ITEMS, records)

    def names(self) -> list[SourceCount]:
        """Return the benchmarks, largest first; `with_solution` counts the items with an answer."""
        rows = self._db.rows(
            """select benchmark, count(id) filter (where id <> ''), count(answer) filter (where answer <> '')
               from benchmark_items group by benchmark order by 2 desc, 1"""
        )
        return [SourceCount(*row) for row in rows]

    def all(self, benchmark: str | None = None) -> list[BenchmarkItem]:
        """Return the items, of one benchmark or of all."""
        return BENCHMARK_ITEMS.read(
            self._db.rows(
                f"""select {BENCHMARK_ITEMS.listing} from benchmark_items
                    where ($name is null or benchmark = $name) order by rowid""",
                {"name": benchmark},
            )
        )

    def add_verdicts(self, records: Iterable[OverlapVerdict]) -> Added:
        """Add what models said of texts beside test items."""
        return self._append(OVERLAP_VERDICTS, records)

    def verdicts(self) -> list[OverlapVerdict]:
        """Return what models said of texts beside test items (RR-19)."""
        return OVERLAP_VERDICTS.read(
            self._db.rows(f"select {OVERLAP_VERDICTS.listing} from overlap_verdicts order by cosine desc, id")
        )

    def arrow(self) -> pa.Table:
        """Return all items: id, benchmark, statement, answer."""
        return self._db.arrow(f"select {BENCHMARK_ITEMS.listing} from benchmark_items order by rowid")
