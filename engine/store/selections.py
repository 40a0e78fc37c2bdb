"""Selections: which problems a policy kept at a moment, and why each is in or out."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from engine.core.errors import BadInput
from engine.core.records import content_id
from engine.store.connection import Cursor
from engine.store.repository import Repository


@dataclass(frozen=True, slots=True)
class SavedSelection:
    """The result of a policy over all problems of its moment."""

    id: str
    policy_id: str
    at: float
    by: str
    total: int
    kept: int


_COLUMNS = 'id, policy_id, made_at, "by", total, kept'


class Selections(Repository):
    """The selections of a project."""

    def save(
        self,
        policy_id: str,
        problem_ids: Sequence[str],
        kept: Sequence[bool],
        reasons: Sequence[str],
        by: str = "",
    ) -> SavedSelection:
        """Save what a policy decided; three sequences (or arrays) of one length, one entry per problem."""
        if not len(problem_ids) == len(kept) == len(reasons):
            raise BadInput(f"{len(problem_ids)} problems, {len(kept)} marks and {len(reasons)} reasons do not match.")
        rows = pa.table(
            {
                "problem_id": pa.array(problem_ids, pa.string()),
                "kept": pa.array(kept, pa.bool_()),
                "reason": pa.array(reasons, pa.string()),
            }
        )
        now = time.time()
        made = SavedSelection(
            content_id("SE", policy_id, now, len(problem_ids)),
            policy_id,
            now,
            by,
            len(problem_ids),
            sum(map(bool, kept)),
        )

        def run(cursor: Cursor) -> None:
            cursor.execute(
                f"""insert into selections (seq, {_COLUMNS})
                    select (select coalesce(max(seq), 0) + 1 from selections), ?, ?, ?, ?, ?, ?""",
                [made.id, made.policy_id, made.at, made.by, made.total, made.kept],
            )
            cursor.register("incoming", rows)
            try:
                cursor.execute(
                    "insert into selection_items select ?, problem_id, kept, reason from incoming", [made.id]
                )
            finally:
                cursor.unregister("incoming")

        self._db.write(run, "selections")
        return made

    def latest(self) -> SavedSelection | None:
        """Return the last selection, None where there is none."""
        row = self._db.one(f"select {_COLUMNS} from selections order by seq desc limit 1")
        return SavedSelection(*row) if row else None

    def history(self, n: int = 20) -> list[SavedSelection]:
        """Return the last `n` selections, newest first."""
        rows = self._db.rows(f"select {_COLUMNS} from selections order by seq desc limit ?", [n])
        return [SavedSelection(*row) for row in rows]

    def items(self, selection_id: str | None = None, kept: bool | None = None) -> pa.Table:
        """Return problem_id, kept, reason of a selection, of the latest by default."""
        return self._db.arrow(
            """select problem_id, kept, reason from selection_items
               where selection_id = coalesce($id, (select arg_max(id, seq) from selections))
                 and ($kept is null or kept = $kept) order by rowid""",
            {"id": selection_id, "kept": kept},
        )
