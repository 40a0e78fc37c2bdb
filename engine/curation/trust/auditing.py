"""Reads an audit as it stands: how far it is, what it proves, whether it can still succeed, and what makes it void.

Rows count in their random order up to the first that nobody has looked at, so that what was read is a random sample
wherever the curator stops. Whoever cannot decide a row leaves it bad until somebody can.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal
from weakref import WeakKeyDictionary

import numpy as np

from engine.core.records import FrozenSet, Policy
from engine.curation.trust.audit_plan import OpenShare, still_needed
from engine.curation.trust.certificate import AuditLabels, Guarantee, anytime, fixed_plan
from engine.curation.trust.freezing import FAMILIES, KeptRows, audit_order, kept_rows, known_rows
from engine.curation.trust.intervals import Ints
from engine.curation.trust.meter import full, readings
from engine.store import Store
from engine.store.audits import AuditRow
from engine.store.label_draws import LedgerMark

AuditState = Literal["open", "proven", "missed", "out_of_reach", "void", "ended"]
CENSUS = "exact: every row of the set was read"


@dataclass(frozen=True, slots=True)
class VoidReason:
    """Why the audit speaks of no set that is there."""

    code: str
    """policy_changed, set_changed, rows_edited or ledger."""
    why: str


@dataclass(frozen=True, slots=True)
class AuditStanding:
    """An audit and what came of it by now. `guarantee` is None unless the target is proven and nothing is void."""

    frozen: FrozenSet
    policy: str
    """Name of the frozen policy."""
    state: AuditState
    void: tuple[VoidReason, ...] = ()
    read: int = 0
    """Rows that count: in their random order, none left out between."""
    bad: int = 0
    """Bad ones among them, undecided ones included."""
    undecided: int = 0
    ahead: int = 0
    """Labels further on, which count when those before them are there."""
    older: int = 0
    """Rows with a label from before the freeze, which does not count."""
    shown: int = 0
    """Rows that count and were read beside the judges' scores, or nobody knows."""
    reading: float = 0.0
    """The meter, ln M; full at `full`."""
    full: float = 0.0
    needed: int = 0
    """Labels that are still needed if no further one is bad."""
    guarantee: Guarantee | None = None
    at: tuple[int, int] = (0, 0)
    """Labels, and bad ones among them, with which it was proven."""
    curators: tuple[str, ...] = ()
    date: float = 0.0
    """When the last label that counts was given; the freeze where none was needed."""

    @property
    def labels(self) -> int:
        """Rows of the plan; of a meter those that may be read at most."""
        return self.frozen.size


_HELD: WeakKeyDictionary[Store, tuple[tuple[int, str], AuditStanding]] = WeakKeyDictionary()


def standing(store: Store, frozen: FrozenSet) -> AuditStanding:
    """Return how an audit stands; a void one has reasons and no number. The same until something changes."""
    key = (store.revision_of(*FAMILIES, "labels", "draws", "decisions", "policies", "audits"), frozen.id)
    held = _HELD.get(store)
    if held is None or held[0] != key:
        held = _HELD[store] = (key, _standing(store, frozen))
    return held[1]


def _standing(store: Store, frozen: FrozenSet) -> AuditStanding:
    policy = store.policies.get(frozen.policy_id)
    rows = store.audits.read(frozen)
    void = _void(store, frozen, policy, rows)
    name = policy.name if policy else frozen.policy_id
    if void or policy is None:
        return AuditStanding(frozen, name, "void", void, full=full(frozen.error))
    share = _share(store, frozen, kept_rows(store, policy))
    found = _Reading.of(frozen, share, rows)
    state = found.state
    if state == "open" and store.audits.ended(frozen.id) is not None:
        state = "ended"
    counted = found.rows
    return AuditStanding(
        frozen,
        name,
        state,
        read=found.read,
        bad=found.bad,
        undecided=sum(one.verdict not in ("good", "bad") for one in counted),
        ahead=sum(one.verdict is not None for one in rows[found.read :]),
        older=sum(one.older for one in rows),
        shown=sum(one.blind is not True for one in counted),
        reading=found.reading,
        full=full(frozen.error),
        needed=found.needed if state == "open" else 0,
        guarantee=found.guarantee if state == "proven" else None,
        at=found.at,
        curators=tuple(sorted({one.curator for one in counted if one.curator})),
        date=max((one.at for one in counted[: found.at[0] or None]), default=frozen.at),
    )


def _void(store: Store, frozen: FrozenSet, policy: Policy | None, rows: list[AuditRow]) -> tuple[VoidReason, ...]:
    """Return what has changed since the freeze; the later checks rest on the earlier ones."""
    if frozen.derived() != frozen.id:
        return (VoidReason("ledger", "its record does not fit its id"),)
    if policy is None:
        return (VoidReason("ledger", "its policy is gone"),)
    newest = store.policies.get(policy.name)
    if newest is not None and newest.id != frozen.policy_id:
        return (VoidReason("policy_changed", f"the policy {policy.name} was saved with other limits since"),)
    now = kept_rows(store, policy)
    if now.digest != frozen.digest:
        return (_changed(frozen, now),)
    read = {one.row_id for one in rows[: _looked_at(rows)]}
    there = set(now.rows["row_id"].to_pylist())
    if edited := (store.audits.edited(frozen) & there) - read:
        return (VoidReason("rows_edited", f"{len(edited):,} rows of the set were edited since, outside the audit"),)
    known, _ = known_rows(store, now.rows, _mark(store, frozen, now))
    if audit_order(now.rows, known, frozen.salt, frozen.size) != [one.row_id for one in rows]:
        return (VoidReason("ledger", "drawing it again by its salt gives other rows"),)
    return ()


def _changed(frozen: FrozenSet, now: KeptRows) -> VoidReason:
    if now.count != frozen.kept:
        why = f"the limits keep {now.count:,} rows now, {frozen.kept:,} when they were frozen"
    else:
        why = "other rows, or other texts of them, are kept now"
    return VoidReason("set_changed", f"the kept set has changed: {why}")


def _mark(store: Store, frozen: FrozenSet, now: KeptRows) -> LedgerMark:
    return LedgerMark(now.frame, frozen.labels_seen, frozen.decisions_seen, 0)


def _share(store: Store, frozen: FrozenSet, now: KeptRows) -> OpenShare:
    """Return what is known of the set; a known row whose label was taken back since counts as bad."""
    _, good = known_rows(store, now.rows, _mark(store, frozen, now))
    return OpenShare(frozen.kept, frozen.known, min(good, frozen.known_good), frozen.target)


def _looked_at(rows: list[AuditRow]) -> int:
    """Return how many rows were looked at before the first that nobody has looked at."""
    return next((n for n, one in enumerate(rows) if one.verdict is None), len(rows))


@dataclass(frozen=True, slots=True)
class _Reading:
    """The rows of an audit that count, and what follows from them."""

    rows: tuple[AuditRow, ...]
    state: AuditState
    bad: int
    reading: float
    needed: int
    guarantee: Guarantee | None
    at: tuple[int, int]

    @property
    def read(self) -> int:
        return len(self.rows)

    @staticmethod
    def of(frozen: FrozenSet, share: OpenShare, rows: list[AuditRow]) -> _Reading:
        """Read an audit up to the first row that nobody has looked at."""
        end = _looked_at(rows)
        if frozen.plan == "fixed":
            end = min(end, frozen.size)
        counted = tuple(rows[:end])
        good = np.cumsum([one.verdict == "good" for one in counted], dtype=np.int64)
        if share.needed <= 0 or end == share.rest:
            return _whole(counted, share, good)
        return (
            _fixed(frozen, share, counted, good) if frozen.plan == "fixed" else _metered(frozen, share, counted, good)
        )


def _whole(rows: tuple[AuditRow, ...], share: OpenShare, good: Ints) -> _Reading:
    """Every row is known, or those that are known hold the target alone: nothing is estimated."""
    hits = int(good[-1]) if len(good) else 0
    bound = (share.good + hits) / share.kept
    passed = bound >= share.target - 1e-12
    misses = len(rows) - hits
    held = Guarantee(bound, passed, CENSUS if len(rows) == share.rest else "exact: the rows that were read hold it")
    return _Reading(rows, "proven" if passed else "missed", misses, 0.0, 0, held, (len(rows), misses))


def _fixed(frozen: FrozenSet, share: OpenShare, rows: tuple[AuditRow, ...], good: Ints) -> _Reading:
    """A plan of fixed size says nothing before its last label, but that it cannot succeed any more."""
    hits, left = (int(good[-1]) if len(good) else 0), frozen.size - len(rows)
    best = fixed_plan(_labels(share, hits + left, frozen.size), frozen.target, frozen.error)
    state: AuditState = ("open" if left else "proven") if best.passed else ("out_of_reach" if left else "missed")
    bad = len(rows) - hits
    return _Reading(rows, state, bad, 0.0, left, None if left else best, (len(rows), bad))


def _metered(frozen: FrozenSet, share: OpenShare, rows: tuple[AuditRow, ...], good: Ints) -> _Reading:
    """The meter holds from the first label that fills it: it may be read after every one."""
    read, hits, tau = len(rows), int(good[-1]) if len(good) else 0, share.needed
    bad = read - hits
    count = np.arange(1, read + 1)
    seen = readings(good, count, tau) if tau < 1 and read else np.zeros(0)
    best = int(np.argmax(seen)) if len(seen) else 0
    if len(seen) and seen[best] >= full(frozen.error):
        at = best + 1, best + 1 - int(good[best])
        held = anytime(_labels(share, int(good[best]), best + 1), frozen.target, frozen.error)
        return _Reading(rows, "proven", bad, float(seen[best]), 0, held, at)
    hopeless = len(seen) and float(readings(count - good, count, 1 - tau).max()) >= full(frozen.error)
    most_bad = share.kept - ceil(share.target * share.kept - 1e-9)
    lost = share.known - share.good + bad > most_bad
    state: AuditState = "out_of_reach" if lost or hopeless else "open"
    needed = still_needed(hits, read, share, frozen.error)
    return _Reading(rows, state, bad, float(seen[-1]) if len(seen) else 0.0, needed, None, (read, bad))


def _labels(share: OpenShare, good: int, labels: int) -> AuditLabels:
    return AuditLabels(good, labels, share.kept, share.known, share.good)
