"""Replies that were paid for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.records import ReplyRow
from engine.store.repository import Repository
from engine.store.tables import REPLIES, Added


@dataclass(frozen=True, slots=True)
class RoleCost:
    """What a role has cost. `seconds` are summed over replies, not elapsed."""

    role: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: float


class Replies(Repository):
    """The replies of a project."""

    def add(self, records: Iterable[ReplyRow]) -> Added:
        """Add replies."""
        return self._append(REPLIES, records)

    def get(self, reply_id: str) -> ReplyRow | None:
        """Return one reply, None where there is none."""
        found = REPLIES.read(self._db.rows(f"select {REPLIES.listing} from replies where id = ?", [reply_id]))
        return found[0] if found else None

    def spent(self, run_id: str | None = None) -> list[RoleCost]:
        """Return calls, tokens, seconds and money by role and model."""
        rows = self._db.rows(
            """select role, model, count(id) filter (where id <> ''), cast(sum(tokens_in) as bigint),
                   cast(sum(tokens_out) as bigint), sum(seconds), sum(cost)
               from replies where ($run is null or run_id = $run) group by role, model order by role, model""",
            {"run": run_id},
        )
        return [RoleCost(*row) for row in rows]
