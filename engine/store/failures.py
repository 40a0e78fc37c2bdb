"""Items that did not make it, and which boundary was crossed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.core.records import Failure
from engine.store.repository import Repository
from engine.store.tables import FAILURES, Added


@dataclass(frozen=True, slots=True)
class FailureCount:
    """How often one boundary was crossed at one stage."""

    stage: str
    boundary: str
    failures: int
    example: str


class Failures(Repository):
    """The failures of a project."""

    def add(self, records: Iterable[Failure]) -> Added:
        """Add failures."""
        return self._append(FAILURES, records)

    def counts(self, run_id: str | None = None) -> list[FailureCount]:
        """Return failures by stage and boundary, most frequent first."""
        rows = self._db.rows(
            """select stage, boundary, count(id) filter (where id <> ''), arg_max(message, made_at) from failures
               where ($run is null or run_id = $run) group by stage, boundary order by 3 desc, 1, 2""",
            {"run": run_id},
        )
        return [FailureCount(*row) for row in rows]

    def page(self, run_id: str | None = None, offset: int = 0, limit: int = 200) -> list[Failure]:
        """Return failures, newest first."""
        return FAILURES.read(
            self._db.rows(
                f"""select {FAILURES.listing} from failures where ($run is null or run_id = $run)
                    order by made_at desc, rowid desc limit $limit offset $offset""",
                {"run": run_id, "limit": limit, "offset": offset},
            )
        )
