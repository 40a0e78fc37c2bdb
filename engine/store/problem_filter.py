"""Which problems to show, as conditions on a query."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal


@dataclass(frozen=True, slots=True)
class ProblemFilter:
    """Which problems to show; None and '' mean all."""

    run_id: str | None = None
    kind: str | None = None
    point: str | None = None
    """A live point, or the name a problem carries."""
    decision: Literal["open", "approved", "rejected", "second opinion", "waiting"] | None = None
    edited: bool | None = None
    selected: bool | None = None
    """Kept or dropped by the latest selection."""
    agent: str | None = None
    search: str = ""
    ids: tuple[str, ...] | None = None

    @property
    def asks_people(self) -> bool:
        """Whether it asks what people did, which only decisions know."""
        return self.decision is not None or self.edited is not None or bool(self.search)

    def conditions(self) -> tuple[str, dict[str, object]]:
        """Return the where clause over a problem `p`, and parameters of the fields that are set."""
        asked: dict[str, object] = {}
        terms: list[str] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and value != "":
                terms.append(_TERMS[field.name])
                asked[field.name] = list(value) if isinstance(value, tuple) else value
        return (f"where {' and '.join(terms)}" if terms else ""), asked


_TERMS: dict[str, str] = {
    "run_id": "p.run_id = $run_id",
    "kind": "p.kind = $kind",
    "point": """exists (select 1 from (select unnest(p.points) as said) u left join point_names n on n.said = u.said
        where u.said = $point or n.name = $point)""",
    "decision": "p.decision = $decision",
    "edited": "p.edited = $edited",
    "selected": "p.id in (select problem_id from latest_selection where kept = $selected)",
    "agent": "p.agent = $agent",
    "search": "contains(lower(p.statement_now), lower($search))",
    "ids": "p.id in (select unnest($ids::varchar[]))",
}
