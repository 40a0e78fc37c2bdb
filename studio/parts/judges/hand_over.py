"""A combination of judges becomes a policy, and Tune opens with it."""

from __future__ import annotations

import time
from dataclasses import replace

from engine.core.records import Policy, PolicyPanel, Rule
from engine.curation import policy as policies
from engine.curation.review.queues import policy_for
from engine.curation.scores import SCORES
from engine.reporting.judge_panels import VotedPanel
from engine.reporting.panel_table import PanelRow
from engine.store import Store
from studio import navigation, session

_BY_JUDGES = ("", "gsdp", "house")
"""Methods whose problems several judges judge; "" is all of them."""


def use(store: Store, panel: VotedPanel, row: PanelRow) -> None:
    """Save the policy that is in use with this combination in the place of its judges, and go on to Tune."""
    made = store.policies.save(as_policy(policy_for(store), panel, row, session.curator()))
    navigation.go("tune", policy=made.name, view="Policy", handed="judges")


def as_policy(start: Policy, panel: VotedPanel, row: PanelRow, by: str) -> Policy:
    """Return `start` with a combination in the place of its judges; what else it asks stays."""
    rule, names = row.found.rule, [panel.judges[judge] for judge in row.found.rule.judges]
    if panel.scored:
        weights = PolicyPanel.of({"weights": dict(zip(names, rule.weights, strict=True))}).weights
        heard = replace(start.panel, weights=weights)
        rules = _asked(start.rules, "judge_score", panel.limit)
    else:
        votes = rule.rule if rule.rule in ("majority", "any") else "veto"
        of = PolicyPanel.of({"judges": names, "rule": votes})
        heard = replace(start.panel, judges=of.judges, rule=of.rule)
        rules = _asked(start.rules, "solution_pass", 1.0)
    name = f"Judges of {panel.about}s: {row.names}, {row.rule}"
    return policies.checked(replace(start, name=name, rules=rules, panel=heard, by=by, at=time.time()))


def _asked(rules: tuple[Rule, ...], score: str, limit: float) -> tuple[Rule, ...]:
    """Return rules that limit this score there; a method that leaves it unlimited is left so, unless all do."""
    mine = [rule for rule in rules if rule.score == score and rule.op == "at least"]
    if not mine:
        return (*rules, replace(policies.rule_of(SCORES[score]), limit=limit, use=True))
    none = not any(rule.use for rule in mine)
    return tuple(
        replace(rule, limit=limit, use=True)
        if rule in mine and (rule.use or (none and rule.method in _BY_JUDGES))
        else rule
        for rule in rules
    )
