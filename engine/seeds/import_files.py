"""Brings files into a project: seeds with their human knowledge points, and test problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from engine import seeds
from engine.core.errors import BadInput
from engine.core.project import Project
from engine.core.records import BenchmarkItem, Seed
from engine.seeds import reader
from engine.seeds.preview import flags
from engine.seeds.reader import Opened
from engine.seeds.rows import RefusedRow
from engine.store import Store


def add_seeds(
    store: Store,
    project: Project,
    path: Path,
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    limit: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> seeds.Imported:
    """Import one file of seeds; refused rows go to the project's `aside` folder, with their reasons.

    Seeds that are there already get what was empty in them, such as an answer whose column is mapped this time.
    Raises BadInput before anything is stored where the file as a whole cannot be used.
    """
    filled: Counter[str] = Counter()

    def store_batch(batch: Sequence[Seed]) -> int:
        done = store.seeds.add(batch)
        if done.duplicates:
            filled.update(store.seeds.fill(batch))
        return done.added

    files = list(reader.openings(path, format, mapping or {}))
    found = reader.taken(files, limit)
    report = seeds.load(found, store_batch, project.aside, path.name.split(".")[0], progress)
    if files[0].shape.name == "tal" and path.is_file():
        # The branch of each point tells abilities and methods from topics.
        store.points.add(seeds.human_points(path))
    return replace(report, unused=_unused(files), filled=dict(filled))


def add_benchmark(
    store: Store, path: Path, name: str = "", *, format: str = "auto", mapping: Mapping[str, str] | None = None
) -> seeds.Imported:
    """Import one file of test problems under `name`, by default the file's stem; the report is that of seeds.

    Raises BadInput for the first row that is no problem: then nothing is stored.
    """
    files = list(reader.openings(path, format, mapping or {}))
    notes: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    answers: Counter[str] = Counter()

    def items() -> Iterator[BenchmarkItem]:
        for row in reader.taken(files):
            if isinstance(row, RefusedRow):
                what, do = f"{row.reason}: {row.detail}", "A benchmark must be whole; nothing was imported."
                raise BadInput(what, where=row.where, do=do)
            notes.update(row.notes)
            answers.update([row.found] if row.found else ())
            flagged.update(flags(row.seed))
            yield BenchmarkItem.make(name or path.name.split(".")[0], row.seed.statement, row.seed.answer)

    done = store.benchmarks.add(items())
    unused = _unused(files)
    return seeds.Imported(
        done.added, done.duplicates, 0,
        flagged=dict(flagged), notes=dict(notes), answers=dict(answers), unused=unused,
    )  # fmt: skip


def _unused(files: Iterable[Opened]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column for opened in files for column in opened.unused))
