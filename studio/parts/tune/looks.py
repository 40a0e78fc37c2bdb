"""How many limits were looked at on the same labels, and what that does to the best of them."""

from __future__ import annotations

from engine.core.records import Policy
from engine.curation.trust.path import BEFOREHAND
from engine.curation.trust.policy_trust import look_of
from engine.store import Store
from studio import session


def count_look(store: Store, policy: Policy, method: str, shown: bool) -> int:
    """Count limits that somebody saw an estimate of, each once, and return how many they are."""
    seen = store.looks.seen()
    look = look_of(policy, method)
    if not shown or look in seen:
        return len(seen)
    store.looks.add(look, session.curator())
    return len(seen) + 1


def consequence(count: int) -> str:
    """Return what so many looks mean for an interval."""
    if count <= 1:
        return f"Limits looked at: {count}. An interval holds {BEFOREHAND}."
    return (
        f"Limits looked at: {count:,}. Each interval holds {BEFOREHAND}; the best of {count:,} looks better than it "
        "is. Choose by the light band, which holds at all limits of a score at once, or freeze the policy and audit it "
        "with fresh random labels."
    )
