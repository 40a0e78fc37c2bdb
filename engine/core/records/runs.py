"""What a run says of itself: replies that were paid for, items that ended, failures, changes of state."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.records.identity import content_id


@dataclass(frozen=True, slots=True)
class Failure:
    """An item that did not make it, and the boundary that was crossed."""

    id: str
    run_id: str
    item_id: str
    stage: str
    boundary: str
    message: str
    raw: str = ""
    subject_id: str | None = None
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class ItemDone:
    """An item that needs no more work in this run. `outcome` is the last funnel stage it reached."""

    run_id: str
    item_id: str
    outcome: str
    at: float = 0.0

    @property
    def id(self) -> str:
        """One completion per run and item."""
        return content_id("I", self.run_id, self.item_id)


@dataclass(frozen=True, slots=True)
class ReplyRow:
    """A reply that was paid for, as the journal and the store keep it. `id` is the hash of the request."""

    id: str
    run_id: str
    item_id: str
    role: str
    model: str
    prompt_id: str
    prompt_hash: str
    request: str
    """The messages as JSON text."""
    text: str
    finish: str
    tokens_in: int
    tokens_out: int
    seconds: float
    cost: float
    at: float
    attempt: int = 0
    aside: str = ""
    """What the embedded engine knows and a model would not: JSON text, never shown to agents or judges."""
    sampling: str = ""
    """How it was sampled, as JSON text; '' in journals of versions that did not say (FL-15)."""


@dataclass(frozen=True, slots=True)
class RunEvent:
    """A change of state of a run, with the reason."""

    id: str
    run_id: str
    at: float
    state: str
    detail: str = ""
