"""Import: rows a second for 100,000 seeds, reader and checks together, against bare line parsing in the same run.

And into a store: the same file again, with a column mapped that was not, against the import that brought it.
"""

from __future__ import annotations

import gzip
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402

ROWS = 100_000
ROUNDS = 5
BAR = 25.0
"""Reading makes, checks and hashes a record a row, and looks for repeats, pictures and HTML; parsing makes a dict."""
FILL_BAR = 2.0
"""A second import reads the rows, finds them there and changes them in place."""


def run() -> list[BenchResult]:
    """Measure CPU seconds of a whole import without the store, plain and packed, against orjson on the same lines.

    Then how long it takes to fill what was empty, against inserting the same rows.
    """
    with tempfile.TemporaryDirectory() as folder:
        plain, packed = _files(Path(folder))
        results = [_compared("plain", plain, Path(folder)), _compared("packed", packed, Path(folder))]
        seconds = min(_seconds(lambda: _ours(plain, Path(folder)))[1] for _ in range(3))
        results.append(_filled(plain, Path(folder) / "project"))
    rate = ROWS / seconds
    return [*results, BenchResult("import: rows a second", rate, "rows/s", "at least 10,000", None, 1e4, rate >= 1e4)]


def _filled(path: Path, root: Path) -> BenchResult:
    """Import without the solutions first, then with them: every row is there and gets two fields that were empty."""
    from engine.core.project import create
    from engine.seeds import import_files
    from engine.store import Store

    home = create(root)
    with Store(home.database) as store:
        bare = {"solution": "", "answer": ""}
        inserting = _seconds(lambda: import_files.add_seeds(store, home, path, format="jsonl", mapping=bare))[1]
        filling = _seconds(lambda: import_files.add_seeds(store, home, path))[1]
        if store.seeds.sources()[0].with_solution != ROWS - ROWS // 1_000:
            raise RuntimeError("not every seed was filled")
    return BenchResult.against(f"import: {ROWS:,} seeds filled", filling, "s", "inserting them", inserting, FILL_BAR)


def _compared(name: str, path: Path, folder: Path) -> BenchResult:
    """Ours and the peer take turns, so that a busy machine slows both."""
    pairs = [(_seconds(lambda: _ours(path, folder))[0], _seconds(lambda: _bare(path))[0]) for _ in range(ROUNDS)]
    ours, bare = median(ours for ours, _ in pairs), median(bare for _, bare in pairs)
    return BenchResult.against(f"import: {ROWS:,} seeds, {name}", ours, "CPU s", "bare orjson", bare, BAR)


def _ours(path: Path, folder: Path) -> None:
    from engine.seeds import load, read

    report = load(read(path), len, folder / "aside")
    if (report.added, report.rejected) != (ROWS - ROWS // 1_000, ROWS // 1_000):
        raise RuntimeError(f"unexpected report: {report}")


def _bare(path: Path) -> None:
    import orjson

    rows = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            rows += bool(orjson.loads(line))
    if rows != ROWS:
        raise RuntimeError(f"{rows} rows")


def _seconds(job: Callable[[], None]) -> tuple[float, float]:
    """Return CPU and wall seconds."""
    cpu, wall = time.process_time(), time.perf_counter()
    job()
    return time.process_time() - cpu, time.perf_counter() - wall


def _files(folder: Path) -> tuple[Path, Path]:
    """Write rows as long as GSM8K's; one in a thousand has no statement."""
    import orjson

    tale = "A shop sells pens in boxes and Ann counts what is left after each day of the week. "
    lines = []
    for number in range(ROWS):
        bad = number % 1_000 == 999
        question = None if bad else f"{tale * 3}How many of the {number} pens are left?"
        answer = f"{tale * 3}So {number}-1=<<{number}-1={number - 1}>>{number - 1}.\n#### {number - 1}"
        lines.append(orjson.dumps({"question": question, "answer": answer}))
    body = b"\n".join(lines) + b"\n"
    plain, packed = folder / "seeds.jsonl", folder / "seeds.jsonl.gz"
    plain.write_bytes(body)
    packed.write_bytes(gzip.compress(body, 6))
    return plain, packed


if __name__ == "__main__":
    for result in run():
        print(result)
