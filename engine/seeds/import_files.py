"""Brings files into a project: seeds with their human knowledge points, and test problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from engine import seeds
from engine.core.errors import BadInput
from engine.core.project import Project
from engine.core.records import BenchmarkItem
from engine.seeds import reader
from engine.seeds.preview import flags
from engine.seeds.reader import Opened
from engine.seeds.rows import RefusedRow, TakenRow
from engine.seeds.spool import Spool
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
    encoding: str = "",
) -> seeds.Imported:
    """Import one file of seeds; refused rows go to the project's `aside` folder, with their reasons.

    Seeds that are there already get what was empty in them, such as an answer whose column is mapped this time.
    All that can be used of the file is stored, or nothing: BadInput where the file as a whole cannot be used, or
    cannot be read to its end.
    """
    files = list(reader.openings(path, format, mapping or {}, encoding=encoding))
    found = _to_the_end(reader.taken(files, limit), path)
    with Spool() as read:
        report = seeds.load(found, read.put, project.aside, path.name.split(".")[0], progress)
        # The branch of each point tells abilities and methods from topics.
        of_tal = files[0].shape.name == "tal" and path.is_file()
        points = list(seeds.human_points(path, encoding)) if of_tal else []
        done, filled = store.seeds.bring(read.batches())
    if points:
        store.points.add(points)
    told = replace(report, added=done.added, duplicates=report.duplicates + done.duplicates, filled=filled)
    return _told(told, files)


def _to_the_end(found: Iterable[TakenRow | RefusedRow], path: Path) -> Iterator[TakenRow | RefusedRow]:
    """Pass on what became of the rows; BadInput where nothing behind a row can be read."""
    for row in found:
        if isinstance(row, RefusedRow) and row.ends:
            do = "Mend or fetch the file again, or take what stands before with --limit; nothing was imported."
            place = f"{path if path.name == row.file else row.file}, line {row.line}"
            raise BadInput(f"{row.reason}: {row.detail}.", where=place, do=do)
        yield row


def add_benchmark(
    store: Store,
    path: Path,
    name: str = "",
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
) -> seeds.Imported:
    """Import one file of test problems under `name`, by default the file's stem; the report is that of seeds.

    Raises BadInput for the first row that is no problem: then nothing is stored.
    """
    files = list(reader.openings(path, format, mapping or {}, split="test", encoding=encoding))
    notes: Counter[str] = Counter()
    flagged: Counter[str] = Counter()
    answers: Counter[str] = Counter()

    def items() -> Iterator[BenchmarkItem]:
        for row in reader.taken(files):
            if isinstance(row, RefusedRow):
                what, do = f"{row.reason}: {row.detail}.", "A benchmark must be whole; nothing was imported."
                raise BadInput(what, where=row.where, do=do)
            notes.update(row.notes)
            answers.update([row.found] if row.found else ())
            flagged.update(flags(row.seed))
            yield BenchmarkItem.make(name or path.name.split(".")[0], row.seed.statement, row.seed.answer)

    done = store.benchmarks.add(items())
    report = seeds.Imported(
        done.added, done.duplicates, 0, flagged=dict(flagged), notes=dict(notes), answers=dict(answers)
    )
    return _told(report, files)


def _told(report: seeds.Imported, files: Iterable[Opened]) -> seeds.Imported:
    """Return a report with what is to be said of the files as a whole."""
    left_out: Counter[str] = Counter()
    for opened in files:
        left_out.update(opened.left_out)
    return replace(
        report,
        unused=tuple(dict.fromkeys(column for opened in files for column in opened.unused)),
        left_out=dict(left_out),
        joined=tuple(dict.fromkeys(opened.joined for opened in files if opened.joined)),
        encodings=tuple(dict.fromkeys(opened.encoding for opened in files if opened.encoding)),
    )
