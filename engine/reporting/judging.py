"""Whom to believe: judges against curators, wrong rejections, reviews round by round, quality by dimension."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import orjson
import pandas as pd

from engine.core.settings import Judging, Recipe
from engine.curation import policy
from engine.curation.judge_words import scores_of
from engine.curation.ratings import Reviewed, ReviewRound
from engine.curation.ratings import rounds as by_round
from engine.curation.review import agreement
from engine.generation.judges import dimensions as marking
from engine.generation.judges import weigh
from engine.reporting import audit
from engine.reporting.audit import Trusted
from engine.reporting.shapes import Bars, Cell, Curve, Section, Series, missing, table
from engine.store import Store

CRITERIA = {"review_clarity": "clarity", "review_coherence": "coherence", "review_validity": "validity"}
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
    """Return every set of judges against curators' decisions, by the rules of the recipe (GSDP-26..28, 30, 31)."""
    name, title = "judges", "Judges against curators"
    known = {"problem": problem_sets(store, recipe.settings.judging), "solution": solution_sets(store)}
    every = [(about, one) for about, sets in known.items() for one in sets]
    if not every:
        return missing(name, title, "decide some judged problems on the review desk.")
    rows: list[tuple[Cell, ...]] = [
        (about, _named(one), one.items, one.accuracy, one.precision, one.recall, one.f1, one.retention)
        for about, one in every
    ]
    bests = {about: agreement.best(sets) for about, sets in known.items()}
    findings = [f"on {about}s {_named(one)} (precision {one.precision:.2f})" for about, one in bests.items() if one]
    shown = known["solution"] or known["problem"]
    chart = Bars(
        tuple(map(_named, shown)),
        (
            Series("precision", tuple(one.precision or 0.0 for one in shown)),
            Series("recall", tuple(one.recall or 0.0 for one in shown)),
            Series("retention", tuple(one.retention for one in shown)),
        ),
        unit="share",
    )
    finding = f"Best precision with at least 40 % kept: {'; '.join(findings)}." if findings else "No set keeps 40 %."
    columns = ("about", "judges", "items", "accuracy", "precision", "recall", "F1", "retention")
    return Section(name, title, finding, table(columns, rows), chart, _rules(store, recipe.settings.judging))


def problem_sets(store: Store, judging: Judging) -> tuple[agreement.AgreementRow, ...]:
    """Return every set of judges that score problems: kept from the limit on by the weighted mean of its scores.

    The weights of a set are those of the recipe, made to add up to 1; judges that it does not weigh are left out.
    """
    weights = {judge: weight for judge, weight in judging.weights.items() if weight > 0}
    values, labels = _decided(store.verdicts.votes("judge_problem"), tuple(weights))

    def keeps(said: Mapping[str, float]) -> bool:
        weighed = weigh.weighted(said, {judge: weights[judge] for judge in said}, judging.missing_judge)
        return weigh.passes(weighed.value, judging.keep_at)

    return agreement.by_rule(values, labels, keeps)


def solution_sets(store: Store) -> tuple[agreement.AgreementRow, ...]:
    """Return every set of judges that check solutions: one No of its judges is a veto."""
    values, labels = _decided(store.verdicts.votes("judge_solution"))
    return agreement.table({judge: [value >= 0.5 for value in said] for judge, said in values.items()}, labels)


def _named(one: agreement.AgreementRow) -> str:
    return " + ".join(one.judges)


def _rules(store: Store, judging: Judging) -> tuple[str, ...]:
    said = ", ".join(f"{judge} {weight:g}" for judge, weight in judging.weights.items())
    notes = [
        f"A set keeps a problem from {judging.keep_at:g} on: the mean of its judges' scores by the weights of the "
        f"recipe ({said}), which are made to add up to 1 in each set. It keeps a solution when no judge of it says No."
    ]
    asked = set(store.verdicts.votes("judge_problem")["by"])
    others = sorted(map(str, asked - {judge for judge, weight in judging.weights.items() if weight > 0}))
    notes += [f"Without a weight in the recipe, and in no set for problems: {', '.join(others)}."] if others else []
    return tuple(notes)


def _decided(votes: pd.DataFrame, among: tuple[str, ...] | None = None) -> tuple[dict[str, list[float]], list[bool]]:
    """Return each judge's values, and people's word, on the decided problems that every judge could be read on.

    Of several solutions of a problem the best one counts. `among` names the judges, where not all of them count.
    """
    decided = votes[votes["human"].notna()]
    if among is not None:
        decided = decided[decided["by"].isin(among)]
    if decided.empty:
        return {}, []
    wide = decided.pivot_table(index="problem_id", columns="by", values="value", aggfunc="max").dropna()
    labels = decided.groupby("problem_id")["human"].first().loc[wide.index]
    said = {str(judge): [float(value) for value in wide[judge]] for judge in wide.columns}
    return said, [bool(label) for label in labels]


def rejections(store: Store) -> Section:
    """Return what the policy and the solvability judge reject of problems that people approved (FL-29)."""
    name, title = "rejections", "Wrong rejections by difficulty"
    found = store.figures.trusted()
    if found.empty:
        return missing(name, title, "approve some problems on the review desk.")
    latest = store.selections.latest()
    rules = (store.policies.get(latest.policy_id) if latest else None) or policy.published()
    board = scores_of(store)
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
