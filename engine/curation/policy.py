"""A policy decides by rules what is kept; a person's decision stands above every rule (X-08).

What the limits keep is counted in one place, `engine.curation.marks`: once by `apply`, move by move by
`engine.curation.whatif`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, get_args

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.errors import BadSetting
from engine.core.records import Policy, Rule, content_id
from engine.curation.marks import Bools, Marks, bit_of, fails
from engine.curation.scores import SCORES, Op, ScoreSpec
from engine.curation.table import Floats, ScoreTable

NO_RULE, BY_HAND, BY_SIZE = -1, -2, -3
"""Instead of a rule's index: no rule failed, a person rejected it, it did not fit the size."""

_MISSING = ("drop", "keep", "review")


@dataclass(frozen=True, eq=False)
class PolicyResult:
    """What a policy does to N rows, in table order; what not everybody asks for is worked out when asked."""

    policy: Policy
    table: ScoreTable
    marks: Marks
    kept: Bools
    beyond: NDArray[np.int64]
    """Numbers of the rows that the policy's size left no room for."""

    @staticmethod
    def of(policy: Policy, table: ScoreTable, marks: Marks) -> PolicyResult:
        """Return what the policy does to rows with these marks, its size included."""
        kept, beyond = marks.keeps, np.zeros(0, np.int64)
        if policy.size is not None and np.count_nonzero(kept) > policy.size:
            beyond = _best_first(table, np.flatnonzero(kept), marks.override)[policy.size :]
            kept[beyond] = False
        return PolicyResult(policy, table, marks, kept, beyond)

    @property
    def count(self) -> int:
        """How many rows are kept."""
        return int(np.count_nonzero(self.kept))

    @cached_property
    def review(self) -> Bools:
        """Rows that fail nothing but lack a score whose rule sends them to review."""
        return self.marks.review

    @cached_property
    def failed(self) -> NDArray[np.int8]:
        """Index into `policy.rules` of the first failing rule; NO_RULE, BY_HAND or BY_SIZE."""
        found = _first_failing(self.policy, self.table, self.marks)
        if self.marks.override:
            found[self.marks.people.rejected] = BY_HAND
        found[self.beyond] = BY_SIZE
        return found

    @cached_property
    def margin(self) -> Floats:
        """Smallest signed distance to a limit, as a share of the score's range; below 0 for rows that fail a rule."""
        return _closest(self.policy, self.table)

    def reasons(self) -> dict[str, int]:
        """Count dropped rows by the first reason: a score's key, `rejected by hand` or `beyond the size`."""
        rules = self.policy.rules
        counts = np.bincount(self.failed - np.int8(BY_SIZE), minlength=len(rules) - BY_SIZE)
        names = {BY_SIZE: "beyond the size", BY_HAND: "rejected by hand"}
        found: dict[str, int] = {}
        # Rows that wait for a review fail no rule: like the kept ones they stand under NO_RULE, and have no reason.
        for code in (BY_SIZE, BY_HAND, *range(len(rules))):
            if count := int(counts[code - BY_SIZE]):
                name = names.get(code) or rules[code].score
                found[name] = found.get(name, 0) + count
        return found


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
    return PolicyResult.of(policy, rows, Marks.of(rows, policy.rules, override))


def margins(rule: Rule, table: ScoreTable) -> Floats:
    """Return each row's signed distance to the limit as a share of the score's range, NaN where the score is missing.

    At 0 a row passes; compared in 32 bits, so that 0.85 is never below 0.85.
    """
    spec = SCORES[rule.score]
    distance = table.scores[rule.score] - np.float32(rule.limit)
    signed = distance if rule.op == "at least" else -distance
    return signed / np.float32(spec.high - spec.low)


def _first_failing(policy: Policy, table: ScoreTable, marks: Marks) -> NDArray[np.int8]:
    used = [(index, rule) for index, rule in enumerate(policy.rules) if rule.use]
    sets, first = np.arange(256), np.full(256, NO_RULE, np.int8)
    for index, rule in reversed(used):
        first[sets & bit_of(rule.score) != 0] = index
    found: NDArray[np.int8] = first.take(marks.hard)
    scores = [rule.score for _, rule in used]
    bands = sum({bit_of(score) for score in scores if scores.count(score) > 1})
    if bands:
        # Which of the two limits of a score failed is not in its bit.
        rows = np.flatnonzero(marks.hard & np.uint8(bands))
        found[rows] = NO_RULE
        for index, rule in reversed(used):
            lenient = replace(rule, if_missing="keep") if rule.if_missing == "review" else rule
            found[rows[fails(table.scores[rule.score][rows], lenient) != 0]] = index
    return found


def _closest(policy: Policy, table: ScoreTable) -> Floats:
    closest = np.full(len(table), np.inf, np.float32)
    for rule in policy.rules:
        if rule.use:
            margin = margins(rule, table)
            # Every row that passes a yes or no would lie on its limit, and none would be closer than another.
            margin = np.where(margin < 0, margin, np.nan) if SCORES[rule.score].yes_no else margin
            np.fmin(closest, margin, out=closest)
    return closest


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
