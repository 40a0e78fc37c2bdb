"""Contamination: 100,000 problems against 6,319 test items by 8-grams, beside plain loops and SQL in the same run.

As many test items as GSM8K and MATH have together. A hundredth of the problems hold a test item whole, another
hundredth one with a word changed in the middle, which is no copy of it.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from result import BenchResult  # noqa: E402

from engine.similarity import contamination  # noqa: E402
from engine.similarity.words import words  # noqa: E402

PROBLEMS, ITEMS, PLANTED = 100_000, 6_319, 1_000
N, SHARE = 8, 0.95
BAR = 1.5
Rows = set[int]


def run() -> list[BenchResult]:
    """Measure CPU seconds of each side; all must flag the planted copies and nothing else."""
    problems, items, copies = corpus()
    sides: tuple[Callable[[list[str], list[str]], Rows], ...] = (ours, plain, by_sql)
    found, seconds = zip(*(_timed(side, problems, items) for side in sides), strict=True)
    differing = sum(len(rows ^ copies) for rows in found)
    name = f"contamination: {PROBLEMS:,} x {ITEMS:,}"
    return [
        BenchResult.against(name, seconds[0], "CPU s", "plain loops over sets", seconds[1], BAR),
        BenchResult.against(name, seconds[0], "CPU s", "DuckDB joins", seconds[2], BAR),
        BenchResult.below("contamination: rows where a side is wrong", differing, "rows", 0),
    ]


def corpus(seed: int = 5) -> tuple[list[str], list[str], Rows]:
    """Return problems of 25 to 60 words, test items of 20 to 60, and the rows that hold an item."""
    rng = random.Random(seed)
    said = [f"{a}{b}{c}" for a in ("st", "b", "tr", "m", "pl", "g", "w") for b in "aeiou" for c in ("nd", "lk", "r")]
    text = [[rng.choice(said) for _ in range(rng.randint(25, 60))] for _ in range(PROBLEMS)]
    items = [[rng.choice(said) for _ in range(rng.randint(20, 60))] for _ in range(ITEMS)]
    spots = rng.sample(range(PROBLEMS), 2 * PLANTED)
    for spot in spots:
        text[spot] += rng.choice(items)
    for spot in spots[PLANTED:]:
        text[spot][-10] += "ed"
    return [_written(each) for each in text], [_written(each) for each in items], set(spots[:PLANTED])


def _written(said: list[str]) -> str:
    return " ".join(said).capitalize() + "."


def ours(problems: list[str], items: list[str]) -> Rows:
    """The product's check."""
    return {found.row for found in contamination.find(problems, items, N, SHARE)}


def plain(problems: list[str], items: list[str]) -> Rows:
    """The least that does it: tuples in a dict, counted only where one is hit."""
    holders: dict[tuple[str, ...], list[int]] = {}
    sizes = []
    for row, item in enumerate(items):
        grams = _grams(words(item))
        sizes.append(len(grams))
        for gram in grams:
            holders.setdefault(gram, []).append(row)
    return {row for row, problem in enumerate(problems) if _copied(_grams(words(problem)), holders, sizes)}


def _copied(grams: set[tuple[str, ...]], holders: dict[tuple[str, ...], list[int]], sizes: list[int]) -> bool:
    counts: dict[int, int] = {}
    for gram in grams:
        for item in holders.get(gram, ()):
            counts[item] = counts.get(item, 0) + 1
    return any(count >= contamination.needed(sizes[item], SHARE) for item, count in counts.items())


def _grams(said: list[str]) -> set[tuple[str, ...]]:
    return {tuple(said[at : at + N]) for at in range(len(said) - N + 1)}


def by_sql(problems: list[str], items: list[str]) -> Rows:
    """The same in one query: n-grams of both sides joined and counted."""
    import duckdb
    import pyarrow as pa

    tables = {"problems": problems, "items": items}
    with duckdb.connect() as db:
        for name, texts in tables.items():
            db.register(f"{name}_texts", pa.table({"row": range(len(texts)), "text": texts}))
            db.execute(
                f"create table {name} as with said as (select row, regexp_extract_all(lower(text), '[a-z]+') as w "
                f"from {name}_texts), placed as (select row, w, unnest(range(1, len(w) - {N} + 2)) as spot from said) "
                f"select distinct row, array_to_string(w[spot:spot + {N - 1}], ' ') as gram from placed"
            )
        query = (
            "with sizes as (select row, count(*) as size from items group by row) "
            "select distinct p.row from problems p join items i using (gram) join sizes s on s.row = i.row "
            f"group by p.row, i.row, s.size having count(*) >= ceil(s.size * {SHARE} - 1e-9)"
        )
        return {row for (row,) in db.execute(query).fetchall()}


def _timed(side: Callable[[list[str], list[str]], Rows], problems: list[str], items: list[str]) -> tuple[Rows, float]:
    start = time.process_time()
    found = side(problems, items)
    return found, time.process_time() - start


if __name__ == "__main__":
    for result in run():
        print(result)
