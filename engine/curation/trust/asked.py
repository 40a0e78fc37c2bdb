"""What an estimate is asked about: the kept rows, the labels, and what else is known of the frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.balance import balance
from engine.curation.trust.estimated import Estimated, Narrowing, NotShown, Quantity
from engine.curation.trust.intervals import Flags, Floats, normal_quantile
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.regression import fill
from engine.curation.trust.undecided import undecided_share


@dataclass(frozen=True, eq=False)
class JudgedFrame:
    """What judges say of every row of the frame (N)."""

    f: Floats
    """Their combined word, best a probability of good; fitted without the labels it helps (`cross_fit`), nan: none."""
    revisions: int = 1
    """How many revisions of judges, prompts and models it comes from; of more than one no use is made."""
    columns: Mapping[str, Floats] = field(default_factory=dict)
    """Single scores, and the length of a row: labelled rows should look like the kept ones in each."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A question about a kept set; what several estimators need of it is worked out once."""

    quantity: Quantity
    kept: Flags
    labels: LabelSet
    judged: JudgedFrame | None
    strata: NDArray[np.integer] | None
    reachable: Flags | None
    settings: TrustSettings
    seed: int

    @cached_property
    def size(self) -> int:
        """Number of kept rows K."""
        return int(np.count_nonzero(self.kept))

    @property
    def frame(self) -> int:
        """Number of rows N."""
        return len(self.kept)

    @cached_property
    def z(self) -> float:
        """Quantile of the settings' confidence."""
        return normal_quantile(self.settings.confidence)

    @cached_property
    def inside(self) -> LabelSet:
        """All labels of kept rows."""
        return self.labels.where(self.kept[self.labels.row])

    @cached_property
    def countable(self) -> LabelSet:
        """Those of kept rows that an estimate may use."""
        return self.inside.where(self.inside.countable)

    @cached_property
    def open_share(self) -> float:
        """Weighted share of the kept rows' labels that nobody could decide."""
        return undecided_share(self.countable)

    def judged_mean(self, column: Floats) -> float:
        """Return the mean over kept rows that have the score; nan where none has."""
        total = float(column @ self.kept)
        if np.isfinite(total):
            return total / self.size
        there = self.kept & np.isfinite(column)
        count = int(np.count_nonzero(there))
        return float(np.sum(column, where=there)) / count if count else float("nan")

    def imbalance(self) -> dict[str, float]:
        """Return for each score by how many standard errors the labelled rows miss the kept ones."""
        if self.judged is None or not self.size:
            return {}
        sizes = {}
        for name, column in {"the judges' word": self.judged.f, **self.judged.columns}.items():
            mean = self.judged_mean(column)
            if np.isfinite(mean):
                sizes[name] = balance(self.countable, fill(column[self.countable.row], mean), mean, self.size)
        return sizes

    def refused(self, why: NotShown, labels: LabelSet | None = None) -> Estimated:
        """Return the answer that nothing can be said."""
        return self.told("none", labels, refusal=why)

    def exact(self, value: float, estimator: str, labels: LabelSet | None = None) -> Estimated:
        """Return a number that is known, with an interval of one point."""
        return self.told(estimator, labels, (value, value, value))

    def told(
        self,
        estimator: str,
        labels: LabelSet | None = None,
        ends: tuple[float | None, float | None, float | None] = (None, None, None),
        refusal: NotShown | None = None,
        narrower: tuple[Narrowing, ...] = (),
    ) -> Estimated:
        """Return a number with the counts of the labels it is about; `ends` are value, low and high."""
        about = self.inside if labels is None else labels
        decided = about.answered
        counts = (int(about.good[decided].sum()), int(decided.sum()))
        value, low, high = ends
        return Estimated(
            self.quantity,
            value,
            low,
            high,
            estimator,
            about.counts(),
            *counts,
            refusal=refusal,
            narrower=narrower,
            seed=self.seed,
        )
