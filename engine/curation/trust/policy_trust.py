"""What labels say of the policies that somebody moves over one scoreboard: one place for all numbers of a page.

It remembers the last move, as `WhatIf` does: a limit that moves along its own curve asks nothing anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pyarrow as pa

from engine.core.records import Policy, Rule, content_id
from engine.core.settings.trust import TrustSettings
from engine.curation.marks import Marks
from engine.curation.policy import PolicyResult
from engine.curation.table import ScoreTable
from engine.curation.trust.axis import ScoreAxis
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated, Quantity
from engine.curation.trust.from_ledger import StoredLabels
from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.limit_axis import limit_axis
from engine.curation.trust.limit_curve import LimitCurve, limit_curve
from engine.curation.trust.rule_agreement import RuleAgreement, rule_agreement

T = TypeVar("T")
_HELD = 8
_BOTH: tuple[Quantity, ...] = ("precision", "recall")
_NOBODY = StoredLabels(pa.array([], pa.string()), LabelSet.convenience([], []), pa.array([], pa.string()))


@dataclass(slots=True)
class LimitAxes:
    """The axes of a scoreboard's scores, each sorted when it is first asked for; several may share them."""

    table: ScoreTable
    _made: dict[tuple[str, str, bool], ScoreAxis] = field(default_factory=dict)

    def of(self, rule: Rule) -> ScoreAxis:
        """Return the rows along the limits of a rule."""
        key = (rule.score, rule.op, rule.if_missing == "keep")
        if key not in self._made:
            self._made[key] = limit_axis(self.table, rule)
        return self._made[key]


@dataclass(frozen=True, slots=True)
class SetQuality:
    """Precision and recall of what the rules of a policy keep, people's decisions left aside."""

    precision: Estimated
    recall: Estimated

    @property
    def looked(self) -> bool:
        """Whether an estimate with an interval was shown, by which somebody could choose among policies."""
        return any(one.low is not None and one.low != one.high for one in (self.precision, self.recall))


class PolicyTrust:
    """Labels beside one scoreboard. It remembers the last moves, so give each policy in hand one of its own."""

    def __init__(self, axes: LimitAxes, settings: TrustSettings | None = None) -> None:
        """Begin without labels; `read` brings them."""
        self.table, self.axes, self.settings = axes.table, axes, settings or TrustSettings()
        self._marks: dict[str, Marks] = {}
        self._found: dict[tuple[object, ...], object] = {}
        self._stored: StoredLabels | None = None
        self.read(_NOBODY)

    def read(self, stored: StoredLabels) -> PolicyTrust:
        """Take the labels of the project as they stand; the same ones cost nothing."""
        if stored is not self._stored:
            self._stored, self._found = stored, {}
            self.labels, reachable = stored.on(self.table.ids)
            self.reachable = None if reachable.all() else reachable
        return self

    @property
    def random_labels(self) -> int:
        """Decided labels of drawn rows."""
        return int(np.count_nonzero(self.labels.random & self.labels.decided))

    def kept(self, policy: Policy) -> Flags:
        """Return which rows the rules alone keep (N,)."""
        return self._result("kept", policy).kept

    def quality(self, policy: Policy) -> SetQuality:
        """Return precision and recall of a policy."""
        return self.remember(("quality", *_effect(policy)), lambda: self._quality(policy))

    def curve(self, policy: Policy, index: int, error: float | None = None) -> LimitCurve:
        """Return what labels say of every limit of the policy's rule `index`, without a size; as if it were in use."""
        rule, rest = policy.rules[index], others(policy, index)
        key = ("curve", *_effect(rest), rule.score, rule.op, rule.if_missing, error)
        return self.remember(key, lambda: self._curve(rule, rest, error))

    def agreement(self, rule: Rule) -> RuleAgreement:
        """Return how far a rule alone agrees with people."""
        return self.remember(("agreement", rule), lambda: rule_agreement(rule, self.table, self.labels))

    def _quality(self, policy: Policy) -> SetQuality:
        kept = self.kept(policy)
        precision, recall = (
            estimate(one, kept, self.labels, reachable=self.reachable, settings=self.settings) for one in _BOTH
        )
        return SetQuality(precision, recall)

    def _curve(self, rule: Rule, rest: Policy, error: float | None) -> LimitCurve:
        base = self._result("base", rest).kept
        axis = self.axes.of(rule)
        return limit_curve(axis, self.labels, base, self.reachable, error=error, settings=self.settings)

    def _result(self, name: str, policy: Policy) -> PolicyResult:
        made = Marks.of(self.table, policy.rules, False, self._marks.get(name))
        self._marks[name] = made
        return PolicyResult.of(policy, self.table, made)

    def remember(self, key: tuple[object, ...], make: Callable[[], T]) -> T:
        """Return what was found for this question before, of the last few ones about the same labels."""
        if key not in self._found:
            while len(self._found) >= _HELD:
                del self._found[next(iter(self._found))]
            self._found[key] = make()
        return self._found[key]  # type: ignore[return-value]


def others(policy: Policy, index: int) -> Policy:
    """Return the policy without one of its rules and without a size: what all other rules keep."""
    return replace(policy, rules=(*policy.rules[:index], *policy.rules[index + 1 :]), size=None, sizes=())


def look_of(policy: Policy, *of: str) -> str:
    """Return one id for policies that keep the same, whatever they are called and whatever they leave unused.

    `of` says of which rows, where it is a part of the project.
    """
    return content_id("LK", *map(str, _effect(policy)), *of)


def _effect(policy: Policy) -> tuple[object, ...]:
    """Return what a policy does, by all that changes what it keeps."""
    used = sorted(
        (rule.score, rule.op, float(rule.limit), rule.if_missing, rule.method) for rule in policy.rules if rule.use
    )
    return (tuple(used), policy.size, policy.sizes, policy.unanswered)
