"""Benchmarks as people have them, a file or a data set of the hub: rows become questions, none is silently dropped.

NAME=FILE        JSON lines, JSON, CSV, Parquet or Arrow, packed with gzip or not; FILE alone takes its stem as name
NAME=hf:REPO     a data set of the hub or a folder of one: hf:REPOSITORY[@CONFIGURATION][#SPLIT]
NAME             a registered benchmark whose public copy is known, from the hub
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput, MissingExtra
from engine.learning.evaluation.benchmarks import BENCHMARKS, Benchmark
from engine.learning.evaluation.questions import BenchmarkQuestion, Unfit, from_row, kept
from engine.seeds import splits
from engine.seeds.files import Kind, kind_of, rows
from engine.seeds.rows import BrokenRow, FileRow

_LOOKED_AT = 200
"""Rows that are looked at to see whether a file names splits."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The questions of one benchmark, and what a person should know about them."""

    name: str
    questions: tuple[BenchmarkQuestion, ...]
    warnings: tuple[str, ...] = ()


def load(spec: str, limit: int = 0) -> Loaded:
    """Return the questions that a spec names, the first `limit` of them or with 0 all.

    BadInput names the file, the line and the field of the first row that is no question.
    """
    name, source = _parsed(spec)
    benchmark = BENCHMARKS.get(name)
    if benchmark and not benchmark.graded:
        raise BadInput(f"{benchmark.title} is graded by running programs, which is not done here.", where=name)
    made = _questions(name, benchmark, _rows(source), source)
    found = tuple(islice(made, limit) if limit else made)
    if not found:
        raise BadInput("holds no question.", where=source, do="Choose a file with at least one question.")
    left_out = _left_out(source)
    return Loaded(name, found, left_out if limit else (*left_out, *_differences(benchmark, found)))


def _left_out(source: str) -> tuple[str, ...]:
    """Say how many rows of other splits a file has that are not asked."""
    path = Path(source).expanduser()
    if source.startswith("hf:") or not (split := _split(path, kind := kind_of(path))):
        return ()
    others = Counter(splits.split_in(row) for row in rows(path, kind) if isinstance(row, FileRow))
    return tuple(splits.told({name: count for name, count in others.items() if name not in ("", split)}))


def _parsed(spec: str) -> tuple[str, str]:
    """Return the name and where its rows are."""
    path = Path(spec).expanduser()
    if path.is_file():
        return path.name.partition(".")[0], spec
    name, mark, source = spec.partition("=")
    if mark and source:
        return name.strip(), source.strip()
    if spec.startswith("hf:"):
        return Path(spec.removeprefix("hf:").partition("@")[0].partition("#")[0]).name, spec
    known = BENCHMARKS.get(spec)
    if known is None:
        raise BadInput(f"there is no file {spec}, and no benchmark of that name.", where=spec, do="Write NAME=FILE.")
    if not known.hub:
        raise BadInput(
            f"{spec} is a registered benchmark, but where its copy lies is not known.",
            where=spec,
            do=f"Write {spec}=FILE.",
        )
    return spec, f"hf:{known.hub}"


def _rows(source: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each row with its place; BadInput where one cannot be taken apart."""
    if source.startswith("hf:"):
        yield from _hub(source)
        return
    path = Path(source).expanduser()
    kind = kind_of(path)
    split = _split(path, kind)
    for row in rows(path, kind):
        where = f"{path}, line {row.line}"
        if isinstance(row, BrokenRow):
            raise BadInput(f"{row.reason}: {row.detail}.", where=where, do="Mend or drop the row.")
        if not split or splits.split_in(row) in ("", split):
            yield where, row.fields


def _split(path: Path, kind: Kind) -> str:
    """Return which split of a file is asked, test before all others; '' where it has no two."""
    if not any(splits.split_in(row) for row in islice(rows(path, kind), _LOOKED_AT) if isinstance(row, FileRow)):
        return ""
    return splits.taken_of((splits.split_in(row) for row in rows(path, kind) if isinstance(row, FileRow)), "test")


def _hub(source: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the rows of a data set of the hub; a token is taken from HF_TOKEN."""
    try:
        import datasets
    except ImportError as error:
        do = "pip install 'lemma-studio[train]', or give a file: NAME=FILE."
        raise MissingExtra(f"{source} needs the package datasets.", do=do) from error
    rest, _, split = source.removeprefix("hf:").partition("#")
    repository, _, configuration = rest.partition("@")
    try:
        found = datasets.load_dataset(
            repository, configuration or None, split=split or "test", token=os.environ.get("HF_TOKEN")
        )
    # Everything else that goes wrong there is a kind of OSError or ValueError: no network, no access, no such split.
    except (OSError, ValueError, RuntimeError) as error:
        first = str(error).strip().splitlines()[0]
        raise BadInput(f"cannot be loaded: {first}", where=source, do="Or give a file: NAME=FILE.") from error
    for number, row in enumerate(found, 1):
        yield f"{source}, row {number}", row


def _questions(
    name: str, benchmark: Benchmark | None, found: Iterable[tuple[str, Mapping[str, Any]]], source: str
) -> Iterator[BenchmarkQuestion]:
    times: Counter[str] = Counter()
    left = benchmark.unanswered if benchmark else 0
    for where, row in found:
        try:
            if not kept(row, benchmark):
                continue
            question = from_row(name, row, benchmark)
        except Unfit as unfit:
            if left and "no answer" in str(unfit):
                left -= 1
                continue
            place = f"{where}, field {unfit.field}"
            raise BadInput(f"{unfit}.", where=place, do="Mend or drop the row.") from unfit
        earlier = times[question.text]
        times[question.text] += 1
        yield from_row(name, row, benchmark, earlier) if earlier else question


def _differences(benchmark: Benchmark | None, found: tuple[BenchmarkQuestion, ...]) -> Iterator[str]:
    """Yield what differs from the published benchmark: figures of other sizes cannot be set beside published ones."""
    if benchmark is None:
        return
    expected = benchmark.items and benchmark.items - benchmark.unanswered
    if expected and len(found) != expected:
        yield f"{benchmark.title}: {len(found):,} questions, published with {benchmark.items:,}"
    elif benchmark.unanswered:
        yield f"{benchmark.title}: {benchmark.unanswered} questions without an answer are left out"
    if benchmark.answers == "choice" and not all(question.choice for question in found):
        plain = sum(not question.choice for question in found)
        yield f"{benchmark.title}: {plain:,} questions without options, graded by their value"
