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
from engine.curation.marks import Bools, Marks, bit_of, failing
from engine.curation.methods import METHODS, own_rules
from engine.curation.panel import check_panel, heard
from engine.curation.scores import SCORES, Op, ScoreSpec
from engine.curation.table import Floats, ScoreTable
from engine.knowledge.mixture import largest_remainder

NO_RULE, BY_HAND, BY_SIZE, NO_ANSWER, WAITS = -1, -2, -3, -4, -5
"""Instead of a rule's index: no rule failed, rejected by a person, beyond the size, a solution without an answer,
an edited statement without a solution of its own."""
_NAMES = {
    BY_SIZE: "beyond the size",
    BY_HAND: "rejected by hand",
    NO_ANSWER: "no answer",
    WAITS: "waits for a solution",
}

_MISSING = ("drop", "keep", "review")


@dataclass(frozen=True, eq=False)
class PolicyResult:
    """What a policy does to N rows, in table order; what not everybody asks for is worked out when asked."""

    policy: Policy
    table: ScoreTable
    marks: Marks
    kept: Bools
    beyond: NDArray[np.int64]
    """Numbers of the rows that the policy's sizes left no room for."""
    silent: Bools
    """Rows that are dropped because their solution has no answer, whatever their scores (N,)."""

    @staticmethod
    def of(policy: Policy, table: ScoreTable, marks: Marks) -> PolicyResult:
        """Return what the policy does to rows with these marks, its size included."""
        passing, silent = marks.keeps, _silent(policy, table, marks)
        passing &= ~silent
        if marks.override:
            # The rules judged the machine's text; a person's waits until statement and solution belong together.
            passing &= ~table.waits
        kept = _sized(policy, table, passing, marks.override)
        beyond = np.zeros(0, np.int64) if kept is passing else np.flatnonzero(passing & ~kept)
        return PolicyResult(policy, table, marks, kept, beyond, silent)

    @property
    def count(self) -> int:
        """How many rows are kept."""
        return int(np.count_nonzero(self.kept))

    @cached_property
    def review(self) -> Bools:
        """Rows that fail nothing but lack a score whose rule sends them to review."""
        waiting: Bools = self.marks.review & ~self.silent
        waiting &= ~(self.table.waits & self.marks.override)
        return waiting

    @cached_property
    def failed(self) -> NDArray[np.int16]:
        """Index into `policy.rules` of the first failing rule; NO_RULE, BY_HAND, BY_SIZE, NO_ANSWER or WAITS."""
        found = _first_failing(self.policy, self.table, self.marks)
        found[self.silent] = NO_ANSWER
        if self.marks.override:
            found[self.table.waits] = WAITS
            found[self.marks.people.rejected] = BY_HAND
        found[self.beyond] = BY_SIZE
        return found

    @cached_property
    def margin(self) -> Floats:
        """Smallest signed distance to a limit, as a share of the score's range; below 0 for rows that fail a rule."""
        return _closest(self.policy, self.table)

    def reasons(self) -> dict[str, int]:
        """Count dropped rows by the first reason: a score's key or one of `no answer`, `rejected by hand`, ..."""
        return counted(self.policy, self.failed)


def counted(policy: Policy, failed: NDArray[np.int16]) -> dict[str, int]:
    """Count rows by the reason that `failed` gives: a score's key, `no answer`, `rejected by hand`, ..."""
    rules = policy.rules
    counts = np.bincount(failed - np.int16(WAITS), minlength=len(rules) - WAITS)
    found: dict[str, int] = {}
    # Rows that wait for a review fail no rule: like the kept ones they stand under NO_RULE, and have no reason.
    for code in (*_NAMES, *range(len(rules))):
        if count := int(counts[code - WAITS]):
            name = _NAMES.get(code) or rules[code].score
            found[name] = found.get(name, 0) + count
    return found


def make(name: str, rules: tuple[Rule, ...], *, size: int | None = None, by: str = "", at: float = 0.0) -> Policy:
    """Return a checked policy; policies of equal content have equal ids. Raises BadSetting."""
    return checked(Policy("", name, rules, size, at, by))


def checked(policy: Policy) -> Policy:
    """Return the policy with the id that its content gives it. Raises BadSetting."""
    check(policy)
    rules = [[r.score, r.op, float(r.limit), r.if_missing, r.use, *([r.method] if r.method else [])]
             for r in policy.rules]  # fmt: skip
    more = [policy.more()] if policy.more() else []
    return replace(policy, id=content_id("P", policy.name, rules, policy.size, *more))


def gsdp() -> Policy:
    """Return the published way: judge score from 0.85 (GSDP-27), no veto (GSDP-28), no copy of a test problem."""
    return make("gsdp", tuple(rule_of(spec) for spec in SCORES.values()), by="method")


def published(name: str = "published") -> Policy:
    """Return the published rules and sizes of every method, each for its own problems, as one policy."""
    rules = tuple(rule for method in METHODS for rule in own_rules(method))
    sizes = Policy.sized({method: one.size for method, one in METHODS.items() if one.size})
    return checked(Policy("", name, rules, by="method", sizes=sizes))


def shared_out(policy: Policy, table: ScoreTable) -> Policy:
    """Return the policy with its size for all split over the methods of `table`, as `apply` splits it."""
    if policy.size is None or len(table.methods.names) < 2:
        return policy
    codes = table.methods.codes[apply(policy, table).kept]
    counts = {name: int(np.count_nonzero(codes == code)) for code, name in enumerate(table.methods.names)}
    return replace(policy, size=None, sizes=Policy.sized({name: count for name, count in counts.items() if count}))


def rule_of(spec: ScoreSpec) -> Rule:
    """Return the rule a score starts with."""
    return Rule(spec.key, spec.op, spec.limit, spec.if_missing, spec.used)


def check(policy: Policy, where: str = "") -> None:
    """Raise BadSetting for a policy that cannot be applied, naming the rule and what is allowed."""
    for size in (policy.size, *dict(policy.sizes).values()):
        if size is not None and size < 1:
            raise BadSetting(f"size {size} is not allowed.", where=where, do="Give at least 1, or none.")
    for method in {rule.method for rule in policy.rules} | set(dict(policy.sizes)):
        if method and method not in METHODS:
            raise BadSetting(f"{method!r} is no method.", where=where, do=f"Methods: {', '.join(METHODS)}.")
    check_panel(policy.panel, where)
    seen: set[tuple[str, str, str]] = set()
    for rule in policy.rules:
        _check_rule(rule, where)
        if (rule.score, rule.op, rule.method) in seen:
            what = f"{rule.score} has two limits of the kind {rule.op!r}{' for ' if rule.method else ''}{rule.method}."
            raise BadSetting(what, where=where, do="Keep one of them.")
        seen.add((rule.score, rule.op, rule.method))


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

    A limit is inclusive (GSDP-27); scores are those by the word of the policy's panel. With `override`, approved rows
    are kept and rejected rows dropped whatever their scores (X-08). A rule of one method judges its rows alone. Rows
    whose solution has no answer are dropped, unless the policy says otherwise. Of more than a size the best stay:
    approved first, then by curated joint score (AM-19), where there is none by judge score, then by rarity, all
    falling, missing values last, ties by id. Of a size for several methods each fills its share by its own order,
    because scores of different methods do not compare.
    """
    check(policy)
    rows = heard(policy.panel, ScoreTable.of(table))
    return PolicyResult.of(policy, rows, Marks.of(rows, policy.rules, override))


def margins(rule: Rule, table: ScoreTable) -> Floats:
    """Return each row's signed distance to the limit as a share of the score's range, NaN where the score is missing.

    At 0 a row passes; compared in 32 bits, so that 0.85 is never below 0.85. A method's rule has none for other rows.
    """
    spec = SCORES[rule.score]
    distance = table.scores[rule.score] - np.float32(rule.limit)
    signed = distance if rule.op == "at least" else -distance
    found: Floats = signed / np.float32(spec.high - spec.low)
    return np.where(table.of_method(rule.method), found, np.float32(np.nan)) if rule.method else found


def _first_failing(policy: Policy, table: ScoreTable, marks: Marks) -> NDArray[np.int16]:
    used = [(index, rule) for index, rule in enumerate(policy.rules) if rule.use]
    sets, first = np.arange(256), np.full(256, NO_RULE, np.int16)
    for index, rule in reversed(used):
        first[sets & bit_of(rule.score) != 0] = index
    found: NDArray[np.int16] = first.take(marks.hard)
    scores = [rule.score for _, rule in used]
    several = {rule.score for _, rule in used if rule.method or scores.count(rule.score) > 1}
    bands = sum(map(bit_of, several))
    if bands:
        # Which of the two limits of a score failed, or whose, is not in its bit.
        rows = np.flatnonzero(marks.hard & np.uint8(bands))
        found[rows] = NO_RULE
        for index, rule in reversed(used):
            lenient = replace(rule, if_missing="keep") if rule.if_missing == "review" else rule
            found[rows[failing(table, lenient, rows) != 0]] = index
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


def _silent(policy: Policy, table: ScoreTable, marks: Marks) -> Bools:
    """Return the rows that no rule may keep, because there is no answer to learn; a person's yes stands above."""
    silent = np.zeros(len(table), np.bool_) if policy.unanswered else ~table.answered
    if marks.override and silent.any():
        silent[marks.people.approved] = False
    return silent


def _sized(policy: Policy, table: ScoreTable, passing: Bools, override: bool) -> Bools:
    """Return which rows stay of those that pass; the very same array where no size is exceeded."""
    kept = passing
    for method, size in policy.sizes:
        own = kept & table.of_method(method) if method in table.methods.names else None
        if own is not None and np.count_nonzero(own) > size:
            kept = kept & ~_over(table, own, size, override)
    if policy.size is not None and np.count_nonzero(kept) > policy.size:
        kept = _within(table, kept, policy.size, override)
    return kept


def _over(table: ScoreTable, kept: Bools, size: int, override: bool) -> Bools:
    """Return which kept rows are beyond a size."""
    over = np.zeros(len(kept), np.bool_)
    over[_best_first(table, np.flatnonzero(kept), override)[size:]] = True
    return over


def _within(table: ScoreTable, kept: Bools, size: int, override: bool) -> Bools:
    """Return the rows that stay of all kept ones; of several methods each gives its share."""
    approved = kept & (table.human == 1) & override
    room = size - int(np.count_nonzero(approved))
    codes, counts = np.unique(table.methods.codes[kept & ~approved], return_counts=True)
    if room <= 0 or len(codes) < 2:
        return kept & ~_over(table, kept, size, override)
    shares = largest_remainder({str(code): float(count) for code, count in zip(codes, counts, strict=True)}, room)
    stays: Bools = approved.copy()
    for code in codes.tolist():
        own = kept & ~approved & (table.methods.codes == code)
        stays = stays | (own & ~_over(table, own, shares[str(code)], override))
    return stays


def _best_first(rows: ScoreTable, chosen: NDArray[np.int64], override: bool) -> NDArray[np.int64]:
    """Return row numbers in the order in which a size limit keeps them."""
    keys: dict[str, Any] = {
        "approved": (rows.human[chosen] == 1) & override,
        "worth": _last_if_missing(_worth(rows, chosen)),
        "rarity": _last_if_missing(rows.scores["rarity"][chosen]),
        "id": rows.ids.take(pa.array(chosen)),
    }
    by = [("approved", "descending"), ("worth", "descending"), ("rarity", "descending"), ("id", "ascending")]
    order = pc.sort_indices(pa.table(keys), sort_keys=by)
    ranked: NDArray[np.int64] = chosen[order.to_numpy()]
    return ranked


def _worth(rows: ScoreTable, chosen: NDArray[np.int64]) -> Floats:
    """Return the curated joint score as a share of 5 where there is one (AM-19), else the judge score."""
    curated, judged = rows.curated[chosen] / np.float32(5), rows.scores["judge_score"][chosen]
    return np.where(np.isnan(curated), judged, curated)


def _last_if_missing(scores: Floats) -> Floats:
    return np.nan_to_num(scores, nan=-np.inf)
