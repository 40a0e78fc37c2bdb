"""Applies a policy to the whole project and remembers what it kept, what it dropped, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.core.errors import UserError
from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.methods import METHODS
from engine.curation.policy import BY_HAND, BY_SIZE, NO_ANSWER, NO_RULE, WAITS, PolicyResult
from engine.curation.scores import SCORES
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.from_ledger import labels_of
from engine.store import Store

KEPT, REVIEW = "kept", "lacks a score, to be reviewed"


@dataclass(frozen=True, slots=True)
class MethodSelected:
    """The share of one method in a selection: its problems, those kept, what each rule left, why rows were dropped."""

    total: int
    kept: int
    funnel: dict[str, int]
    reasons: dict[str, int]


@dataclass(frozen=True, slots=True)
class Selected:
    """What a policy did: `funnel` counts what is left after each rule in turn, `reasons` why rows were dropped.

    `precision` and `recall` are those of the rules alone: with people's decisions put above the rules precision would
    always be 1. Each is a number with its interval, or says why there is none.
    """

    selection_id: str
    policy: Policy
    total: int
    kept: int
    funnel: dict[str, int]
    reasons: dict[str, int]
    precision: Estimated
    recall: Estimated
    methods: dict[str, MethodSelected] = field(default_factory=dict)
    """What each method kept by its own rules, by the keys of `engine.curation.methods.METHODS`; only those there."""


def select(store: Store, policy: Policy, by: str = "") -> Selected:
    """Apply `policy` to every problem, save the selection, and say what happened; UserError without problems."""
    table = scores_of(store)
    if not len(table):
        raise UserError("there are no problems to select from.", do="Write some with: lemma run gsdp")
    made = policies.apply(policy, table)
    alone = policies.apply(policy, table, override=False)
    reasons = [_reason(policy, int(code), bool(review)) for code, review in zip(made.failed, made.review, strict=True)]
    labels, reachable = labels_of(store).on(table.ids)
    saved = store.policies.save(policy)
    kept = store.selections.save(saved.id, table.ids.to_pylist(), made.kept.tolist(), reasons, by)
    return Selected(
        kept.id,
        policy,
        len(table),
        made.count,
        _funnel(made, np.ones(len(table), np.bool_)),
        made.reasons(),
        estimate("precision", alone.kept, labels, reachable=reachable),
        estimate("recall", alone.kept, labels, reachable=reachable),
        {method: _of_method(made, rows) for method in METHODS if (rows := table.of_method(method)).any()},
    )


def _of_method(made: PolicyResult, rows: NDArray[np.bool_]) -> MethodSelected:
    kept, failed = int(np.count_nonzero(made.kept & rows)), made.failed[rows]
    return MethodSelected(len(failed), kept, _funnel(made, rows), policies.counted(made.policy, failed))


def _reason(policy: Policy, code: int, review: bool) -> str:
    if review:
        return REVIEW
    if code == NO_RULE:
        return KEPT
    named = {
        BY_HAND: "rejected by hand",
        BY_SIZE: "beyond the size",
        NO_ANSWER: "no answer",
        WAITS: "waits for a solution",
    }
    return named.get(code) or SCORES[policy.rules[code].score].label


def _funnel(made: PolicyResult, rows: NDArray[np.bool_]) -> dict[str, int]:
    """Return how many rows are left after each step, in order; rows fall at their first failing rule.

    The last number is what is kept. Steps that nothing depends on, such as a size that was not reached, are not named.
    """
    failed, review = made.failed[rows], made.review[rows]
    counts = {code: int(np.count_nonzero(failed == code)) for code in np.unique(failed).tolist()}
    left, steps = len(failed), {"problems": len(failed)}
    if counts.get(NO_ANSWER):
        steps["with an answer"] = left = left - counts[NO_ANSWER]
    methods = {made.table.methods.names[code] for code in np.unique(made.table.methods.codes[rows]).tolist()
               if code < len(made.table.methods.names)}  # fmt: skip
    dropped: dict[str, int] = {}
    for index, rule in enumerate(made.policy.rules):
        if rule.use and (not rule.method or rule.method in methods):
            label = SCORES[rule.score].label
            dropped[label] = dropped.get(label, 0) + counts.get(index, 0)
    for label, count in dropped.items():
        steps[label] = left = left - count
    for step, count in (
        ("not to be reviewed", int(np.count_nonzero(review))),
        ("not waiting for a solution", counts.get(WAITS, 0)),
        ("not rejected by hand", counts.get(BY_HAND, 0)),
        ("within the size", counts.get(BY_SIZE, 0)),
    ):
        if count:
            steps[step] = left = left - count
    return steps
