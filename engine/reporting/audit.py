"""What a judge wrongly rejects: its word on problems that people trust, level by level (FLAMES)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.curation.trust.intervals import wilson
from engine.curation.trust.reviewed import LabelledShare

ALL = "all"
"""Name of the row over all levels."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted problem's level, '' where unknown, and whether the judge accepts it; None where it can't tell."""

    level: str
    accepted: bool | None


@dataclass(frozen=True, slots=True)
class Audited:
    """Share of the trusted problems of one level that the judge rejects; `rejected` is None without any word of it."""

    level: str
    rejected: LabelledShare | None
    unclear: int
    """Trusted problems the judge could not be read on; they are in no share."""

    @property
    def accepted(self) -> float | None:
        """Share that the judge accepts."""
        return 1 - self.rejected.value if self.rejected else None


def false_rejections(trusted: Iterable[Trusted]) -> tuple[Audited, ...]:
    """Return a row per level in the order of their names, and one over all (FL-29); none without any problem."""
    known = list(trusted)
    if not known:
        return ()
    levels = sorted({one.level for one in known})
    rows = [_audited(level or "no level", [one for one in known if one.level == level]) for level in levels]
    return (*rows, _audited(ALL, known))


def _audited(level: str, mine: list[Trusted]) -> Audited:
    said = [one.accepted for one in mine if one.accepted is not None]
    no = said.count(False)
    share = LabelledShare(no, len(said), *wilson(no, len(said))) if said else None
    return Audited(level, share, len(mine) - len(said))
