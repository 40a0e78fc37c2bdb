"""The rows of the open audit as a queue: in their random order, as many as are needed now."""

from __future__ import annotations

from collections.abc import Iterable

from engine.curation.trust.auditing import standing
from engine.curation.trust.freezing import open_audit
from engine.store import Store

AHEAD = 20
"""Rows that lie ready at least while a meter is not full."""


def due(store: Store) -> list[str]:
    """Return the rows to read now, those that were read before them; none without an open audit that can succeed."""
    frozen = open_audit(store)
    if frozen is None:
        return []
    found = standing(store, frozen)
    ids: list[str] = store.audits.rows(frozen.id)["row_id"].to_pylist()
    if found.state == "void":
        return []
    if frozen.plan == "fixed" or found.state != "open":
        return ids if found.state == "open" else ids[: found.read]
    return ids[: found.read + max(found.needed, AHEAD)]


def answered(store: Store, ids: Iterable[str]) -> set[str]:
    """Return those of some rows that were found good or bad since the set was frozen."""
    frozen = open_audit(store)
    if frozen is None:
        return set(ids)
    return {one.row_id for one in store.audits.read(frozen) if one.verdict in ("good", "bad")}
