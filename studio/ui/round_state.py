"""What became of a round, as a word and its colour."""

from __future__ import annotations

from collections.abc import Sequence

from engine.core.records import RoundEvent
from engine.learning.rounds.promotion_state import Outcome


def round_state(one: Outcome, events: Sequence[RoundEvent], here: Outcome | None) -> tuple[str, str]:
    """Return what people made of a round, as a word and its colour."""
    turned = [each.act for each in events if (each.run_id, each.number) == (one.run_id, one.number)]
    if here == one:
        return "Promoted", "green"
    last = next((act for act in reversed(turned) if act in ("promote", "rollback", "skip")), "")
    return {"promote": ("Earlier", "gray"), "rollback": ("Rolled back", "orange"), "skip": ("Skipped", "gray")}.get(
        last, ("Waiting", "blue")
    )
