"""Policies that somebody looked at with an estimate beside them: the more, the luckier the best of them looks."""

from __future__ import annotations

import time

from engine.store.connection import Cursor
from engine.store.repository import Repository


class PolicyLooks(Repository):
    """Which policies were looked at, each once, whoever looked."""

    def seen(self) -> frozenset[str]:
        """Return the looks so far, by what a policy keeps (`engine.curation.trust.policy_trust.look_of`)."""
        return frozenset(str(look) for (look,) in self._db.rows("select distinct look from policy_looks"))

    def add(self, look: str, by: str = "") -> None:
        """Keep a look; one that is known changes nothing."""

        def run(cursor: Cursor) -> None:
            cursor.execute(
                """insert into policy_looks (look, made_at, "by")
                    select ?, ?, ? where not exists (select 1 from policy_looks where look = ?)""",
                [look, time.time(), by, look],
            )

        # No family: nothing that is drawn from problems or labels changes by a look.
        self._db.write(run)
