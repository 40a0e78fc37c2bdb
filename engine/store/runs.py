"""Runs: what was planned, how it went, what came of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from engine.core.records import RunEvent, content_id
from engine.core.settings import RecipeSettings
from engine.runs.plan import Plan, is_dry, parse_plan
from engine.store.connection import Cursor, first
from engine.store.repository import Repository
from engine.store.tables import RUN_EVENTS


@dataclass(frozen=True, slots=True)
class RunNow:
    """A run as the store knows it; a live run knows more in its status.json."""

    id: str
    kind: str
    recipe: str
    title: str
    total: int
    dry: bool
    made_at: float
    directory: str
    state: str
    detail: str
    changed_at: float | None
    done: int
    failed: int
    calls: int
    tokens_in: int
    tokens_out: int
    cost: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many problems reached each stage, in one run or in the whole project."""

    written: int = 0
    solved: int = 0
    judged: int = 0
    selected: int = 0
    approved: int = 0
    rejected: int = 0
    exported: int = 0


# Inside a class that has a method `list`, the type needs another name.
RunList: TypeAlias = list[RunNow]
EventList: TypeAlias = list[RunEvent]
_RUN = ", ".join(field.name for field in fields(RunNow))
_STAGES = ", ".join(f"cast(coalesce(sum({field.name}), 0) as bigint)" for field in fields(Funnel))


class Runs(Repository):
    """The runs of a project."""

    def register(self, plan: Plan, directory: Path | str = "") -> bool:
        """Remember a run; return False where it is known already."""
        known = "select count(id) filter (where id <> '') from runs where id = ?"

        def run(cursor: Cursor) -> bool:
            row = first(cursor, known, [plan.id])
            if row and row[0]:
                return False
            cursor.execute(
                "insert into runs values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    plan.id,
                    plan.kind,
                    plan.recipe.name,
                    plan.recipe.title,
                    plan.total,
                    is_dry(plan),
                    plan.created,
                    str(directory),
                    plan.model_dump_json(),
                ],
            )
            return True

        # Ingest calls this every two seconds; only a new run is worth a transaction.
        return not self._db.number(known, [plan.id]) and self._db.write(run, "runs")

    def note(self, run_id: str, state: str, detail: str = "", at: float | None = None) -> None:
        """Record a change of state; the state that a run is in already is not repeated."""
        moment = time.time() if at is None else at
        event = RunEvent(content_id("RE", run_id, state, detail, moment), run_id, moment, state, detail)

        def run(cursor: Cursor) -> None:
            last = first(
                cursor,
                """select state, detail from run_events where run_id = ? and state <> 'journal'
                   order by seq desc limit 1""",
                [run_id],
            )
            if last != (state, detail):
                RUN_EVENTS.insert(cursor, [event])

        self._db.write(run, "runs")

    def list(self, dry: bool | None = None) -> RunList:
        """Return the runs, newest first; `dry` picks dry runs or real ones."""
        rows = self._db.rows(
            f"select {_RUN} from run_now where ($dry is null or dry = $dry) order by made_at desc, id", {"dry": dry}
        )
        return [RunNow(*row) for row in rows]

    def get(self, run_id: str) -> RunNow | None:
        """Return one run, None where there is none."""
        row = self._db.one(f"select {_RUN} from run_now where id = ?", [run_id])
        return RunNow(*row) if row else None

    def plan(self, run_id: str) -> Plan | None:
        """Return the plan of a run, None where there is none."""
        row = self._db.one("select plan from runs where id = ?", [run_id])
        return parse_plan(row[0]) if row else None

    def solving(self, problem_id: str) -> Plan | None:
        """Return the plan of the newest run that solves the edited statement of a problem, None where there is none."""
        row = self._db.one(
            """select plan from runs where kind = 'solve' and json_extract_string(plan, '$.problem_id') = ?
               order by made_at desc, id desc limit 1""",
            [problem_id],
        )
        return parse_plan(row[0]) if row else None

    def alarm_share(self, run_id: str = "") -> float:
        """Return the share that one filter may remove before a warning (FL-28).

        It is that of the run; without one, of the newest run that writes problems; else the published one.
        """
        row = self._db.one(
            """select plan from runs where kind = 'generate' and not dry and ($run = '' or id = $run)
               order by made_at desc, id limit 1""",
            {"run": run_id},
        )
        settings = parse_plan(row[0]).recipe.settings if row else RecipeSettings()
        return settings.alarm_share

    def events(self, run_id: str) -> EventList:
        """Return what happened to a run, oldest first; journal lines that were skipped have the state 'journal'."""
        rows = self._db.rows(f"select {RUN_EVENTS.listing} from run_events where run_id = ? order by seq", [run_id])
        return RUN_EVENTS.read(rows)

    def funnel(self, run_id: str | None = None) -> Funnel:
        """Return how many current problems of a run, or of all, reached each stage."""
        row = self._db.one(
            f"select {_STAGES} from funnel where ($run is null or run_id = $run)",
            {"run": run_id},
        )
        return Funnel(*row) if row else Funnel()

    def outcomes(self, run_id: str) -> pd.DataFrame:
        """Return a frame with the last stage of the items of a run: outcome, items."""
        return self._db.frame(
            """select outcome, count(item_id) filter (where item_id <> '') as items
               from items_now where run_id = ? group by outcome order by items desc""",
            [run_id],
        )

    def rate(self, run_id: str, bins: int = 60) -> pd.DataFrame:
        """Return a frame with the pace of a run in at most `bins` slices: start (Unix time), seconds, items, kept."""
        return self._db.frame(
            """with span as (
                   select min(made_at) as first, greatest(max(made_at) - min(made_at), 1) / $bins as width
                   from items_now where run_id = $run),
               placed as (
                   select least(floor((made_at - first) / width), $bins - 1) as slot, first, width, outcome
                   from items_now, span where run_id = $run)
               select first + slot * width as start, width as seconds, count(slot) filter (where slot >= 0) as items,
                   count(slot) filter (where outcome = 'kept') as kept
               from placed group by all order by start""",
            {"run": run_id, "bins": bins},
        )
