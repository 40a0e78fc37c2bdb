"""What judges say of rows whose truth people have told: the rows are no part of what a project makes."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.records.identity import content_id


@dataclass(frozen=True, slots=True)
class CheckedVerdict:
    """One judge's word on one row that people had judged before. `value` is None where the reply could not be read."""

    run_id: str
    source: str
    """Name of the material that the row was drawn from."""
    item_id: str
    """Hash of the row's texts: the same row in two files is one."""
    judge: str
    """solution, problem or solvability."""
    role: str
    statement: str
    solution: str
    """'' where the problem itself is judged."""
    good: bool
    """What people said."""
    value: float | None
    limit: float
    """The value from which on the studio takes it for a yes."""
    reason: str
    """The judge's, or why its reply could not be read."""
    model: str = ""
    """ENGINE:MODEL that was asked."""
    version: str = ""
    """Prompt hash: what another prompt says is another judge."""
    reply_id: str | None = None
    at: float = 0.0

    @property
    def id(self) -> str:
        """One verdict per run, row, judge and role."""
        return content_id("JC", self.run_id, self.item_id, self.judge, self.role)

    @property
    def yes(self) -> bool | None:
        """Whether the judge lets the row pass; None where its reply could not be read."""
        return None if self.value is None else self.value >= self.limit
