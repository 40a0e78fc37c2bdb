"""Policies: named sets of limits. Saving one under a known name adds a version; the old one stays."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import orjson

from engine.core.records import Policy, Rule, content_id
from engine.store.connection import Cursor
from engine.store.repository import Repository

_COLUMNS = 'id, name, rules, size, made_at, "by"'


class Policies(Repository):
    """The policies of a project."""

    def save(self, policy: Policy) -> Policy:
        """Save a policy as the newest of its name and return it with its id, which its content gives."""
        rules = [rule.told() for rule in policy.rules]
        more = policy.more()
        made = replace(
            policy,
            id=content_id("PO", policy.name, rules, policy.size, *([more] if more else [])),
            at=policy.at or time.time(),
        )
        # What a policy of one rule for all does not have stands beside the rules, so that the column stays as it was.
        said: Any = {"rules": rules, **more} if more else rules

        def run(cursor: Cursor) -> None:
            cursor.execute(
                f"""insert into policies (seq, {_COLUMNS})
                    select (select coalesce(max(seq), 0) + 1 from policies), ?, ?, ?, ?, ?, ?""",
                [made.id, made.name, orjson.dumps(said).decode(), made.size, made.at, made.by],
            )

        self._db.write(run, "policies")
        return made

    def list(self) -> tuple[Policy, ...]:
        """Return the newest version of each policy, the last saved first."""
        return tuple(
            _policy(*row)
            for row in self._db.rows(
                f"""select {_COLUMNS} from policies
                    qualify row_number() over (partition by name order by seq desc) = 1 order by seq desc"""
            )
        )

    def versions(self, name: str) -> tuple[Policy, ...]:
        """Return all versions of a policy, newest first."""
        rows = self._db.rows(f"select {_COLUMNS} from policies where name = ? order by seq desc", [name])
        return tuple(_policy(*row) for row in rows)

    def get(self, policy: str) -> Policy | None:
        """Return a policy by its id, or the newest of a name; None where there is none."""
        row = self._db.one(
            f"select {_COLUMNS} from policies where id = $policy or name = $policy order by seq desc limit 1",
            {"policy": policy},
        )
        return _policy(*row) if row else None


def _policy(ident: str, name: str, rules: str, size: int | None, at: float, by: str) -> Policy:
    said = orjson.loads(rules)
    more = said if isinstance(said, dict) else {"rules": said}
    made = tuple(Rule(**rule) for rule in more["rules"])
    return Policy(ident, name, made, size, at, by, **Policy.less(more))
