"""A policy decides by rules what is kept; a person's decision stands above every rule (X-08).

`apply` is the exact count on all rows; `engine.curation.whatif` is its quick twin behind the sliders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.errors import BadSetting
from engine.core.records import Policy, Rule, content_id
from engine.curation.scores import SCORES, Op, ScoreSpec
from engine.curation.table import Floats, ScoreTable

Bools = NDArray[np.bool_]

NO_RULE, BY_HAND, BY_SIZE = -1, -2, -3
"""Instead of a rule's index: no rule failed, a person rejected it, it did not fit the size."""

_MISSING = ("drop", "keep", "review")


@dataclass(frozen=True, slots=True, eq=False)
class PolicyResult:
    """What a policy does to N rows, in table order."""

    kept: Bools
    review: Bools
    """Rows that fail nothing but lack a score whose rule sends them to review."""
    failed: NDArray[np.int8]
    """Index into `policy.rules` of the first failing rule; NO_RULE, BY_HAND or BY_SIZE."""
    margin: Floats
    """Smallest signed distance to a limit, as a share of the score's range; below 0 for rows that fail a rule."""
    policy: Policy

    @property
    def count(self) -> int:
        """How many rows are kept."""
        return int(np.count_nonzero(self.kept))

    def reasons(self) -> dict[str, int]:
        """Count dropped rows by the first reason: a score's key, `rejected by hand` or `beyond the size`."""
        names = {BY_HAND: "rejected by hand", BY_SIZE: "beyond the size"}
        found = zip(*np.unique(self.failed[~self.kept], return_counts=True), strict=True)
        return {names.get(int(code)) or self.policy.rules[code].score: int(count) for code, count in found}


def make(name: str, rules: tuple[Rule, ...], *, size: int | None = None, by: str = "", at: float = 0.0) -> Policy:
    """Return a checked policy; policies of equal content have equal ids. Raises BadSetting."""
    policy = Policy(_identity(name, rules, size), name, rules, size, at, by)
    check(policy)
    return policy


def gsdp() -> Policy:
    """Return the published way: judge score from 0.85 (GSDP-27), no veto (GSDP-28), no copy of a test problem."""
    return make("gsdp", tuple(rule_of(spec) for spec in SCORES.values()), by="method")


def rule_of(spec: ScoreSpec) -> Rule:
    """Return the rule a score starts with."""
    return Rule(spec.key, spec.op, spec.limit, spec.if_missing, spec.used)


def _identity(name: str, rules: tuple[Rule, ...], size: int | None) -> str:
    return content_id("P", name, [[r.score, r.op, float(r.limit), r.if_missing, r.use] for r in rules], size)


def check(policy: Policy, where: str = "") -> None:
    """Raise BadSetting for a policy that cannot be applied, naming the rule and what is allowed."""
    if policy.size is not None and policy.size < 1:
        raise BadSetting(f"size {policy.size} is not allowed.", where=where, do="Give at least 1, or none.")
    seen: set[tuple[str, str]] = set()
    for rule in policy.rules:
        _check_rule(rule, where)
        if (rule.score, rule.op) in seen:
            what = f"{rule.score} has two limits of the kind {rule.op!r}."
            raise BadSetting(what, where=where, do="Keep one of them.")
        seen.add((rule.score, rule.op))


def _check_rule(rule: Rule, where: str) -> None:
    spec = SCORES.get(rule.score)
    if spec is None:
        raise BadSetting(f"{rule.score} is no score.", where=where, do=f"Scores: {', '.join(SCORES)}.")
    if rule.op not in get_args(Op):
        do = f"Use {' or '.join(map(repr, get_args(Op)))}."
        raise BadSetting(f"{rule.score}: {rule.op!r} is no comparison.", where=where, do=do)
    if rule.if_missing not in _MISSING:
        what = f"{rule.score}: if_missing {rule.if_missing!r} is unknown."
        raise BadSetting(what, where=where, do=f"Use {', '.join(_MISSING)}.")
    if not spec.low <= rule.limit <= spec.high:
        do = f"Limits of {rule.score} run from {spec.low:g} to {spec.high:g}."
        raise BadSetting(f"{rule.score}: {rule.limit:g} is outside its range.", where=where, do=do)


def apply(policy: Policy, table: ScoreTable | pa.Table, *, override: bool = True) -> PolicyResult:
    """Return what the policy keeps of `table` (see `ScoreTable.of`).

    A limit is inclusive (GSDP-27). With `override`, approved rows are kept and rejected rows dropped whatever their
    scores (X-08). Of more than `policy.size` rows the best stay: approved first, then by judge score, then by rarity,
    both falling, missing values last, ties by id.
    """
    check(policy)
    rows = ScoreTable.of(table)
    failed, review, margin = _ruled(policy, rows)
    if override:
        failed[rows.human == 1] = NO_RULE
        failed[rows.human == 0] = BY_HAND
        review &= rows.human < 0
    kept = (failed == NO_RULE) & ~review
    if policy.size is not None and np.count_nonzero(kept) > policy.size:
        losers = _best_first(rows, np.flatnonzero(kept), override)[policy.size :]
        kept[losers] = False
        failed[losers] = BY_SIZE
    return PolicyResult(kept, review, failed, margin, policy)


def margins(rule: Rule, table: ScoreTable) -> Floats:
    """Return each row's signed distance to the limit as a share of the score's range, NaN where the score is missing.

    At 0 a row passes; compared in 32 bits, so that 0.85 is never below 0.85.
    """
    spec = SCORES[rule.score]
    distance = table.scores[rule.score] - np.float32(rule.limit)
    signed = distance if rule.op == "at least" else -distance
    return signed / np.float32(spec.high - spec.low)


def _ruled(policy: Policy, rows: ScoreTable) -> tuple[NDArray[np.int8], Bools, Floats]:
    failed = np.full(len(rows), NO_RULE, np.int8)
    review = np.zeros(len(rows), np.bool_)
    closest = np.full(len(rows), np.inf, np.float32)
    for index, rule in enumerate(policy.rules):
        if not rule.use:
            continue
        margin = margins(rule, rows)
        missing = np.isnan(margin)
        if rule.if_missing == "review":
            review |= missing
        fails = margin < 0
        if rule.if_missing == "drop":
            fails |= missing
        failed[fails & (failed == NO_RULE)] = index
        # Every row that passes a yes or no would lie on its limit, and none would be closer than another.
        np.fmin(closest, np.where(margin < 0, margin, np.nan) if SCORES[rule.score].yes_no else margin, out=closest)
    return failed, review & (failed == NO_RULE), closest


def _best_first(rows: ScoreTable, chosen: NDArray[np.int64], override: bool) -> NDArray[np.int64]:
    """Return row numbers in the order in which a size limit keeps them."""
    keys: dict[str, Any] = {
        "approved": (rows.human[chosen] == 1) & override,
        "judge": _last_if_missing(rows.scores["judge_score"][chosen]),
        "rarity": _last_if_missing(rows.scores["rarity"][chosen]),
        "id": rows.ids.take(pa.array(chosen)),
    }
    by = [("approved", "descending"), ("judge", "descending"), ("rarity", "descending"), ("id", "ascending")]
    order = pc.sort_indices(pa.table(keys), sort_keys=by)
    ranked: NDArray[np.int64] = chosen[order.to_numpy()]
    return ranked


def _last_if_missing(scores: Floats) -> Floats:
    return np.nan_to_num(scores, nan=-np.inf)
