"""Every set of judges by every rule: how good is what it keeps, how much is that, and which of them stand out.

One pass over the rows packs the votes into two bits a judge and counts how often each pattern occurs; every figure of
the table is a sum over patterns, so it costs the same for a thousand rows and for two million. What share is kept is
exact, counted over all rows; the other columns are estimated from labelled rows, each with its interval (GSDP 3.8,
Table 4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.trust import combining
from engine.curation.trust.combining import Kept, Unread, Votes
from engine.curation.trust.comparing import coefficients, square_and_add
from engine.curation.trust.intervals import Floats
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.label_sums import LabelSums
from engine.curation.trust.share_arrays import ShareArrays, shares

MOST = 8
"""Judges of whom every set is listed; 2^8 - 1 sets by three rules are 721 rows."""
BLOCK = 1 << 17
"""Rows packed at a time, so that all of it stays in the cache."""
NARROW = 1 << 13
"""Rows of which the means of all sets are taken at a time."""


@dataclass(frozen=True, slots=True)
class PanelRule:
    """Which judges are asked, and what of their votes keeps a row."""

    judges: tuple[int, ...]
    rule: Literal["alone", "veto", "majority", "any", "weighted"]
    weights: tuple[float, ...] = ()
    limit: float = 0.0

    def keeps(self, votes: Votes, unread: Unread = "no") -> Kept:
        """Return which rows of `votes` (rows, all judges) are kept."""
        said = votes[:, self.judges]
        match self.rule:
            case "majority":
                return combining.majority(said, unread)
            case "any":
                return combining.at_least(said, 1)
            case "weighted":
                return combining.weighted(said, np.array(self.weights), self.limit, unread)
        return combining.veto(said, unread)


@dataclass(frozen=True, slots=True)
class PanelShare:
    """An estimated share; without ends where `reason` says why there is no interval."""

    value: float | None
    low: float | None
    high: float | None
    effective: float | None
    labels: int
    reason: str
    rough: bool


@dataclass(frozen=True, slots=True)
class SubsetRow:
    """One rule and how it does."""

    rule: PanelRule
    kept: int
    retention: float
    """Of all rows; counted, so it has no interval."""
    accuracy: PanelShare
    precision: PanelShare
    recall: PanelShare
    f1: PanelShare
    front: bool
    """No other row is at least as good in both precision and retention, and better in one."""
    like_best: bool | None
    """The paired interval of its precision beside the best row's holds 0; None is "can't tell"."""


@dataclass(frozen=True, slots=True)
class _Sums:
    """The labels by pattern and truth, and how they were drawn."""

    labels: LabelSums
    simple: bool
    settings: TrustSettings
    like: bool
    """The rows are drawn from many more, of which is spoken."""

    def share(self, hit: Kept, base: Kept, rows: Floats | None, fewest: int | None) -> ShareArrays:
        """Return the share of `hit` in `base`, unions of groups; every row is labelled where `rows` are not given."""
        below = self.labels.joined(base)
        of = np.asarray(np.inf) if self.like else below.count if rows is None else rows
        return shares(self.labels.joined(hit), below, of, self.simple, fewest, self.settings)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What every rule keeps."""

    rules: tuple[PanelRule, ...]
    on: Kept
    """(rules, groups) of groups of rows that all rules treat alike."""
    sizes: Floats
    """(rules,) of all rows."""
    rows: int
    apart: Callable[[int], Floats]
    """A rule -> (rules, 3) rows kept by each alone, by that one alone, by both."""
    group: NDArray[np.intp]
    """(labels,) group of each label."""


def every_rule(judges: int) -> Iterator[PanelRule]:
    """Yield each judge alone, then every set by veto, by majority from three on, and by any yes."""
    yield from (PanelRule((judge,), "alone") for judge in range(judges))
    sets = [chosen for size in range(2, judges + 1) for chosen in combinations(range(judges), size)]
    yield from (PanelRule(chosen, "veto") for chosen in sets)
    yield from (PanelRule(chosen, "majority") for chosen in sets if len(chosen) >= 3)
    yield from (PanelRule(chosen, "any") for chosen in sets)


def packed(votes: Sequence[Votes]) -> NDArray[np.uint16]:
    """Return the pattern of each row: two bits a judge, 0 unread, 1 no, 2 yes.

    Args:
        votes: a column (rows,) for each judge: 1 yes, 0 no, -1 unread.

    Raises:
        ValueError: for no judges or more than eight, columns of different lengths, or another value than these three.
    """
    if not 1 <= len(votes) <= MOST:
        raise ValueError(f"{len(votes)} judges: every set is listed for 1 to {MOST}")
    if len({len(column) for column in votes}) > 1:
        raise ValueError("the judges did not vote on the same rows")
    codes = np.zeros(len(votes[0]), np.uint16)
    for start in range(0, len(codes), BLOCK):
        part = slice(start, start + BLOCK)
        for judge, column in enumerate(votes):
            said = column[part].astype(np.int8, copy=False)
            if len(said) and (said.min() < -1 or said.max() > 1):
                raise ValueError(f"judge {judge} voted something else than 1, 0 and -1")
            codes[part] |= (said + np.int8(1)).view(np.uint8).astype(np.uint16) << np.uint16(2 * judge)
    return codes


def table(
    votes: Sequence[Votes],
    labels: LabelSet,
    also: Sequence[PanelRule] = (),
    unread: Unread = "no",
    least_retention: float = 0.15,
    settings: TrustSettings | None = None,
    like: bool = False,
) -> tuple[SubsetRow, ...]:
    """Return a row for every set of judges by every rule, then the rules of `also`.

    Args:
        votes: a column (rows,) for each judge: 1 yes, 0 no, -1 unread.
        labels: one label a row; hand-picked ones give no interval.
        also: further rules, as weighted sums.
        unread: what a vote that could not be read counts for.
        least_retention: a rule that keeps less is no candidate for the best, or the smallest set would be.
        settings: fewest labels of a share, of recall and of a comparison.
        like: the rows are themselves drawn from many more, of which the intervals speak.
    """
    read = labels.where(labels.answered)
    codes = packed(votes)
    counts = np.bincount(codes, minlength=4 ** len(votes))
    seen = np.flatnonzero(counts)
    patterns = (((seen[:, None] >> (2 * np.arange(len(votes)))) & 3) - 1).astype(np.int8)
    rules = (*every_rule(len(votes)), *also)
    kept = np.array([rule.keeps(patterns, unread) for rule in rules]).reshape(len(rules), len(seen))
    cells = counts[seen].astype(float)
    panel = _Kept(
        rules, kept, kept @ cells, len(codes), lambda best: _cells(kept, kept[best]) @ cells,
        np.searchsorted(seen, codes[read.row]),
    )  # fmt: skip
    return _listed(panel, read, least_retention, settings or TrustSettings(), like)


def weighted_table(
    scores: Floats,
    weights: Floats,
    limit: float,
    labels: LabelSet,
    least_retention: float = 0.15,
    settings: TrustSettings | None = None,
    like: bool = False,
) -> tuple[SubsetRow, ...]:
    """Return a row for every set of judges that give scores: a row is kept from the limit on by their weighted mean.

    The weights of a set are made to add up to 1 over its judges that are there (GSDP-26, GSDP-27).

    Args:
        scores: (rows, judges) from 0 to 1, NaN where there is none.
        weights: (judges,) more than 0.
        limit: from which a mean is kept.
        labels: one label a row; hand-picked ones give no interval.
        least_retention: a set that keeps less is no candidate for the best.
        settings: fewest labels of a share, of recall and of a comparison.
        like: the rows are themselves drawn from many more, of which the intervals speak.
    """
    rows, judges = scores.shape
    if not 1 <= judges <= MOST or (np.asarray(weights) <= 0).any():
        raise ValueError(f"{judges} judges: every set is listed for 1 to {MOST}, each with a weight")
    sets = [chosen for size in range(1, judges + 1) for chosen in combinations(range(judges), size)]
    rules = tuple(PanelRule(one, "weighted", tuple(float(weights[j]) for j in one), limit) for one in sets)
    matrix = np.array([[weights[j] if j in one else 0.0 for one in sets] for j in range(judges)])
    read = labels.where(labels.answered)
    blocks = [slice(start, start + NARROW) for start in range(0, rows, NARROW)]

    def sizes(counted: Callable[[Kept], Floats]) -> Floats:
        return np.asarray(np.sum([counted(_means_kept(scores[part], matrix, limit)) for part in blocks], axis=0))

    panel = _Kept(
        rules, _means_kept(scores[read.row], matrix, limit),
        sizes(lambda kept: kept.sum(axis=1).astype(float)) if rows else np.zeros(len(rules)), rows,
        lambda best: sizes(lambda kept: _cells(kept, kept[best]).sum(axis=2).astype(float)), np.arange(len(read)),
    )  # fmt: skip
    return _listed(panel, read, least_retention, settings or TrustSettings(), like)


def _means_kept(scores: Floats, weights: Floats, limit: float) -> Kept:
    """Return (sets, rows) whether the weighted mean of each set reaches the limit; no score never does."""
    there = ~np.isnan(scores)
    share = there @ weights
    total = np.where(there, scores, 0.0) @ weights
    # As in a run: rounded to ten places, so that a mean on the limit passes.
    mean = np.round(np.divide(total, share, out=np.full(total.shape, np.nan), where=share > 0), 10)
    return np.asarray(combining.reaches(mean, limit)).T


def _cells(kept: Kept, best: Kept) -> Kept:
    """Return (rules, 3, groups): kept by the rule alone, by the best alone, by both."""
    return np.stack([kept & ~best, best & ~kept, kept & best], axis=1)


def _listed(
    panel: _Kept, read: LabelSet, least_retention: float, settings: TrustSettings, like: bool
) -> tuple[SubsetRow, ...]:
    count = panel.on.shape[1]
    groups = panel.group * 2 + (read.good > 0)
    sums = _Sums(LabelSums.of(read, groups, 2 * count), read.simple, settings, like)
    columns = _columns(panel.on, panel.sizes, sums, panel.rows)
    retention = panel.sizes / panel.rows if panel.rows else np.zeros(len(panel.rules))
    front = pareto(columns["precision"].value, retention)
    near = _like_best(panel, sums, columns["precision"], retention >= least_retention)
    return tuple(
        SubsetRow(
            rule,
            int(panel.sizes[n]),
            float(retention[n]),
            _at(columns["accuracy"], n),
            _at(columns["precision"], n),
            _at(columns["recall"], n),
            _at(columns["f1"], n),
            bool(front[n]),
            near[n],
        )
        for n, rule in enumerate(panel.rules)
    )


def pareto(precision: Floats, retention: Floats) -> Kept:
    """Return which rows no other row dominates: at least as good in both, better in one; without precision: none."""
    known = ~np.isnan(precision)
    one, two = np.where(known, precision, -1.0), np.asarray(retention)
    order = np.lexsort((-two, -one))
    front = np.zeros(len(one), bool)
    reached, reached_at = -1.0, np.nan
    for row in order[known[order]]:
        # From the best precision down: on the front is who keeps more than all before, or equals the one that did.
        if two[row] > reached:
            reached, reached_at = float(two[row]), float(one[row])
            front[row] = True
        elif two[row] == reached and one[row] == reached_at:
            front[row] = True
    return front


def _columns(kept: Kept, sizes: Floats, sums: _Sums, rows: int) -> dict[str, ShareArrays]:
    """Return the four estimated columns; each is a share of some (pattern, truth) groups in others."""
    good = np.tile([False, True], kept.shape[1])
    keeps = np.repeat(kept, 2, axis=1)
    everything = np.ones_like(keeps)
    census = sums.labels.count.sum() >= rows
    good_ones = sums.settings.recall_good

    def share(hit: Kept, base: Kept, of: Floats | float, fewest: int | None = None) -> ShareArrays:
        return sums.share(hit & base, base, None if census else np.asarray(of, float), fewest)

    return {
        "accuracy": share(keeps == good, everything, float(rows)),
        "precision": share(keeps & good, keeps, sizes),
        "recall": _of_good(share(keeps & good, np.broadcast_to(good, keeps.shape), np.inf, good_ones)),
        "f1": _doubled(_of_good(share(keeps & good, keeps | good, np.inf, good_ones))),
    }


def _of_good(found: ShareArrays) -> ShareArrays:
    return replace(found, reason=np.where(found.reason == "too_few", "few_good", found.reason))


def _doubled(found: ShareArrays) -> ShareArrays:
    """Return F1 from the share of the kept good among rows that are kept or good: F1 = 2 J / (1 + J), ends and all."""
    value, low, high = (2 * part / (1 + part) for part in (found.value, found.low, found.high))
    return replace(found, value=value, low=low, high=high)


def _like_best(panel: _Kept, sums: _Sums, precision: ShareArrays, eligible: Kept) -> list[bool | None]:
    """Return for each row whether its precision is within noise of the best eligible row's, by their cells."""
    value = np.where(eligible & ~np.isnan(precision.low), precision.value, -np.inf)
    if not len(value) or not np.isfinite(value.max()):
        return [None] * len(panel.rules)
    best = int(np.argmax(value))
    sizes = panel.apart(best)
    good = np.tile([False, True], panel.on.shape[1])
    groups = np.repeat(_cells(panel.on, panel.on[best]), 2, axis=2)
    found = sums.share(groups & good, groups, sizes, sums.settings.compare_labels)
    coefficient = coefficients(sizes)
    _, low, high = square_and_add(coefficient, found.value, found.low, found.high)
    return [None if np.isnan(one + two) else bool(one <= 0 <= two) for one, two in zip(low, high, strict=True)]


def _at(column: ShareArrays, row: int) -> PanelShare:
    value, low, high, effective = (
        None if np.isnan(part[row]) else float(part[row])
        for part in (column.value, column.low, column.high, column.effective)
    )
    return PanelShare(
        value, low, high, effective, int(column.labels[row]), str(column.reason[row]), bool(column.rough[row])
    )
