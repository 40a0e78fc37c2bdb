"""Whom to believe: sets of judges against curators, reviews round by round, quality by dimension."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import orjson
import pandas as pd

from engine.core.settings import Judging, Recipe
from engine.curation.ratings import Reviewed, ReviewRound
from engine.curation.ratings import rounds as by_round
from engine.curation.trust.estimated import Estimated
from engine.generation.judges import dimensions as marking
from engine.reporting import judge_sets
from engine.reporting.judge_sets import JudgeSets, SetOfJudges
from engine.reporting.shapes import Bars, Cell, Curve, Section, Series, missing, table
from engine.reporting.told import price, said
from engine.store import Store

CRITERIA = {"review_clarity": "clarity", "review_coherence": "coherence", "review_validity": "validity"}
_ROUNDS = "Reviews by round"


def rounds(store: Store, recipe: Recipe) -> Section:
    """Return the means of the criteria and the pass rate in each round of review (AM-14)."""
    found = store.figures.said([*CRITERIA, "review"])
    if found.empty:
        return missing("rounds", _ROUNDS, "run `lemma run agenticmath`.")
    limit = recipe.settings.agenticmath.review_limit
    known = by_round(_reviews(found), limit)
    rows: list[tuple[Cell, ...]] = [
        (one.number, one.reviews, *(one.means.get(name) for name in CRITERIA.values()), one.passed, one.pass_rate)
        for one in known
    ]
    series = [Series(name, tuple(float(one.means.get(name, np.nan)) for one in known)) for name in CRITERIA.values()]
    chart = Curve(tuple(float(one.number) for one in known), tuple(series), "round", mark=limit)
    columns = ("round", "reviews", *CRITERIA.values(), "passed", "pass rate")
    notes = (f"A version passes from {limit:g} on; round 0 is the first version. Later rounds see only what failed.",)
    return Section("rounds", _ROUNDS, _told(known), table(columns, rows), chart, notes)


def _told(known: tuple[ReviewRound, ...]) -> str:
    first, last = known[0], known[-1]
    told = f"{first.pass_rate:.0%} of {first.reviews:,} first versions pass"
    return (
        f"{told}, {last.pass_rate:.0%} of {last.reviews:,} in round {last.number}." if last is not first else f"{told}."
    )


def _reviews(found: pd.DataFrame) -> list[Reviewed]:
    """Put the verdicts on one version together; verdicts whose evidence names no round are left out."""
    reviews: list[Reviewed] = []
    for _, mine in found.groupby("subject_id", sort=False):
        values = dict(zip(mine["name"], mine["value"], strict=True))
        number = _round(str(mine["evidence"].iloc[0]))
        if number is None or pd.isna(values.get("review")):
            continue
        criteria = {CRITERIA[name]: float(v) for name, v in values.items() if name in CRITERIA and not pd.isna(v)}
        reviews.append(Reviewed(number, criteria, float(values["review"])))
    return reviews


def _round(evidence: str) -> int | None:
    try:
        known = orjson.loads(evidence)
    except orjson.JSONDecodeError:
        return None
    number = known.get("round") if isinstance(known, dict) else None
    return number if isinstance(number, int) else None


def judges(store: Store, recipe: Recipe) -> Section:
    """Return every set of judges by the rules of the recipe, against labels (GSDP-26..28, 30, 31).

    What a set keeps is counted; how good that is comes of rows that were drawn at random, else labels are counted.
    """
    name, title = "judges", "Judges against curators"
    made = {"problem": judge_sets.problem_sets(store, recipe.settings.judging),
            "solution": judge_sets.solution_sets(store)}  # fmt: skip
    known = {about: sets for about, sets in made.items() if sets is not None}
    if not known:
        return missing(name, title, "run a recipe whose judges score problems or check solutions.")
    numbers = any(row.precision.value is not None for sets in known.values() for row in sets.rows)
    lines = [_line(about, row, numbers) for about, sets in known.items() for row in sets.rows]
    shown = known.get("solution") or known["problem"]
    notes = [*_rules(store, recipe.settings.judging), *_left_out(known), *_untold(known)]
    finding = " ".join(_best(about, sets) for about, sets in known.items())
    return Section(name, title, finding, table(tuple(lines[0]), [tuple(line.values()) for line in lines]),
                   _set_chart(shown, numbers), tuple(notes))  # fmt: skip


def _line(about: str, row: SetOfJudges, numbers: bool) -> dict[str, Cell]:
    """Return the cells of a set; without any number of any set, what was labelled is counted and no more."""
    counts: dict[str, Cell] = {
        "about": about,
        "judges": " + ".join(row.judges),
        "items": row.problems,
        "kept": row.kept,
        "retention": row.retention,
        "labelled, kept": row.precision.decided,
        "good of them": row.precision.good,
        "drawn at random": row.precision.labels.get("random", 0),
    }
    if not numbers:
        return counts
    return counts | {
        "accuracy": row.accuracy.value,
        "precision": row.precision.value,
        "precision from": row.precision.low,
        "precision to": row.precision.high,
        "recall": row.recall.value,
        "recall from": row.recall.low,
        "recall to": row.recall.high,
        "F1": row.f1.value,
    }


def _set_chart(sets: JudgeSets, numbers: bool) -> Bars:
    series = [Series("retention", tuple(row.retention for row in sets.rows))]
    if numbers:
        series = [
            Series("precision", tuple(_drawn(row.precision) for row in sets.rows)),
            Series("recall", tuple(_drawn(row.recall) for row in sets.rows)),
            *series,
        ]
    return Bars(tuple(" + ".join(row.judges) for row in sets.rows), tuple(series), unit="share")


def _drawn(found: Estimated) -> float:
    return float("nan") if found.value is None else found.value


def _best(about: str, sets: JudgeSets) -> str:
    """Say which set is most precise, and how much of that the choice itself made; or what labels there are."""
    if sets.best is None:
        answered = sets.labels.answered
        seen = f"{int(sets.labels.good[answered].sum()):,} of {int(answered.sum()):,} labelled ones are good"
        drawn = "" if sets.labels.random.any() else " (not a random sample)"
        return f"{len(sets.rows)} sets of judges on {len(sets.ids):,} judged {about}s, {seen}{drawn}."
    row, found = sets.best
    told = f"Most precise on {about}s with at least {judge_sets.LEAST_KEPT:.0%} kept: {' + '.join(row.judges)}"
    honest = "" if found.value is None else f"; labels that did not choose it say {found.value:.2f}"
    return f"{told}, {said(row.precision)}{honest}."


def _left_out(known: Mapping[str, JudgeSets]) -> list[str]:
    return [
        f"Sets are made of {judge_sets.MOST} judges on {about}s; left out: {', '.join(sets.left_out)}."
        for about, sets in known.items()
        if sets.left_out
    ]


def _untold(known: Mapping[str, JudgeSets]) -> list[str]:
    """Say once what the counts are worth, and what would give precision."""
    notes = ["Retention is counted over all judged problems; of several solutions of a problem the best one counts."]
    untold = (row.precision for sets in known.values() for row in sets.rows if row.precision.value is None)
    lacking = next(untold, None)
    if lacking is not None and lacking.refusal is not None and price(lacking):
        drawn = lacking.labels.get("random", 0)
        why = lacking.refusal.why if drawn else "Labels of picked problems are counts and tell nothing of the others."
        notes.append(f"{why} {price(lacking)}")
    return notes


def _rules(store: Store, judging: Judging) -> tuple[str, ...]:
    told = ", ".join(f"{judge} {weight:g}" for judge, weight in judging.weights.items())
    notes = [
        f"A set keeps a problem from {judging.keep_at:g} on: the mean of its judges' scores by the weights of the "
        f"recipe ({told}), which are made to add up to 1 in each set. It keeps a solution when no judge of it says No."
    ]
    asked = set(store.verdicts.votes("judge_problem")["by"])
    others = sorted(map(str, asked - {judge for judge, weight in judging.weights.items() if weight > 0}))
    notes += [f"Without a weight in the recipe, and in no set for problems: {', '.join(others)}."] if others else []
    return tuple(notes)


def dimensions(store: Store) -> Section:
    """Return the mean of each of eight quality dimensions per recipe (CL-28, CL-44).

    Marks by an earlier prompt measure something else under the same names: they are counted, and in no mean.
    """
    name, title = "dimensions", "Eight dimensions of quality"
    every = store.figures.said([f"{marking.NAMED}{key}" for key in marking.DIMENSIONS])
    every = every[every["value"].notna()]
    found = every[every["version"].isin(marking.versions())]
    before = len(set(every["subject_id"]) - set(found["subject_id"]))
    left = f"{before:,} samples were marked by an earlier prompt, whose dimensions mean other things" if before else ""
    if found.empty:
        todo = "run `lemma run continual --set continual.dimensions=true`."
        return missing(name, title, f"{todo} {left}; mark them anew." if left else todo)
    means = found.groupby(["recipe", "name"])["value"].mean().unstack()
    keys = [key for key in marking.DIMENSIONS if f"{marking.NAMED}{key}" in means.columns]
    values = [[float(cell) for cell in line] for line in means[[f"{marking.NAMED}{key}" for key in keys]].to_numpy()]
    named = list(zip((str(recipe) for recipe in means.index), values, strict=True))
    rows: list[tuple[Cell, ...]] = [(recipe, *line, sum(line) / len(line)) for recipe, line in named]
    chart = Bars(tuple(keys), tuple(Series(recipe, tuple(line)) for recipe, line in named), unit="score")
    judged = found["subject_id"].nunique()
    finding = f"{judged:,} samples were judged; their mean is {float(found['value'].mean()):.3f} of 10."
    notes = [", ".join(f"{key} {marking.DIMENSIONS[key].lower()}" for key in keys) + "."]
    notes += [f"{left}; they are in no mean."] if left else []
    return Section(name, title, finding, table(("recipe", *keys, "mean"), rows), chart, tuple(notes))
