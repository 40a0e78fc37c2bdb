"""Every combination of the judges of a panel: how it does, which is chosen by the rule, and what the choice is worth.

Numbers of labels that nobody drew at random are counts. The chosen combination is reported by labels that did not
choose it (CAL-25), since the best of many is partly luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.panel import RULES
from engine.curation.trust import agreement, combining
from engine.curation.trust.chosen import ChosenReport, cross_fitted, most_precise
from engine.curation.trust.folds import folds_of
from engine.curation.trust.intervals import Floats
from engine.curation.trust.subsets import PanelRule, SubsetRow, table, weighted_table
from engine.reporting.judge_panels import VotedPanel, drawn, names_of

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RuleCounts:
    """Labelled rows by what a combination does with them: plain counts, of labels of any origin."""

    good_kept: int
    bad_kept: int
    good_dropped: int
    bad_dropped: int

    @property
    def labels(self) -> int:
        """All of them."""
        return self.good_kept + self.bad_kept + self.good_dropped + self.bad_dropped


@dataclass(frozen=True, slots=True)
class PanelRow:
    """One combination."""

    names: str
    rule: str
    """In words, such as `one False drops`."""
    found: SubsetRow
    counts: RuleCounts
    kappa: float | None
    """Agreement with people beyond chance; None where nothing varies, or no label may be counted on."""


@dataclass(frozen=True, slots=True, eq=False)
class PanelTable:
    """All combinations of a panel."""

    panel: VotedPanel
    rows: tuple[PanelRow, ...]
    chosen: ChosenReport
    base: float | None
    """Share of good rows, where labels were drawn."""
    random: int
    """Labels that a number may rest on."""

    @property
    def best(self) -> PanelRow | None:
        """The combination that the rule chose."""
        return None if self.chosen.policy is None else self.rows[self.chosen.policy]


def keeps(panel: VotedPanel, rule: PanelRule, rows: NDArray[np.intp] | None = None) -> Bools:
    """Return which rows of a panel, or of some by number, a combination keeps."""
    chosen = slice(None) if rows is None else rows
    if not panel.scored:
        return rule.keeps(panel.votes[chosen])
    mean = combining.weighted_sum(panel.said[chosen][:, rule.judges], np.array(rule.weights))
    return combining.reaches(np.round(mean, 10), rule.limit)


def panel_table(panel: VotedPanel, settings: TrustSettings | None = None) -> PanelTable:
    """Return every combination of the judges of a panel, by votes or, where they give scores, by weighted means."""
    known = settings or TrustSettings()
    like = panel.origin == "check"
    found = (
        weighted_table(
            panel.said, np.array(panel.weights), panel.limit, panel.labels, known.panel_retention, known, like
        )
        if panel.scored
        else table(list(panel.votes.T), panel.labels, least_retention=known.panel_retention, settings=known, like=like)
    )
    read, usable = panel.labels.where(panel.labels.answered), drawn(panel)[panel.labels.answered]
    kept = np.array([keeps(panel, row.rule, read.row) for row in found]).reshape(len(found), len(read))
    weight = np.where(usable, read.weight, 0.0)
    rows = tuple(
        PanelRow(
            names_of(panel, row.rule.judges), words(row.rule), row, _counts(kept[n], read.good > 0),
            _kappa(kept[n], read.good > 0, weight),
        )
        for n, row in enumerate(found)
    )  # fmt: skip
    base = float(weight @ read.good / weight.sum()) if weight.sum() > 0 else None
    return PanelTable(panel, rows, _chosen(panel, found, kept, known), base, int(np.count_nonzero(usable)))


def words(rule: PanelRule) -> str:
    """Return in words what keeps a row."""
    if rule.rule == "weighted":
        return f"weighted mean from {rule.limit:g}"
    return "its own word" if rule.rule == "alone" else RULES[rule.rule]


def _counts(kept: Bools, good: Bools) -> RuleCounts:
    sums = [int(np.count_nonzero(one)) for one in (kept & good, kept & ~good, ~kept & good, ~kept & ~good)]
    return RuleCounts(*sums)


def _kappa(kept: Bools, good: Bools, weight: Floats) -> float | None:
    cells = [[float(weight[a & b].sum()) for b in (good, ~good)] for a in (kept, ~kept)]
    return agreement.kappa(cells) if weight.sum() > 0 else None


def _chosen(panel: VotedPanel, found: Sequence[SubsetRow], kept: Bools, known: TrustSettings) -> ChosenReport:
    """Choose by the highest precision with enough kept, and report it by labels that did not choose."""
    read = panel.labels.where(panel.labels.answered)
    ids = [panel.ids[int(row)].as_py() for row in read.row]
    eligible = np.array([row.retention >= known.panel_retention for row in found])
    return cross_fitted(
        kept, np.array([row.kept for row in found]), read, folds_of(ids, known.folds),
        folds_of(ids, 2, "half ") == 0, most_precise(eligible, known.least_labels),
    )  # fmt: skip


def misjudged(found: PanelTable, row: PanelRow, most: int = 200) -> list[tuple[str, bool, bool]]:
    """Return labelled rows on which a combination and people differ: id, whether it is kept, whether it is good."""
    read = found.panel.labels.where(found.panel.labels.answered)
    kept, good = keeps(found.panel, row.found.rule, read.row), read.good > 0
    wrong = np.flatnonzero(kept != good)[:most]
    return [(str(found.panel.ids[int(read.row[n])].as_py()), bool(kept[n]), bool(good[n])) for n in wrong]
