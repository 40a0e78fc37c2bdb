"""What models learnt from it: evaluations, rounds of the loop, comparisons of data over seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, get_args

import orjson

from engine.core.errors import BadInput
from engine.core.project import Project
from engine.learning.evaluation import average, figures, of_paper
from engine.learning.evaluation.benchmarks import Paper
from engine.learning.rounds import promotion_state
from engine.reporting.shapes import Bars, Section, Series, missing, table
from engine.store import Store

FOLDER = "experiments"
"""Folder of a project with the outcomes of comparisons, one JSON file each."""
CANNOT_TELL = "can't tell"
"""Of a difference whose interval holds 0, or that has none."""
_UNREAD = (ValueError, KeyError, TypeError)


def evaluations(store: Store) -> Section:
    """Return the accuracy of every model that was evaluated (AM-24, FL-33)."""
    name, title = "evaluations", "Models on benchmarks"
    runs = store.evaluations.accuracy()
    if runs.empty:
        return missing(name, title, "run `lemma evaluate`.")
    rows, means = [], []
    for run, model in runs[["run_id", "model"]].drop_duplicates().itertuples(index=False):
        scores = figures.scores(store.evaluations.answers(str(run)))
        for one in scores:
            bounds = (100 * one.pass_1, 100 * one.low, 100 * one.high, 100 * one.maj_k)
            rows.append((str(model), str(run), one.benchmark, one.questions, one.samples, *bounds))
        means += _means(str(model), {one.benchmark: 100 * one.pass_1 for one in scores})
    best = max(rows, key=lambda row: row[5])
    finding = f"{best[0]} is best with {best[5]:.1f} % on {best[2]}."
    columns = ("model", "run", "benchmark", "questions", "answers each", "pass@1", "low", "high", "maj@k")
    chart = Bars(tuple(f"{row[0]} · {row[2]}" for row in rows), (Series("pass@1", tuple(row[5] for row in rows)),))
    return Section(
        name, title, finding, table(columns, rows), chart, ("Intervals are 95 %, Wilson, by question.", *means)
    )


def _means(model: str, accuracy: Mapping[str, float]) -> list[str]:
    """Say the mean over the benchmarks of each paper that the model answered all of (AM-24)."""
    said = []
    for paper in get_args(Paper):
        wanted = of_paper(paper)
        if wanted and all(one.name in accuracy for one in wanted):
            said.append(f"{model}: mean of the {len(wanted)} of {paper} {average(accuracy, paper):.1f} %.")
    return said


def rounds(store: Store) -> Section:
    """Return what every round of the loop made, replayed and gained (CL-39)."""
    name, title = "loop", "Rounds of the loop"
    found = promotion_state.outcomes(store.rounds.events())
    if not found:
        return missing(name, title, "run `lemma round start`.")
    rows = [_round(place, one) for place, one in enumerate(found, start=1)]
    gains = [one.gain for one in found if one.gain is not None]
    finding = "1 round" if len(found) == 1 else f"{len(found)} rounds"
    finding += f"; the last one gained {100 * gains[-1]:+.1f} points" if gains else ", none of them evaluated"
    finding += f"{_best(found)}."
    columns = (
        "round",
        "SFT %",
        "pairs %",
        "discarded %",
        "SFT next",
        "pairs",
        "replay share",
        "before",
        "after",
        "gain",
    )
    return Section(name, title, finding, table(columns, rows))


def _best(found: Sequence[promotion_state.Outcome]) -> str:
    """Say which model is best by mean accuracy; '' where not all were evaluated on the same benchmarks (CL-27)."""
    models = [found[0].before, *(one.accuracy for one in found)]
    if not models[0] or len({frozenset(model) for model in models}) > 1:
        return ""
    return f", and M{promotion_state.best([fmean(model.values()) for model in models])} is best"


def _round(place: int, one: promotion_state.Outcome) -> tuple[Any, ...]:
    report: dict[str, Any] = dict(one.report)
    classes = report.get("classes", {})
    total = sum(classes.values()) or 1
    shares = [100 * classes.get(group, 0) / total for group in ("fine-tuning", "preference", "discarded")]
    before, after = (100 * fmean(side.values()) if side else None for side in (one.before, one.accuracy))
    gain = 100 * one.gain if one.gain is not None else None
    replayed = float(report.get("replay", {}).get("share", 0.0))
    return (f"M{place}", *shares, report.get("fine_tuning"), report.get("pairs"), replayed, before, after, gain)


def experiments(project: Project, proofs: Sequence[Path] = ()) -> Section:
    """Return comparisons of training data over several seeds, from the files in the project's folder and `proofs`.

    BadInput where one of `proofs` cannot be read; a file of the folder that cannot be read is a note.
    """
    name, title = "experiments", "What data teaches, over seeds"
    rows: list[tuple[Any, ...]] = []
    notes: list[str] = []
    for path in proofs:
        try:
            rows += _experiments(path)
        except (OSError, *_UNREAD) as error:
            raise BadInput(f"is no outcome of comparisons: {error}", where=str(path)) from error
    for path in sorted((project.root / FOLDER).glob("*.json")):
        try:
            rows += _experiments(path)
        except _UNREAD as error:
            notes.append(f"{path.name} cannot be read: {error}")
    if not rows:
        place = Path(project.root.name) / FOLDER
        todo = f"give `lemma report --proof FILE` what `python -m tests.bench.proof` found, or put it into {place}."
        return missing(name, title, todo)
    sure = [row for row in rows if row[-1] != CANNOT_TELL]
    finding = (
        f"{len(sure)} of {len(rows)} differences are larger than chance lets expect; of the others it can't be told."
    )
    columns = (
        "comparison",
        "seeds",
        "first",
        "second",
        "gain",
        "low",
        "high",
        "rows",
        "questions",
        "tokens",
        "verdict",
    )
    notes.append(
        "Points of accuracy on the same held-out problems, paired; arms that differ in data have equal rows and tokens."
        " The 95 % interval is over seeds (t) and, where questions are counted, over questions too."
    )
    return Section(name, title, finding, table(columns, rows), None, tuple(notes))


def _experiments(path: Path) -> list[tuple[Any, ...]]:
    return [_experiment(one) for one in orjson.loads(path.read_bytes())["experiments"]]


def _experiment(one: dict[str, Any]) -> tuple[Any, ...]:
    """Return a row of the table; earlier files have neither questions nor tokens, and one seed has no interval."""
    first, second = (100 * fmean(one[side]) for side in ("first", "second"))
    low, high = (None if one[end] is None else 100 * one[end] for end in ("low", "high"))
    told = CANNOT_TELL if low is None or high is None or low <= 0 <= high else "more" if low > 0 else "less"
    sides = [one["rows"], one["rows_second"]] if "rows_second" in one else [one["rows"]]
    return (
        str(one["name"]),
        len(one["first"]),
        first,
        second,
        100 * one["gain"],
        low,
        high,
        _sizes(sides),
        one.get("questions"),
        _sizes(one.get("tokens", [])),
        told,
    )


def _sizes(sides: Sequence[Sequence[int]]) -> str:
    """Return the counts by seed, those of both arms where they differ."""
    said = [", ".join(f"{count:,}" for count in counts) for counts in sides]
    return " against ".join(dict.fromkeys(said))
