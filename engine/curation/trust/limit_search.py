"""Several limits searched at once: a path of policies that no label ranked, then a band over those forty alone.

A free search over d limits has no useful band with a few hundred labels: the best of thousands is partly luck. Here the
judges' word ranks the candidates, on all rows and before any label is read; labels test the front of that ranking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.core.records import Policy, Rule
from engine.curation import policy as policies
from engine.curation.quantize import MISSING
from engine.curation.scores import SCORES
from engine.curation.table import ScoreTable
from engine.curation.trust import refusals
from engine.curation.trust.axis import TickSet
from engine.curation.trust.choose import LimitChoice, choose
from engine.curation.trust.curve import PrecisionCurve
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import NotShown
from engine.curation.trust.intervals import Flags, Floats, Ints
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.limit_axis import grid_points, levels
from engine.curation.trust.path import MOST, ranked_path
from engine.curation.trust.path_band import path_band
from engine.curation.trust.policy_trust import PolicyTrust
from engine.curation.trust.row_scores import chance


@dataclass(frozen=True, slots=True)
class SearchedLimits:
    """The widest policy of the path whose lower bound reaches the target; `rules` is None where none does."""

    choice: LimitChoice
    rules: tuple[Rule, ...] | None
    moved: tuple[str, ...]
    """Scores whose limits were searched."""
    candidates: int
    tested: int
    refusal: NotShown | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Grid:
    """Candidates by their limits: rows along each searched rule, coded by the first limit that keeps them."""

    rules: tuple[int, ...]
    limits: tuple[Floats, ...]
    """The strictest first."""
    codes: tuple[Ints, ...]
    """(N,) each; as large as the number of limits where no limit keeps the row."""

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(one) for one in self.limits)

    def sums(self, rows: Ints, weights: Floats | None = None) -> Floats:
        """Return for every candidate the sum over those of `rows` that it keeps (M,)."""
        wide = tuple(size + 1 for size in self.shape)
        flat = np.ravel_multi_index(tuple(code[rows] for code in self.codes), wide)
        table = np.bincount(flat, None if weights is None else weights[rows], int(np.prod(wide))).reshape(wide)
        for side in range(table.ndim):
            table = np.cumsum(table, side)
        found: Floats = table[tuple(slice(0, size) for size in self.shape)].ravel().astype(float)
        return found

    def holds(self, rows: Ints, candidates: Ints) -> Flags:
        """Return which of `rows` (n) some candidates keep (n, M)."""
        at = np.unravel_index(candidates, self.shape)
        found = np.ones((len(rows), len(candidates)), np.bool_)
        for code, limit in zip(self.codes, at, strict=True):
            found &= code[rows][:, None] <= limit[None, :]
        return found


def search_limits(trust: PolicyTrust, policy: Policy, target: float, error: float) -> SearchedLimits:
    """Search all limits in use that are no yes or no; the others stay as they are, and so does no size."""
    chosen = _searched(policy)
    fixed = replace(
        policy, rules=tuple(rule for at, rule in enumerate(policy.rules) if at not in chosen), size=None, sizes=()
    )
    base = policies.apply(fixed, trust.table, override=False).kept
    names = tuple(policy.rules[at].score for at in chosen)
    refusal = estimate("precision", base, trust.labels, reachable=trust.reachable, settings=trust.settings).refusal
    if refusal is None and not chosen:
        refusal = NotShown("no_limit", "No limit that could be searched is in use.", 0)
    if refusal is not None:
        return SearchedLimits(LimitChoice(None, None, 0, "", refusal.why), None, names, 0, 0, refusal)
    grid = _grid(trust, policy, chosen, base)
    path, curve = _tested(trust, grid, base, error)
    choice = choose(curve, target)
    if choice.tick is None and choice.impossible:
        best = float(np.nanmax(curve.upper))
        choice = replace(
            choice, why=f"None of these policies can reach {target:.1%}: at most {best:.1%} is believable."
        )
    rules = None if choice.tick is None else _rules(policy, grid, int(path[choice.tick]))
    return SearchedLimits(choice, rules, names, int(np.prod(grid.shape)), len(path))


def _searched(policy: Policy) -> tuple[int, ...]:
    """Return the rules whose limits are searched: the first one in use of each score with more than two values."""
    found: dict[str, int] = {}
    for at, rule in enumerate(policy.rules):
        if rule.use and not rule.method and not SCORES[rule.score].yes_no:
            found.setdefault(rule.score, at)
    return tuple(found.values())


def _grid(trust: PolicyTrust, policy: Policy, chosen: Sequence[int], base: Flags) -> _Grid:
    """Return up to 10,000 candidates: equal steps of kept rows along every searched limit."""
    each = min(trust.settings.ticks, int(MOST ** (1 / len(chosen)) + 1e-9))
    rules = [policy.rules[at] for at in chosen]
    limits = [trust.axes.of(rule).ticks(base, each).limit for rule in rules]
    # A limit that nothing passes leaves the whole grid empty.
    limits = [found if len(found) else np.array([rule.limit]) for rule, found in zip(rules, limits, strict=True)]
    codes = tuple(_codes(trust.table, rule, found) for rule, found in zip(rules, limits, strict=True))
    return _Grid(tuple(chosen), tuple(limits), codes)


def _codes(table: ScoreTable, rule: Rule, limits: Floats) -> Ints:
    """Return for each row the first of the limits, the strictest first, that keeps it."""
    points = grid_points(rule.score)
    sign = -1.0 if rule.op == "at least" else 1.0
    of_level = np.full(MISSING + 1, len(limits), np.int64)
    of_level[: len(points)] = np.searchsorted(sign * limits, sign * points - 1e-9)
    if rule.if_missing == "keep":
        of_level[MISSING] = 0
    return of_level[levels(table, rule)]


def _tested(trust: PolicyTrust, grid: _Grid, base: Flags, error: float) -> tuple[Ints, PrecisionCurve]:
    """Return the candidates of the path, fewest rows first, and the band over them."""
    rows = np.flatnonzero(base)
    size = grid.sums(rows).astype(np.int64)
    said = np.divide(grid.sums(rows, chance(trust.table)), size, out=np.full(len(size), np.nan), where=size > 0)
    path = ranked_path(size, said, trust.settings)
    usable = trust.labels.where(trust.labels.countable & base[trust.labels.row])
    holds = grid.holds(usable.row, path)
    bounds = path_band(holds, size[path], usable, error, settings=trust.settings)
    share = grid.sums(_undrawn(trust, base, usable))[path] / size[path]
    lower, upper = bounds.lower * (1 - share), bounds.upper * (1 - share) + share
    value = np.array([_value(usable, holds[:, at], int(size[one]), trust) for at, one in enumerate(path)])
    live = np.isfinite(lower) & np.isfinite(value) & (share <= trust.settings.unreachable)
    drawn = holds[usable.random].sum(0)
    ticks = TickSet(np.arange(len(path), dtype=float), size[path], np.arange(len(path)))
    return path, PrecisionCurve(ticks, value, lower, upper, lower, upper, live, drawn, error, bounds.method)


def _undrawn(trust: PolicyTrust, base: Flags, countable: LabelSet) -> Ints:
    """Return the rows that no draw could take and nobody labelled."""
    if trust.reachable is None:
        return np.zeros(0, np.int64)
    lost = base & ~trust.reachable
    lost[countable.row[countable.decided]] = False
    return np.flatnonzero(lost)


def _value(labels: LabelSet, inside: Flags, kept: int, trust: PolicyTrust) -> float:
    mine = labels.where(inside & labels.decided)
    if refusals.few(mine, kept, trust.settings) is not None:
        return float("nan")
    return float(mine.weight @ mine.good / mine.weight.sum())


def _rules(policy: Policy, grid: _Grid, candidate: int) -> tuple[Rule, ...]:
    at = np.unravel_index(candidate, grid.shape)
    limits = {rule: float(found[int(one)]) for rule, found, one in zip(grid.rules, grid.limits, at, strict=True)}
    return tuple(replace(rule, limit=limits.get(number, rule.limit)) for number, rule in enumerate(policy.rules))
