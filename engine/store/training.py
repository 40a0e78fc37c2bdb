"""What trainings, evaluations and rounds said."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from engine.core.records import GradedAnswer, RoundEvent
from engine.store.repository import Repository
from engine.store.tables import ANSWERS, ROUND_EVENTS, Added


class Trainings(Repository):
    """Figures of trainings, by run and step."""

    def metrics(self, run_id: str) -> pd.DataFrame:
        """Return a frame with what a training said: step, name, value, in the order of the steps."""
        return self._db.frame(
            "select step, name, value from training_metrics where run_id = ? order by step, name", [run_id]
        )


class Evaluations(Repository):
    """Graded answers of models to benchmarks."""

    def answers(self, run_id: str) -> list[GradedAnswer]:
        """Return every graded answer of an evaluation, in the order of questions and samples."""
        rows = self._db.rows(
            f"select {ANSWERS.listing} from answers where run_id = ? order by benchmark, item_id, sample", [run_id]
        )
        return ANSWERS.read(rows)

    def accuracy(self) -> pd.DataFrame:
        """Return a frame by evaluation and benchmark: run_id, model, benchmark, questions, answers, right."""
        return self._db.frame(
            """select run_id, model, benchmark, count(distinct item_id) as questions,
                   count(id) filter (where id <> '') as answers, count(id) filter (where "right") as "right"
               from answers group by all order by min(made_at), run_id, benchmark"""
        )


class Rounds(Repository):
    """The ledger of the continual-learning loop."""

    def add(self, events: Iterable[RoundEvent]) -> Added:
        """Append events; those that are known already are left out."""
        return self._append(ROUND_EVENTS, events)

    def events(self, run_id: str | None = None) -> list[RoundEvent]:
        """Return what happened, oldest first, in one round's run or in all."""
        rows = self._db.rows(
            f"select {ROUND_EVENTS.listing} from round_events where ($run is null or run_id = $run) order by seq",
            {"run": run_id},
        )
        return ROUND_EVENTS.read(rows)
