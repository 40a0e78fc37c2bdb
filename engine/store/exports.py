"""Exports: what was written to files, row by row, so that every row can be traced both ways."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from engine.core.records import content_id
from engine.store.connection import Cursor, first
from engine.store.export_candidates import CANDIDATES, KEPT_BY
from engine.store.export_cursor import ExportCursor, Only
from engine.store.memory_limit import frugal
from engine.store.problems import with_answers
from engine.store.repository import Repository
from engine.store.views import SCORES, given


@dataclass(frozen=True, slots=True)
class Export:
    """One export. `manifest` is its JSON text."""

    id: str
    name: str
    format: str
    directory: str
    rows: int
    manifest: str
    at: float
    by: str


_COLUMNS = 'id, name, format, directory, rows, manifest, made_at, "by"'


_COUNT = """select count(p.id) filter (where p.id <> '') from problem_now p
    left join latest_selection k on k.problem_id = p.id
    where not p.waits and ($only = 'all' or ($only = 'approved' and p.human = 1)
        or ($only = 'selected' and coalesce(k.kept, false) and coalesce(p.human, 1) = 1))"""


class Exports(Repository):
    """The exports of a project."""

    def save(
        self,
        name: str,
        format: str,
        directory: str,
        manifest: str,
        rows: Sequence[str] | pa.RecordBatchReader,
        splits: Sequence[str] | None = None,
        by: str = "",
    ) -> Export:
        """Remember an export and which problems went into which split (train where none is given).

        `rows` are ids of problems, or batches with the columns id and split, which are read once. A store that is
        read-only remembers nothing: the export that is returned has no id then.
        """
        if self._db.read_only:
            return Export("", name, format, directory, 0, manifest, time.time(), by)
        now = time.time()
        ident = content_id("EX", name, format, directory, now)
        incoming = rows if isinstance(rows, pa.RecordBatchReader) else _batches(rows, splits)

        def run(cursor: Cursor) -> Export:
            cursor.register("incoming", incoming)
            try:
                done = first(cursor, "insert into export_items select ?, id, split from incoming", [ident])
            finally:
                cursor.unregister("incoming")
            made = Export(ident, name, format, directory, int(done[0]) if done else 0, manifest, now, by)
            cursor.execute(
                f"""insert into exports (seq, {_COLUMNS})
                    select (select coalesce(max(seq), 0) + 1 from exports), ?, ?, ?, ?, ?, ?, ?, ?""",
                [made.id, made.name, made.format, made.directory, made.rows, made.manifest, made.at, made.by],
            )
            return made

        with frugal(self._db):
            return self._db.write(run, "exports")

    def list(self) -> tuple[Export, ...]:
        """Return the exports, newest first."""
        return tuple(Export(*row) for row in self._db.rows(f"select {_COLUMNS} from exports order by seq desc"))

    def get(self, export_id: str) -> Export | None:
        """Return one export, None where there is none."""
        row = self._db.one(f"select {_COLUMNS} from exports where id = ?", [export_id])
        return Export(*row) if row else None

    def items(self, export_id: str) -> pa.Table:
        """Return problem_id and split of an export, in its order."""
        return self._db.arrow(
            "select problem_id, split from export_items where export_id = ? order by rowid", [export_id]
        )

    def candidates(self, only: Only) -> pa.Table:
        """Return the solutions that a data set of seeds and synthesised problems can be made of; see CANDIDATES."""
        with frugal(self._db):
            return self._db.arrow(CANDIDATES, {"only": only})

    def scored(self) -> int:
        """Return how many synthesised problems `candidates` holds of all that nobody rejected."""
        with frugal(self._db):
            return self._db.number(
                f"select count(distinct id) filter (where not seed) from ({CANDIDATES})", {"only": "all"}
            )

    def tagged(self, only: Only) -> pa.Table:
        """Return id, kind, combination_id and waits of the problems that `only` means, in the order of their making.

        Those whose edited statement waits for a solution are among them, so that an export can say so.
        """
        with frugal(self._db):
            return self._db.arrow(
                """select p.id, p.kind, p.combination_id, p.waits from problem_now p
                   left join latest_selection k on k.problem_id = p.id
                   where $only = 'all' or ($only = 'approved' and (p.human = 1 or p.decision = 'waiting'))
                       or ($only = 'selected' and coalesce(k.kept, false) and coalesce(p.human, 1) = 1)
                   order by p.made_at, p.id""",
                {"only": only},
            )

    def kept_by(self, names: Sequence[str], only: Only) -> pa.Table:
        """Return what keep strategies said of problems that nobody rejected; see KEPT_BY."""
        with frugal(self._db):
            return self._db.arrow(KEPT_BY, {"only": only, "names": list(names)})

    def outgoing(
        self, only: Only, ids: pa.RecordBatchReader | None = None, pairs: bool = False, requests: bool = False
    ) -> ExportCursor:
        """Return the problems of an export as they stand now, to be read in pieces; the caller closes it."""
        return ExportCursor(self._db, only, ids, pairs, requests)

    def count(self, only: Only) -> int:
        """Return how many problems are approved or selected; a rejected one is never among the selected."""
        with frugal(self._db):
            return self._db.number(_COUNT, {"only": only})

    def rows(self, only: Only = "approved", run_id: str | None = None) -> pa.Table:
        """Return one row per problem to export, with everything it was made from, in the order of their making.

        Columns: id, run_id, item_id, statement, solution, answer as they stand now; machine_statement,
        machine_solution; points, kind, distance, weight, combination_id, seed_id, parent_id, agent, model,
        prompt_id, prompt_hash, reply_id, made_at; solver_model, solver_prompt_id, solver_prompt_hash; the scores;
        decision, human, curator, decision_reason, decided_at, edited. A rejected problem is never among
        the selected, and one whose edited statement waits for a solution is nowhere.
        """
        scores = ", ".join(f"{given(f'c.{column}')} as {column}" for column in SCORES)
        found = self._db.arrow(
            f"""select p.id, p.run_id, p.item_id, p.statement_now as statement,
                    coalesce(p.solution_edited, s.text) as solution,
                    case when p.solution_edited is null then s.answer end as answer,
                    p.statement as machine_statement, s.text as machine_solution,
                    p.points, p.kind, p.distance, p.weight, p.combination_id, p.seed_id, p.parent_id, p.agent, p.model,
                    p.prompt_id, p.prompt_hash, p.reply_id, p.made_at, s.model as solver_model,
                    s.prompt_id as solver_prompt_id, s.prompt_hash as solver_prompt_hash, {scores},
                    p.decision, p.human, p.curator, p.decision_reason, p.decided_at, p.edited
                from problem_now p
                left join chosen_solution f on f.problem_id = p.id left join solutions s on s.id = f.id
                left join scores c on c.problem_id = p.id
                left join latest_selection k on k.problem_id = p.id
                where not p.waits and ($run is null or p.run_id = $run)
                    and ($only = 'all' or ($only = 'approved' and p.human = 1)
                    or ($only = 'selected' and coalesce(k.kept, false) and coalesce(p.human, 1) = 1))
                order by p.made_at, p.id""",
            {"run": run_id, "only": only},
        )
        return with_answers(found)


def _batches(ids: Sequence[str], splits: Sequence[str] | None) -> pa.RecordBatchReader:
    given = ["train"] * len(ids) if splits is None else splits
    return pa.table({"id": pa.array(ids, pa.string()), "split": pa.array(given, pa.string())}).to_reader()
