"""Applies a policy to the whole project and remembers what it kept, what it dropped, and why."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.errors import UserError
from engine.core.records import Policy
from engine.curation import policy as policies
from engine.curation.intervals import PolicyAgreement, agreement
from engine.curation.policy import BY_HAND, BY_SIZE, NO_RULE
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.store import Store

KEPT, REVIEW = "kept", "lacks a score, to be reviewed"


@dataclass(frozen=True, slots=True)
class Selected:
    """What a policy did: `funnel` counts what is left after each rule in turn, `reasons` why rows were dropped.

    `agreement` compares the rules alone with people's decisions.
    """

    selection_id: str
    policy: Policy
    total: int
    kept: int
    funnel: dict[str, int]
    reasons: dict[str, int]
    agreement: PolicyAgreement


def select(store: Store, policy: Policy, by: str = "") -> Selected:
    """Apply `policy` to every problem, save the selection, and say what happened; UserError without problems."""
    table = ScoreTable.of(store.problems.scoreboard())
    if not len(table):
        raise UserError("there are no problems to select from.", do="Write some with: lemma run gsdp")
    made = policies.apply(policy, table)
    alone = policies.apply(policy, table, override=False)
    reasons = [_reason(policy, int(code), bool(review)) for code, review in zip(made.failed, made.review, strict=True)]
    saved = store.policies.save(policy)
    kept = store.selections.save(saved.id, table.ids.to_pylist(), made.kept.tolist(), reasons, by)
    return Selected(
        kept.id,
        policy,
        len(table),
        made.count,
        _funnel(policy, made.failed, len(table)),
        made.reasons(),
        agreement(alone.kept, table.human),
    )


def _reason(policy: Policy, code: int, review: bool) -> str:
    if review:
        return REVIEW
    if code == NO_RULE:
        return KEPT
    named = {BY_HAND: "rejected by hand", BY_SIZE: "beyond the size"}
    return named.get(code) or SCORES[policy.rules[code].score].label


def _funnel(policy: Policy, failed: np.ndarray[tuple[int], np.dtype[np.int8]], total: int) -> dict[str, int]:
    """Return how many rows are left after each rule in use, in order; rows fall at their first failing rule."""
    left, steps = total, {"problems": total}
    for index, rule in enumerate(policy.rules):
        if rule.use:
            left -= int(np.count_nonzero(failed == index))
            steps[SCORES[rule.score].label] = left
    return steps
