"""`lemma bench`, `lemma doctor`: how fast, and how healthy."""

from __future__ import annotations

import gzip
import importlib
import json as parsing
import sys
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

import typer

from engine.core.errors import UserError
from engine.core.project import find
from engine.learning.evaluation import answer_bench
from engine.reporting import doctor as clinic
from studio.cli import bench_order, bench_prompts
from studio.cli.bench_prompts import (
    CallsOption,
    EngineOption,
    ItemsOption,
    LengthOption,
    ModelOption,
    PromptTrial,
    TaskOption,
)
from studio.cli.console import Console
from studio.cli.options import JsonOption, ProjectOption

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "bench"


def register(app: typer.Typer) -> None:
    """Add the commands to `lemma`."""
    app.command("bench")(bench)
    app.command("doctor")(doctor)


FilesArgument = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", help="For `answers` and `order`: JSON or JSONL files, also as .gz."),
]
TextOption = Annotated[
    list[str] | None, typer.Option(help="Column of the output; a.b lies inside another. May be repeated.")
]
RightOption = Annotated[
    list[str] | None, typer.Option(help="Column of the grade, one for each --text; without it all outputs are right.")
]
GoldsOption = Annotated[
    list[Path] | None,
    typer.Option(help="Benchmark with the answers of problems whose file has none (ProcessBench). May be repeated."),
]
RowsOption = Annotated[
    int, typer.Option(help="For `answers`: rows to list on which our verdict is not the grade of the file.", min=0)
]


def bench(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="One benchmark; all without a name.")] = None,
    files: FilesArgument = None,
    text: TextOption = None,
    gold: Annotated[str, typer.Option(help="Column of the expected answer.")] = "answer",
    right: RightOption = None,
    golds: GoldsOption = None,
    rows: RowsOption = 40,
    engine: EngineOption = "",
    model: ModelOption = "",
    items: ItemsOption = None,
    max_tokens: LengthOption = 1024,
    concurrency: CallsOption = 2,
    task: TaskOption = None,
    project: ProjectOption = None,
    json: JsonOption = False,
) -> None:
    """Run the benchmarks: each prints a ratio to a peer or a limit measured in the same run.

    `lemma bench answers FILE...` reads the answers of outputs and holds verdicts against the grades of the file: ours
    and math-verify's on the same rows, with false accepts, false rejects, rows without an answer, and seconds. Files of
    ProcessBench are read as they are with --golds; of a benchmark's file each gold is a row. Rows on which we and the
    file disagree are listed, those first that are graded wrong although the answer equals the expected one; all count.

    `lemma bench prompts --engine NAME --model M` tries every prompt on a model: which replies can be read and which can
    be used, asked for as lines and, where the endpoint enforces them, held to schemas.

    `lemma bench order FILE --engine NAME --model M` shows a model two solutions of each row both ways round: how often
    its word holds, and whether it prefers a place. --text names both columns; else they are chosen and rejected.
    """
    if project:
        find(project)  # Benchmarks make their own data, so nothing of it is used; a folder that is none is still wrong.
    console = Console(json)
    if name == "prompts":
        bench_prompts.run(
            console, project, PromptTrial(engine, model, items or 8, max_tokens, concurrency, tuple(task or ()))
        )
        return
    if name == "order":
        pairs = bench_order.pairs_of([row for path in files or [] for row in _rows(path)], text or [])
        bench_order.run(console, project, pairs, bench_order.OrderTrial(engine, model, items, max_tokens, concurrency))
        return
    if name == "answers":
        asked = _columns(text or ["solution"], right or [])
        _answers(console, files or [], asked, gold, golds or [], rows)
        return
    found = {path.stem.removeprefix("bench_"): path for path in sorted(FOLDER.glob("bench_*.py"))}
    if name and name not in found:
        known = ", ".join(found) or "none here: they come with the source tree"
        raise UserError(f"there is no benchmark {name!r}.", do=f"Known: {known}.")
    results = []
    for stem, path in found.items():
        if name in (None, stem):
            console.say(f"{stem} …")
            results += _load(path).run()
    lines = [_line(result) for result in results]
    console.result({"results": [asdict(result) for result in results]}, "\n".join(lines))
    if not all(result.ok for result in results):
        raise typer.Exit(1)


def _columns(texts: list[str], grades: list[str]) -> list[tuple[str, str]]:
    if grades and len(grades) != len(texts):
        raise UserError("--right is given for some outputs only.", do="Give one for each --text, or none.")
    return list(zip(texts, grades or [""] * len(texts), strict=True))


def _answers(
    console: Console, files: list[Path], asked: list[tuple[str, str]], gold: str, golds: list[Path], most: int
) -> None:
    if not files:
        raise UserError("there is no file to read.", do="lemma bench answers FILE --text COLUMN --gold COLUMN.")
    known = {problem: answer for path in golds for problem, answer in answer_bench.golds_of(_rows(path)).items()}
    sets = []
    for path in files:
        rows = answer_bench.rows_of(_rows(path), asked, gold, known)
        sets += answer_bench.measured(rows, _name(path))
    found = [one for one in sets if one.rows]
    whole = answer_bench.together(found)
    if not found:
        columns = ", ".join(text for text, _ in asked)
        do = "Name the columns with --text and --gold, and for ProcessBench its benchmark with --golds."
        raise UserError(f"no row has {columns} and {gold}.", do=do)
    values = {"scores": [_values(one) for one in whole], "sets": [_values(one) for one in found]}
    table = _table([*(found if len(files) > 1 else ()), *whole])
    console.result(values, "\n".join((table, *_disagreed(found, most))))


def _disagreed(scores: list[answer_bench.ReadingScore], most: int) -> list[str]:
    """Return a line for each row whose grade is not our verdict: first those where the grade itself is in doubt."""
    rows = [(score.name, row) for score in scores for row in score.disagreed]
    rows.sort(key=lambda one: one[1].right or not one[1].same_value)
    lines = [
        f"{file} {row.row}: graded {'right' if row.right else 'wrong'}, read {row.read!r}, expected {row.expected!r}: "
        f"{row.how}; math-verify says {'right' if row.theirs else 'wrong'}"
        for file, row in rows[:most]
    ]
    if not rows:
        return []
    same = sum(row.same_value and not row.right for _, row in rows)
    head = (
        f"{len(rows):,} rows on which our verdict is not the grade, {same:,} of them graded wrong with an equal answer"
    )
    return [head + (":" if lines else "."), *lines, *([f"… {len(rows) - most:,} more"] if 0 < most < len(rows) else [])]


def _values(one: answer_bench.ReadingScore) -> dict[str, Any]:
    return asdict(one) | {"accuracy": one.accuracy}


def _name(path: Path) -> str:
    """Return what a file is called; of `svamp/test.jsonl.gz` its folder."""
    stem = path.name.partition(".")[0]
    return path.parent.name if stem in ("test", "train", "validation") and path.parent.name else stem


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        body = raw.decode("utf-8-sig")
        found = (
            parsing.loads(body)
            if body.lstrip().startswith("[")
            else [parsing.loads(line) for line in body.splitlines() if line.strip()]
        )
    except (OSError, ValueError) as broken:
        raise UserError(f"{path} cannot be read: {broken}", do="Give JSON or JSONL files, also as .gz.") from broken
    return [row for row in found if isinstance(row, dict)]


def _table(scores: list[answer_bench.ReadingScore]) -> str:
    names = ("rows", "accuracy", "accepts", "rejects", "unread", "seconds")
    head = f"{'file':22} {'reader':12}" + "".join(f" {name:>8}" for name in names)
    lines = [
        f"{(one.name or 'all')[:22]:22} {one.reader:12} {one.rows:>8,} {one.accuracy:>8.4f} "
        f"{one.false_accepts:>8,} {one.false_rejects:>8,} {one.unread:>8,} {one.seconds:>8.2f}"
        for one in scores
    ]
    ours, theirs = scores[-2:]
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(ours.by_evidence.items()))
    speed = f"{theirs.seconds / ours.seconds:.1f} times as fast as {theirs.reader}" if ours.seconds else ""
    without = f"\n{ours.without:,} rows beside these have no expected answer." if ours.without else ""
    told = f"accepts and rejects are false ones. How ours read: {kinds}. {speed}{without}"
    return "\n".join((head, *lines, told))


def _line(result: Any) -> str:
    ratio = "" if result.ratio is None else f"{result.ratio:.2f}x {result.peer}"
    bar = "" if result.bar is None else f"bar {result.bar:g}"
    return f"{'ok  ' if result.ok else 'MISS'} {result.name:52} {result.value:>12,.3f} {result.unit:8} {ratio}  {bar}"


def _load(path: Path) -> ModuleType:
    root = str(FOLDER.parents[1])
    if root not in sys.path:
        sys.path.insert(0, root)
    return importlib.import_module(f"tests.bench.{path.stem}")


def doctor(project: ProjectOption = None, json: JsonOption = False) -> None:
    """Look at Python, packages, extras, engines, disk and GPU, and say what to do about each."""
    try:
        home = find(project)
    except UserError:
        home = None
    found = list(clinic.checks(home))
    mark = {True: "✓", False: "✗"}
    lines = [
        f"{mark[c.ok] if c.needed or c.ok else '·'} {c.name:16} {c.detail}  {c.advice if not c.ok else ''}"
        for c in found
    ]
    Console(json).result({"checks": [asdict(check) for check in found]}, "\n".join(lines))
    if not all(check.ok for check in found if check.needed):
        raise typer.Exit(1)
