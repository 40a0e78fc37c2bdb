"""Whom to believe: judges against curators, wrong rejections, reviews round by round, quality by dimension."""

from __future__ import annotations

import numpy as np
import orjson
import pandas as pd

from engine.core.settings import Recipe
from engine.curation import policy
from engine.curation.ratings import Reviewed, ReviewRound
from engine.curation.ratings import rounds as by_round
from engine.curation.review import agreement
from engine.curation.table import ScoreTable
from engine.reporting import audit
from engine.reporting.audit import Trusted
from engine.reporting.shapes import Bars, Cell, Curve, Section, Series, missing, table
from engine.store import Store

CRITERIA = {"review_clarity": "clarity", "review_coherence": "coherence", "review_validity": "validity"}
DIMENSIONS = ("LF", "LC", "CC", "KR", "DA", "TA", "AC", "AA")
BANDS = ((0.0, "easy"), (0.35, "medium"), (0.65, "difficult"))
_UNRATED = "not rated"
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
    said = f"{first.pass_rate:.0%} of {first.reviews:,} first versions pass"
    return (
        f"{said}, {last.pass_rate:.0%} of {last.reviews:,} in round {last.number}." if last is not first else f"{said}."
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
        said = orjson.loads(evidence)
    except orjson.JSONDecodeError:
        return None
    number = said.get("round") if isinstance(said, dict) else None
    return number if isinstance(number, int) else None


def judges(store: Store, recipe: Recipe) -> Section:
    """Return every set of judges against curators' decisions (GSDP-30, GSDP-31)."""
    name, title = "judges", "Judges against curators"
    keep_at = recipe.settings.judging.keep_at
    rows: list[tuple[Cell, ...]] = []
    findings: list[str] = []
    shown: list[agreement.AgreementRow] = []
    for verdict, about, limit in (("judge_problem", "problem", keep_at), ("judge_solution", "solution", 0.5)):
        known = _table(store.verdicts.votes(verdict), limit)
        shown = known if about == "solution" or not shown else shown
        rows += [
            (about, " + ".join(one.judges), one.items, one.accuracy, one.precision, one.recall, one.f1, one.retention)
            for one in known
        ]
        best = agreement.best(known)
        if best:
            findings.append(f"on {about}s {' + '.join(best.judges)} (precision {best.precision:.2f})")
    if not rows:
        return missing(name, title, "decide some judged problems on the review desk.")
    chart = Bars(
        tuple(" + ".join(one.judges) for one in shown),
        (
            Series("precision", tuple(one.precision or 0.0 for one in shown)),
            Series("recall", tuple(one.recall or 0.0 for one in shown)),
            Series("retention", tuple(one.retention for one in shown)),
        ),
        unit="share",
    )
    finding = f"Best precision with at least 40 % kept: {'; '.join(findings)}." if findings else "No set keeps 40 %."
    notes = ("A set keeps an item when each of its judges says yes.",)
    columns = ("about", "judges", "items", "accuracy", "precision", "recall", "F1", "retention")
    return Section(name, title, finding, table(columns, rows), chart, notes)


def _table(votes: pd.DataFrame, limit: float) -> list[agreement.AgreementRow]:
    """Compare on the decided items that every judge was asked about; of several solutions the best one counts."""
    decided = votes[votes["human"].notna()]
    if decided.empty:
        return []
    wide = decided.pivot_table(index="problem_id", columns="by", values="value", aggfunc="max").dropna()
    if wide.empty:
        return []
    labels = decided.groupby("problem_id")["human"].first().loc[wide.index]
    said = {str(judge): [bool(value >= limit) for value in wide[judge]] for judge in wide.columns}
    return list(agreement.table(said, [bool(label) for label in labels]))


def rejections(store: Store) -> Section:
    """Return what the policy and the solvability judge reject of problems that people approved (FL-29)."""
    name, title = "rejections", "Wrong rejections by difficulty"
    found = store.figures.trusted()
    if found.empty:
        return missing(name, title, "approve some problems on the review desk.")
    latest = store.selections.latest()
    rules = (store.policies.get(latest.policy_id) if latest else None) or policy.published()
    board = ScoreTable.of(store.problems.scoreboard())
    kept = policy.apply(rules, board, override=False).kept
    keeps = dict(zip(store.problems.scoreboard()["id"].to_pylist(), kept.tolist(), strict=True))
    by_policy, by_judge = [], []
    for ident, difficulty, solvable in found.itertuples(index=False):
        level = _band(difficulty)
        by_policy.append(Trusted(level, keeps.get(ident)))
        if not pd.isna(solvable):
            by_judge.append(Trusted(level, bool(solvable)))
    rows: list[tuple[Cell, ...]] = []
    audited = {"policy": _audited(by_policy), "solvability judge": _audited(by_judge)}
    for who, known in audited.items():
        for one in known:
            share = one.rejected
            bounds = (share.value, share.low, share.high) if share else (None, None, None)
            rows.append((who, one.level, share.of if share else 0, share.hits if share else 0, *bounds))
    shown = audited["policy"]
    chart = Bars(
        tuple(one.level for one in shown),
        (Series("wrongly rejected", tuple(one.rejected.value if one.rejected else 0.0 for one in shown)),),
        unit="share",
    )
    every = shown[-1].rejected
    finding = f"The policy {rules.name} rejects {every.value:.1%} of {every.of:,} approved problems." if every else ""
    columns = ("by", "level", "approved", "rejected", "share", "from", "to")
    notes = ("From and to: 95 % interval. A problem without a score that the policy asks for counts as rejected.",)
    return Section(name, title, finding, table(columns, rows), chart, notes)


def _audited(trusted: list[Trusted]) -> list[audit.Audited]:
    """Return the audit with levels from easy to difficult, then those without a rating, then all."""
    order = (*(word for _, word in BANDS), _UNRATED, audit.ALL)
    return sorted(audit.false_rejections(trusted), key=lambda one: order.index(one.level))


def _band(difficulty: float | None) -> str:
    if difficulty is None or pd.isna(difficulty):
        return _UNRATED
    return [word for low, word in BANDS if difficulty >= low][-1]


def dimensions(store: Store) -> Section:
    """Return the mean of each of eight quality dimensions per recipe (CL-28, CL-44)."""
    name, title = "dimensions", "Eight dimensions of quality"
    found = store.figures.said([f"dimension_{key}" for key in DIMENSIONS])
    found = found[found["value"].notna()]
    if found.empty:
        return missing(name, title, "run `lemma run continual --set continual.dimensions=true`.")
    means = found.groupby(["recipe", "name"])["value"].mean().unstack()
    keys = [key for key in DIMENSIONS if f"dimension_{key}" in means.columns]
    values = [[float(cell) for cell in line] for line in means[[f"dimension_{key}" for key in keys]].to_numpy()]
    named = list(zip((str(recipe) for recipe in means.index), values, strict=True))
    rows: list[tuple[Cell, ...]] = [(recipe, *line, sum(line) / len(line)) for recipe, line in named]
    chart = Bars(tuple(keys), tuple(Series(recipe, tuple(line)) for recipe, line in named), unit="score")
    judged = found["subject_id"].nunique()
    finding = f"{judged:,} samples were judged; their mean is {float(found['value'].mean()):.3f} of 10."
    return Section(name, title, finding, table(("recipe", *keys, "mean"), rows), chart)
