"""Judges beside people: on rows that people had judged before, and where both met in the project itself.

Rows of a check were drawn with equal chances from a file in which all are labelled, so intervals hold for rows like
those. What curators decided on the review desk are convenience labels: rows that somebody chose to look at. They are
counts, never a percentage and never an interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from engine.core.prompts import load
from engine.core.settings import Judging
from engine.curation.trust import agreement
from engine.curation.trust.agreement import PairAgreement, RaterAgreement
from engine.curation.trust.separation import Separation, separation
from engine.curation.trust.standing import JudgeStanding, standing
from engine.generation.judges import problem, problem_alone
from engine.learning.judging.program import CHECKED
from engine.reporting.judge_panels import VotedPanel, check_panels, project_panels
from engine.reporting.panel_table import PanelTable, panel_table
from engine.runs.plan import JudgedMaterial, JudgePlan
from engine.store import Store

_REVIEWED = {"judge_solution": "solution", "judge_problem": "problem", "solvable": "solvability"}
_EARLIER = "earlier prompt"


@dataclass(frozen=True, slots=True)
class CheckedJudge:
    """One judge on one material. `judge` is solution, problem or solvability, `model` who was asked."""

    judge: str
    model: str
    version: str
    source: str
    means: str
    """What a good row of the material is."""
    file_rows: int
    """Rows that the material was drawn from; 0 where the run's plan is gone."""
    limit: float
    earlier: bool
    """Asked with a prompt that the studio no longer uses."""
    runs: tuple[str, ...]
    standing: JudgeStanding
    separates: Separation | None
    """How well a score ranks, whatever the limit; None for judges that say True or False."""

    @property
    def name(self) -> str:
        """Judge and model in words."""
        return f"{self.judge} · {self.model}" + (f" · {_EARLIER}" if self.earlier else "")


@dataclass(frozen=True, slots=True)
class JudgesTogether:
    """Several models in the same place on the same rows: how far they agree with each other, and their sets."""

    judge: str
    source: str
    pairs: tuple[PairAgreement, ...]
    alpha: RaterAgreement
    sets: PanelTable


@dataclass(frozen=True, slots=True)
class ReviewedJudge:
    """A judge where a curator decided as well. Counts only: nobody drew these rows at random."""

    judge: str
    role: str
    model: str
    both: int
    """Let pass and approved."""
    judge_only: int
    """Let pass, and rejected or edited."""
    curator_only: int
    """Turned away, and approved."""
    neither: int
    unreadable: int

    @property
    def rows(self) -> int:
        """Hand-reviewed rows on which it was readable."""
        return self.both + self.judge_only + self.curator_only + self.neither

    @property
    def agree(self) -> int:
        """Rows on which both say the same."""
        return self.both + self.neither


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """All that is known of a project's judges beside people."""

    checked: tuple[CheckedJudge, ...]
    together: tuple[JudgesTogether, ...]
    reviewed: tuple[ReviewedJudge, ...]
    panels: tuple[PanelTable, ...] = ()
    """Every combination of the judges of the project, against the labels of its ledger."""

    @property
    def warned(self) -> tuple[CheckedJudge, ...]:
        """Judges in use that a curator must be told of."""
        return tuple(one for one in self.checked if not one.earlier and one.standing.needs_attention)


def ranking(one: Separation) -> str:
    """Return in a sentence how well a score ranks."""
    return (
        f"Whatever the limit, its score puts a good row above a bad one in {one.value:.2f} of all pairs "
        f"({one.low:.2f} – {one.high:.2f}); .50 is chance."
    )


def judge_report(store: Store, judging: Judging | None = None) -> JudgeReport:
    """Return all that is known; `judging` says from which score on a problem passes on the review desk's rows."""
    said = store.judged.latest()
    plans = _materials(store, sorted(set(said["run_id"])))
    checked = tuple(
        _checked(str(judge), str(model), str(version), str(source), rows, plans)
        for (judge, model, version, source), rows in said.groupby(["judge", "model", "version", "source"], sort=True)
    )
    checked = tuple(sorted(checked, key=lambda one: (one.earlier, one.source, one.judge, one.model)))
    spoken = zip(said["judge"], said["version"], strict=True)
    current = said[np.array([not _is_earlier(str(judge), str(version)) for judge, version in spoken], dtype=bool)]
    together = tuple(_together(panel) for panel in check_panels(current) if len(panel.judges) > 1)
    chosen = judging or Judging()
    panels = tuple(panel_table(panel) for panel in project_panels(store, chosen))
    return JudgeReport(checked, together, _reviewed(store, chosen), panels)


def _materials(store: Store, runs: Sequence[str]) -> Mapping[tuple[str, str], JudgedMaterial]:
    plans = {run: store.runs.plan(run) for run in runs}
    return {
        (run, one.name): one for run, plan in plans.items() if isinstance(plan, JudgePlan) for one in plan.materials
    }


def _checked(
    judge: str,
    model: str,
    version: str,
    source: str,
    rows: pd.DataFrame,
    plans: Mapping[tuple[str, str], JudgedMaterial],
) -> CheckedJudge:
    runs = tuple(rows.groupby("run_id")["made_at"].max().sort_values().index)
    known = [plans[run, source] for run in runs if (run, source) in plans]
    return CheckedJudge(
        judge, model, version, source, means=known[-1].means if known else "", file_rows=known[-1].rows if known else 0,
        limit=float(rows["limit"].iloc[-1]), earlier=_is_earlier(judge, version), runs=runs,
        standing=standing(_votes(rows), [bool(good) for good in rows["good"]]), separates=_separates(judge, rows),
    )  # fmt: skip


def _separates(judge: str, rows: pd.DataFrame) -> Separation | None:
    read = rows[rows["value"].notna()]
    return separation(list(read["value"]), list(read["good"])) if judge == "problem" else None


def _is_earlier(judge: str, version: str) -> bool:
    return judge not in CHECKED or load(CHECKED[judge].prompt).ref.hash != version


def _votes(rows: pd.DataFrame) -> list[bool | None]:
    return [
        None if pd.isna(value) else bool(value >= limit)
        for value, limit in zip(rows["value"], rows["limit"], strict=True)
    ]


def _together(panel: VotedPanel) -> JudgesTogether:
    """Return how models agree on rows that all of them were asked about."""
    votes = {model: np.where(panel.votes[:, n] < 0, np.nan, panel.votes[:, n]) for n, model in enumerate(panel.judges)}
    pairs = tuple(agreement.pair(votes[a], votes[b], (a, b)) for a, b in combinations(panel.judges, 2))
    alpha = agreement.alpha(np.stack(list(votes.values())))
    return JudgesTogether(panel.about, panel.source, pairs, alpha, panel_table(panel))


def _reviewed(store: Store, judging: Judging) -> tuple[ReviewedJudge, ...]:
    """Return the judges of the project beside its curators, by their present prompts."""
    now = {problem.PROMPT, problem_alone.PROMPT, *(one.prompt for one in CHECKED.values())}
    said = store.judged.reviewed()
    said = said[said["version"].isin({load(prompt).ref.hash for prompt in now})]
    found = []
    for (name, role, model), rows in said.groupby(["name", "by", "model"], sort=True):
        limit = judging.keep_at if name == "judge_problem" else 0.5
        read = rows[rows["value"].notna()]
        cells = pd.crosstab(read["value"] >= limit, read["human"] == 1)

        def count(passed: bool, approved: bool, cells: pd.DataFrame = cells) -> int:
            return int(cells.get(approved, pd.Series(dtype=int)).get(passed, 0))

        found.append(
            ReviewedJudge(
                _REVIEWED[str(name)], str(role), str(model), both=count(True, True), judge_only=count(True, False),
                curator_only=count(False, True), neither=count(False, False), unreadable=len(rows) - len(read),
            )
        )  # fmt: skip
    return tuple(found)
