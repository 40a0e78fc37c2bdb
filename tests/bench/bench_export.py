"""Export: a large selection as Parquet, in bounded memory, beside a plain pyarrow writer on the same rows.

Ours looks every text up among test problems by their n-grams, finds near repeats, keeps lineage, statistics and hashes;
the peer joins and writes. What the other tiers of decontamination cost is measured by `bench_tiers`.
`python bench_export.py --rows 1900000 --before 500000` measures the size of the largest published set and what memory a
row needs between the two sizes.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402

ROWS, PIECE = 100_000, 20_000
TESTS = 5_000
RATIO_BAR = 60.0
"""The peer copies columns; ours makes a record a row and compares words."""
PEAK_BAR = 700.0
"""Megabytes, whatever the number of rows."""
GROWTH_BAR, FULL = 100.0, 400_000
"""Bytes that one more row may need, from the size on at which the database has filled its share of the memory."""
_WORDS = 3_000


def run(rows: int = ROWS, before: int = ROWS // 4) -> list[BenchResult]:
    """Measure CPU seconds, rows a second, and peak memory at two sizes, each way in a process of its own."""
    (small,) = _ways(before, "ours")
    ours, again, plain = _ways(rows, "ours", "again", "plain")
    rate = rows / ours["wall_s"]
    growth = (ours["peak_mb"] - small["peak_mb"]) * 1e6 / (rows - before)
    grown = [BenchResult.below("export: memory of one more row", growth, "bytes", GROWTH_BAR)]
    return [
        BenchResult.against(
            f"export: {rows:,} rows", ours["cpu_s"], "CPU s", "plain pyarrow writer", plain["cpu_s"], RATIO_BAR
        ),
        BenchResult("export: rows a second", rate, "rows/s", "at least 1,000", None, 1e3, rate >= 1e3),
        BenchResult.below(f"export: peak memory, {before:,} rows", small["peak_mb"], "MB", PEAK_BAR),
        BenchResult.below(f"export: peak memory, {rows:,} rows", ours["peak_mb"], "MB", PEAK_BAR),
        BenchResult.below("export: peak memory, made again", again["peak_mb"], "MB", PEAK_BAR),
        *(grown if before >= FULL else []),
    ]


def _ways(rows: int, *ways: str) -> list[dict[str, float]]:
    """Measure some ways on one project; RuntimeError where one of them loses rows."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "project.duckdb"
        filled(database, rows)
        found = [_alone(way, database, Path(folder) / way) for way in ways]
    for one in found:
        if one["rows"] + one["left"] != rows:
            raise RuntimeError(f"rows were lost: {one}")
    return found


def filled(database: Path, rows: int) -> None:
    """Make a project of `rows` selected problems with solutions, verdicts, and a test set."""
    import duckdb

    from engine.core.records import BenchmarkItem
    from engine.curation.policy import gsdp
    from engine.store import Store

    with Store(database) as store:
        store.policies.save(gsdp())
        store.benchmarks.add(
            BenchmarkItem(f"B-{n}", "held", text, "1") for n, text in enumerate(_texts(TESTS, seed=99)["statement"])
        )
    with duckdb.connect(str(database)) as cursor:
        for start in range(0, rows, PIECE):
            piece = _table(start, min(PIECE, rows - start))
            cursor.register("piece", piece)
            for insert in _INSERTS:
                cursor.execute(insert)
            cursor.unregister("piece")
        policy = cursor.execute("select id from policies").fetchone()
        cursor.execute(
            """insert into selections by name select 1 as seq, 'SEL' as id, ? as policy_id, 0.0 as made_at, 'b' as "by",
                ? as total, ? as kept""",
            [policy[0] if policy else "", rows, rows],
        )


_INSERTS = (
    """insert into problems by name select id, 'run' as run_id, id as item_id, statement, 'graph' as agent, points,
        'two-hop' as kind, 2 as distance, 3 as weight, combination as combination_id, 'm' as model,
        'agents/graph_problem' as prompt_id, '0123' as prompt_hash, made_at from piece""",
    """insert into solutions by name select 'S' || id as id, id as problem_id, 'run' as run_id, 0 as "index",
        solution as text, answer, 'solver' as agent, 'm' as model, 'solving/direct' as prompt_id, '01' as prompt_hash,
        made_at from piece""",
    """insert into verdicts by name select 'V' || id as id, 'run' as run_id, 'problem' as subject, id as subject_id,
        id as problem_id, 'problem_score' as name, 'judge' as "by", score as value, '' as reason, 'score' as kind,
        'm' as model, '1' as version, '' as evidence, made_at from piece""",
    """insert into selection_items select 'SEL', id, true, '' from piece""",
)


def _table(start: int, count: int) -> Any:
    import numpy as np
    import pyarrow as pa

    texts = _texts(count, seed=start)
    numbers = np.arange(start, start + count)
    return pa.table(
        {
            "id": [f"P-{n:08d}" for n in numbers],
            "statement": texts["statement"],
            "solution": texts["solution"],
            "answer": [str(n % 100) for n in numbers],
            "points": [[f"point {n % 300}", f"point {n % 299}"] for n in numbers],
            "combination": [f"C-{n // 3}" for n in numbers],
            "score": (numbers % 101) / 100,
            "made_at": numbers.astype("float64"),
        }
    )


def _texts(count: int, seed: int) -> dict[str, list[str]]:
    """Return statements of 45 and solutions of 90 words; three small numbers stand in each statement."""
    import numpy as np

    draw = np.random.default_rng(seed)
    vocabulary = np.array([f"w{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}" for n in range(_WORDS)])
    said = vocabulary[draw.integers(0, _WORDS, (count, 45))]
    worked = vocabulary[draw.integers(0, _WORDS, (count, 90))]
    numbers = draw.integers(1, 100, (count, 3))
    statement = [f"{' '.join(row)} {a}, {b} and {c}?" for row, (a, b, c) in zip(said, numbers.tolist(), strict=True)]
    return {"statement": statement, "solution": [f"{' '.join(row)} \\boxed{{7}}" for row in worked]}


def _alone(way: str, database: Path, out: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--way", way, "--database", str(database), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _measured(way: str, database: Path, out: Path) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    rows, left = {"ours": _ours, "again": _again, "plain": _plain}[way](database, out)
    return {
        "rows": rows,
        "left": left,
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": _peak(),
    }


def _peak() -> float:
    """Return the megabytes that this process held at most; getrusage would count what its parent held, too."""
    status = Path("/proc/self/status")
    if not status.is_file():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _ours(database: Path, out: Path) -> tuple[int, int]:
    from engine.core.settings import OverlapTiers
    from engine.export import deliver
    from engine.export.shape import FileShape
    from engine.store import Store

    shape = FileShape(container="parquet", tiers=OverlapTiers(numbers="off", near="off"))
    said: dict[str, float] = {}

    def tell(rows: int, doing: str) -> None:
        if doing not in said:
            said[doing] = time.perf_counter()
            print(f"{time.perf_counter():.0f} s {doing} {_peak():.0f} MB", file=sys.stderr, flush=True)

    with Store(database) as store:
        done = deliver(store, "large", out, only="selected", shape=shape, progress=tell).exported
    return done.rows, sum(done.left_out.values())


def _again(database: Path, out: Path) -> tuple[int, int]:
    from engine.export import recreate
    from engine.store import Store

    with Store(database) as store:
        done = recreate(store, out.with_name("ours") / "manifest.json", out).exported
    return done.rows, sum(done.left_out.values())


def _plain(database: Path, out: Path) -> tuple[int, int]:
    import duckdb
    import pyarrow as pa
    import pyarrow.parquet as pq

    out.mkdir()
    written = 0
    with duckdb.connect(str(database)) as cursor:
        reader = cursor.sql(
            """select p.id, [{'role': 'user', 'content': p.statement}, {'role': 'assistant', 'content': s.text}]
                as messages from problems p join solutions s on s.problem_id = p.id"""
        ).to_arrow_reader(2_000)
        with pq.ParquetWriter(out / "train.parquet", reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_table(pa.Table.from_batches([batch]))
                written += batch.num_rows
    return written, 0


def main() -> None:
    """Run one way alone, or the whole benchmark."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--before", type=int, default=ROWS // 4)
    parser.add_argument("--way", choices=("ours", "again", "plain"))
    parser.add_argument("--database", type=Path)
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    if given.way:
        print(json.dumps(_measured(given.way, given.database, given.out)))
    else:
        for result in run(given.rows, given.before):
            print(result)


if __name__ == "__main__":
    main()
