"""How far one rule alone agrees with people, by rows that were drawn at random; hand-picked rows are only counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.records import Rule
from engine.curation.marks import failing
from engine.curation.table import ScoreTable
from engine.curation.trust.agreement import LABEL, PairAgreement, pair
from engine.curation.trust.label_set import LabelSet


@dataclass(frozen=True, slots=True)
class RuleAgreement:
    """A rule beside people's labels."""

    drawn: PairAgreement | None
    """On rows that were drawn, each by its weight; None where none was."""
    labels: int
    """Decided labels of drawn rows."""
    picked: int
    """Decided labels of rows that somebody picked."""
    same: int
    """Those of them on which rule and person say the same."""

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa; None without drawn rows, or where nothing varies."""
        return self.drawn.values["kappa"] if self.drawn else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """95 % of kappa."""
        return self.drawn.intervals["kappa"] if self.drawn else None


def rule_agreement(rule: Rule, table: ScoreTable, labels: LabelSet) -> RuleAgreement:
    """Return how far a rule agrees with the labels of a table's rows; a missing score passes where the rule says so.

    Weights are those of the estimates, so that known rows and unequal draws count for what they stand for. A ledger
    with faults has no weights to go by.
    """
    passes = failing(table, rule, labels.row) == 0
    good = labels.good > 0
    picked = labels.answered & ~labels.random
    counts = int(picked.sum()), int((passes == good)[picked].sum())
    used = labels.answered & labels.countable
    drawn = int((labels.random & labels.decided).sum())
    if labels.faults or not drawn or not np.isfinite(labels.weight[used]).all():
        return RuleAgreement(None, drawn, *counts)
    said = pair(passes[used].astype(float), good[used].astype(float), (rule.score, LABEL), labels.weight[used])
    return RuleAgreement(said, drawn, *counts)
