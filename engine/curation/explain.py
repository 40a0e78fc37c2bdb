"""Why one row is kept or dropped, in a sentence, with its closest rules and the smallest change that flips it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isnan

import numpy as np

from engine.core.records import Policy, Rule
from engine.curation.scores import SCORES, Op, ScoreSpec, grid


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """One rule in use beside the row's value."""

    score: str
    label: str
    value: float | None
    needs: str
    """Such as `at least 0.85`."""
    ok: bool
    margin: float | None
    """Signed distance to the limit in the score's own unit; None where the score is missing."""


@dataclass(frozen=True, slots=True)
class LimitChange:
    """A limit that, put in place of the rule's own, flips the row."""

    score: str
    op: Op
    limit: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why a row is in or out."""

    kept: bool
    review: bool
    sentence: str
    rules: tuple[RuleSeen, ...]
    """Rules in use, closest to their limit first; rules without a value last."""
    changes: tuple[LimitChange, ...]
    """All of them together flip the row; empty where no limit can."""


def why(row: Mapping[str, float | None], policy: Policy, human: int | None = None) -> Why:
    """Return why `policy` keeps or drops a row.

    `row` maps score keys to values, None or NaN where missing; `human` is 1 approved, 0 rejected, None undecided and
    stands above every rule (X-08).
    """
    used = [(rule, _value(row, rule)) for rule in policy.rules if rule.use]
    seen = tuple(sorted((_seen(rule, value) for rule, value in used), key=_closeness))
    if human is not None:
        sentence = f"{'Kept' if human else 'Dropped'}: {'approved' if human else 'rejected'} by a person."
        return Why(bool(human), False, sentence, seen, ())
    failing = [(rule, value) for rule, value in used if not _passes(rule, value)]
    review = not failing and any(value is None and rule.if_missing == "review" for rule, value in used)
    if failing:
        failing.sort(key=lambda pair: _depth(*pair), reverse=True)
        return Why(False, False, _dropped(failing), seen, _rescue(failing))
    if review:
        missing = [SCORES[rule.score].label for rule, value in used if value is None and rule.if_missing == "review"]
        return Why(False, True, f"Sent to review: {_listed(missing)} missing.", seen, ())
    return Why(True, False, _kept(seen), seen, _loss(seen, policy))


def _value(row: Mapping[str, float | None], rule: Rule) -> float | None:
    value = row.get(rule.score)
    return None if value is None or isnan(value) else float(value)


def _margin(rule: Rule, value: float) -> float:
    """Signed distance, decided in 32 bits as the counts are, so that a row and its explanation agree."""
    distance = float(np.float32(value) - np.float32(rule.limit))
    return distance if rule.op == "at least" else -distance


def _passes(rule: Rule, value: float | None) -> bool:
    return rule.if_missing != "drop" if value is None else _margin(rule, value) >= 0


def _seen(rule: Rule, value: float | None) -> RuleSeen:
    spec = SCORES[rule.score]
    needs = f"{rule.op} {shown(rule.limit, spec)}"
    margin = None if value is None else _margin(rule, value)
    return RuleSeen(rule.score, spec.label, value, needs, _passes(rule, value), margin)


def _closeness(seen: RuleSeen) -> float:
    spec = SCORES[seen.score]
    if seen.margin is None:
        return float("inf")
    # A yes always lies on its limit; it is no closer to falling than any other yes.
    return 1.0 if spec.yes_no and seen.ok else abs(seen.margin) / (spec.high - spec.low)


def _depth(rule: Rule, value: float | None) -> float:
    spec = SCORES[rule.score]
    return float("inf") if value is None else -_margin(rule, value) / (spec.high - spec.low)


def _dropped(failing: list[tuple[Rule, float | None]]) -> str:
    rule, value = failing[0]
    spec = SCORES[rule.score]
    others = len(failing) - 1
    also = f" and {others} more" if others else ""
    if value is None:
        return f"Dropped: {spec.label} is missing{also}."
    said = f"Dropped by {spec.label} ({signed(_margin(rule, value), spec)}){also}."
    if others:
        return f"{said} Would be kept with {_listed([_asked(change) for change in _rescue(failing)])}."
    return f"{said} Would be kept at {shown(_flip(rule, value), spec)}."


def _asked(change: LimitChange) -> str:
    spec = SCORES[change.score]
    return f"{spec.label} {change.op} {shown(change.limit, spec)}"


def _rescue(failing: list[tuple[Rule, float | None]]) -> tuple[LimitChange, ...]:
    """Return the changes that together keep the row; none where a missing score drops it."""
    if any(value is None for _, value in failing):
        return ()
    return tuple(LimitChange(rule.score, rule.op, _flip(rule, value)) for rule, value in failing if value is not None)


def _flip(rule: Rule, value: float) -> float:
    """Return the grid point nearest to the old limit at which the value passes."""
    spec, points = SCORES[rule.score], grid(rule.score)
    up = rule.op == "at least"
    index = (
        np.searchsorted(points, np.float32(value), "right") - 1 if up else np.searchsorted(points, np.float32(value))
    )
    return spec.value(min(max(int(index), 0), spec.steps))


def _kept(seen: tuple[RuleSeen, ...]) -> str:
    closest = next((rule for rule in seen if rule.margin is not None), None)
    if closest is None:
        return "Kept: no rule in use has a value to judge by."
    spec = SCORES[closest.score]
    return f"Kept. Closest limit: {closest.label} ({signed(closest.margin or 0.0, spec)})."


def _loss(seen: tuple[RuleSeen, ...], policy: Policy) -> tuple[LimitChange, ...]:
    """Return the change of the closest rule that would drop the row, where its range allows one."""
    ops = {rule.score: rule.op for rule in policy.rules if rule.use}
    for rule in seen:
        if rule.value is None:
            continue
        spec, op, points = SCORES[rule.score], ops[rule.score], grid(rule.score)
        value = np.float32(rule.value)
        index = int(np.searchsorted(points, value, "right") if op == "at least" else np.searchsorted(points, value) - 1)
        if 0 <= index <= spec.steps:
            return (LimitChange(rule.score, op, spec.value(index)),)
    return ()


def shown(value: float, spec: ScoreSpec) -> str:
    """Return a value of a score as the studio prints it: as many decimals as its grid, two at least."""
    return f"{value:.{max(2, len(f'{spec.step:.6f}'.rstrip('0').partition('.')[2]))}f}"


def signed(margin: float, spec: ScoreSpec) -> str:
    """Return a margin with a sign, a true minus, and never a rounded-away zero."""
    text = shown(abs(margin), spec)
    if not float(text) and margin:
        text = f"{abs(margin):.1g}" if abs(margin) >= 1e-6 else text
    return f"{'+' if margin >= 0 else '−'}{text}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
