"""Does a judge stay what it was? Acceptance and agreement by round and by concept, and whether it likes long texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.settings.trust import TrustSettings
from engine.curation.trust import agreement
from engine.curation.trust.agreement import LABEL, PairAgreement
from engine.curation.trust.separation import Separation, separation
from engine.reporting.judge_panels import VotedPanel, drawn
from engine.store import Store

MOST_GROUPS = 12
"""Concepts that are shown, those with most rows."""
PARTS = 4
"""Parts of equal size by length."""


@dataclass(frozen=True, slots=True)
class DriftPoint:
    """One judge on the rows of one round, concept or length."""

    group: str
    judge: str
    read: int
    passed: int
    labels: int
    """Drawn labels that it could be read on."""
    agreed: PairAgreement | None
    """None below the fewest labels of an interval."""

    @property
    def accepts(self) -> float | None:
        """Share of the rows that it passes: a count, without interval."""
        return self.passed / self.read if self.read else None


@dataclass(frozen=True, slots=True)
class LengthBias:
    """Whether a judge passes longer texts, beside whether longer ones are good."""

    judge: str
    passes_longer: Separation | None
    """Share of pairs of a passed and a refused row in which the passed one is longer; .50 is no leaning."""
    good_longer: Separation | None
    """The same of good and bad rows, by drawn labels."""
    parts: tuple[tuple[int, int, int], ...]
    """From the shortest quarter to the longest: characters at most, rows read, rows passed."""


@dataclass(frozen=True, slots=True)
class JudgeDrift:
    """All of it for one panel of the project."""

    rounds: tuple[DriftPoint, ...]
    concepts: tuple[DriftPoint, ...]
    lengths: tuple[LengthBias, ...]


def judge_drift(store: Store, panel: VotedPanel, settings: TrustSettings | None = None) -> JudgeDrift:
    """Return how the judges of a panel of the project change from run to run, in the order of the runs."""
    known = settings or TrustSettings()
    board = store.problems.scoreboard()
    at = pc.index_in(panel.ids, value_set=board["id"].combine_chunks())
    runs = np.array(pc.take(board["run_id"].combine_chunks(), at).to_pylist(), dtype=object)
    concepts = np.array(pc.take(board["concept"].combine_chunks(), at).fill_null("").to_pylist(), dtype=object)
    # The board is in the order of its making, so the first row of a run says when it began.
    in_order = list(dict.fromkeys(board["run_id"].to_pylist()))
    names, counts = np.unique(concepts[concepts != ""].astype(str), return_counts=True)
    often = [str(names[n]) for n in np.argsort(-counts, kind="stable")[:MOST_GROUPS]]
    there = set(runs.tolist())
    return JudgeDrift(
        _points(panel, runs, [run for run in in_order if run in there], known),
        _points(panel, concepts, often, known),
        _lengths(store, panel, known),
    )


def _points(
    panel: VotedPanel, of: NDArray[np.object_], groups: Sequence[str], known: TrustSettings
) -> tuple[DriftPoint, ...]:
    labels = panel.labels.where(drawn(panel))
    found = []
    for group in groups:
        rows, own = of == group, of[labels.row] == group
        for place, judge in enumerate(panel.judges):
            votes = panel.votes[rows, place]
            said = panel.votes[labels.row[own], place].astype(float)
            read = said >= 0
            count = int(np.count_nonzero(read))
            agreed = None
            if count >= known.least_labels:
                good, weight = labels.good[own][read], labels.weight[own][read]
                agreed = agreement.pair(said[read], good, (judge, LABEL), weight)
            found.append(
                DriftPoint(
                    str(group),
                    judge,
                    int(np.count_nonzero(votes >= 0)),
                    int(np.count_nonzero(votes == 1)),
                    count,
                    agreed,
                )
            )
    return tuple(found)


def _lengths(store: Store, panel: VotedPanel, known: TrustSettings) -> tuple[LengthBias, ...]:
    sizes = store.verdicts.lengths()
    at = pc.index_in(panel.ids, value_set=sizes["problem_id"].combine_chunks())
    column = "statement" if panel.about == "problem" else "solution"
    length = pc.take(sizes[column].combine_chunks(), at).cast("double").to_numpy(zero_copy_only=False)
    labels = panel.labels.where(drawn(panel))
    known_length = ~np.isnan(length[labels.row])
    labels = labels.where(known_length)
    enough = len(labels) >= known.least_labels and bool(np.ptp(labels.weight) < 1e-9)
    good = separation(length[labels.row].tolist(), (labels.good > 0).tolist()) if enough else None
    found = []
    for place, judge in enumerate(panel.judges):
        votes = panel.votes[:, place]
        read = (votes >= 0) & ~np.isnan(length)
        own, passed = length[read], votes[read] == 1
        found.append(LengthBias(judge, separation(own.tolist(), passed.tolist()), good, _parts(own, passed)))
    return tuple(found)


def _parts(length: NDArray[np.float64], passed: NDArray[np.bool_]) -> tuple[tuple[int, int, int], ...]:
    if len(length) < PARTS:
        return ()
    ends = np.quantile(length, np.arange(1, PARTS + 1) / PARTS)
    part = np.searchsorted(ends[:-1], length, side="left")
    return tuple(
        (int(ends[n]), int(np.count_nonzero(part == n)), int(np.count_nonzero(passed[part == n]))) for n in range(PARTS)
    )
