"""Freezes the kept set of a policy for an audit: the set by its hash, the rows to read in random order, and the plan.

The set is what the rules alone keep, each row as the machine made it: people's decisions do not move it, so the labels
of the audit do not undo what they are about. Rows that had a verdict before count as they are; the audit reads the rest
in an order that a fresh salt gives, so that every beginning of it is a simple random sample.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.core.errors import BadInput
from engine.core.records import AuditPlan, FrozenSet, Policy
from engine.core.settings.trust import TrustSettings
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.trust.audit_plan import OpenShare, plan_rows
from engine.curation.trust.drawing import saved_policy
from engine.curation.trust.permanent_numbers import numbers
from engine.store import Store
from engine.store.label_draws import LedgerMark, LedgerMoved

FAMILIES = ("problems", "verdicts", "points", "replies")
"""What the rows that rules keep hang on."""
_TRIES = 5


@dataclass(frozen=True, slots=True, eq=False)
class KeptRows:
    """The rows that the rules of a policy keep, as the machine made them."""

    rows: pa.Table
    """row_id, row_hash, by row_id."""
    frame: int
    """Number of the frame that the hashes are from."""
    frame_id: str
    digest: str

    @property
    def count(self) -> int:
        """K."""
        return int(self.rows.num_rows)


_HELD: WeakKeyDictionary[Store, tuple[tuple[int, str], KeptRows]] = WeakKeyDictionary()


def kept_rows(store: Store, policy: Policy) -> KeptRows:
    """Return the rows that the rules keep now; the same until rows, scores or rules change."""
    key = (store.revision_of(*FAMILIES), repr((policy.rules, policy.size, policy.more())))
    held = _HELD.get(store)
    if held is None or held[0] != key:
        held = _HELD[store] = (key, _kept(store, policy))
    return held[1]


def _kept(store: Store, policy: Policy) -> KeptRows:
    table = scores_of(store)
    kept = policies.apply(policy, table, override=False).kept
    frame = store.draws.frame()
    state = store.draws.state(frame.seq)
    mine = pc.is_in(state["row_id"], value_set=table.ids.filter(pa.array(kept)))
    rows = state.filter(mine).select(["row_id", "row_hash"]).combine_chunks()
    lines = zip(rows["row_id"].to_pylist(), rows["row_hash"].to_pylist(), strict=True)
    said = "\n".join(f"{row} {made}" for row, made in lines)
    return KeptRows(rows, frame.seq, frame.id, hashlib.blake2b(said.encode(), digest_size=16).hexdigest())


class CannotFreeze(BadInput):
    """Nothing can be frozen; `code` is a stable name of the reason: empty, open, out_of_reach or target."""

    def __init__(self, code: str, what: str, *, where: str, do: str) -> None:
        super().__init__(what, where=where, do=do)
        self.code = code


def freeze(
    store: Store,
    policy: Policy,
    target: float,
    error: float | None = None,
    *,
    plan: AuditPlan = "meter",
    bad: int = 0,
    by: str = "",
    salt: str = "",
) -> FrozenSet:
    """Freeze the rows that `policy` keeps, put the rows of the audit in order, and keep both.

    Args:
        store: the project's store.
        policy: what decides; it is saved where its newest version is another one.
        target: share of good rows to prove.
        error: how often the certificate may be wrong; the setting `certificate_error` unless given.
        plan: a meter that may be read after every label, or a number of labels set in advance.
        bad: bad rows that a plan of fixed size allows.
        by: who freezes.
        salt: a fresh random one unless given.

    Raises:
        CannotFreeze: nothing is kept, another audit is open, or so many rows are known to be bad that the target is
            lost.
    """
    known = TrustSettings()
    alpha = known.certificate_error if error is None else error
    _checked(target, alpha, bad)
    if running := open_audit(store):
        do = "End it first; its labels stay, and count as known rows."
        raise CannotFreeze("open", "another audit is open.", where=running.id, do=do)
    saved = saved_policy(store, policy)
    for _ in range(_TRIES):
        try:
            return _frozen(store, saved, (target, alpha, plan, bad), by, salt or secrets.token_hex(16), known)
        except LedgerMoved:
            continue
    raise BadInput("the labels change faster than a set can be frozen.", do="Try again in a moment.")


def open_audit(store: Store) -> FrozenSet | None:
    """Return the last audit, where nobody has ended it."""
    last = latest(store)
    return last if last is not None and store.audits.ended(last.id) is None else None


def latest(store: Store) -> FrozenSet | None:
    """Return the last frozen set, None where there is none."""
    return next(reversed(store.audits.all()), None)


def _checked(target: float, error: float, bad: int) -> None:
    if not 0 < target < 1:
        do = "Give one between 0 and 1."
        raise CannotFreeze("target", f"a share of {target:g} cannot be audited.", where="target", do=do)
    if not 0 < error < 0.5:
        do = "Give one above .5 and below 1."
        raise CannotFreeze("target", f"a confidence of {1 - error:g} is none.", where="confidence", do=do)
    if bad < 0:
        raise CannotFreeze("target", f"{bad} bad rows cannot be allowed.", where="bad", do="Give 0 or more.")


def _frozen(
    store: Store,
    policy: Policy,
    asked: tuple[float, float, AuditPlan, int],
    by: str,
    salt: str,
    settings: TrustSettings,
) -> FrozenSet:
    now = time.time()
    mine = kept_rows(store, policy)
    if not mine.count:
        raise CannotFreeze("empty", "the limits keep no row.", where=policy.name, do="Move its limits on Tune.")
    mark = store.draws.mark(store.draws.frame())
    known, good = known_rows(store, mine.rows, mark)
    share = OpenShare(mine.count, int(known.num_rows), good, asked[0])
    if share.lost:
        bad = f"{share.known - good:,} of the {mine.count:,} kept rows are known to be bad"
        what = f"{bad}: at most {share.best:.1%} of them can be good."
        raise CannotFreeze("out_of_reach", what, where=policy.name, do="Move the limits, or ask for less.")
    rest = _ordered(mine.rows, known, salt)
    size = plan_rows(share, asked[1], asked[2], asked[3], settings)
    made = FrozenSet(
        "", policy.id, mine.frame_id, mine.digest, mine.count, share.known, good, asked[0], asked[1], asked[2],
        asked[3], size, salt, len(store.audits.all()), mark.labels, mark.decisions, now, by,
    )  # fmt: skip
    made = replace(made, id=made.derived())
    store.audits.record(made, rest.slice(0, size), mark)
    return made


def known_rows(store: Store, rows: pa.Table, mark: LedgerMark) -> tuple[pa.Table, int]:
    """Return those of these rows that had a verdict at a moment, and how many of them are known to be good now."""
    before = store.draws.known(mark)
    known = rows.join(before, ["row_id", "row_hash"], join_type="inner").sort_by("row_id").combine_chunks()
    said = store.audits.verdicts(known)
    return known, int(pc.sum(pc.equal(said["verdict"], "good")).as_py() or 0)


def audit_order(kept: pa.Table, known: pa.Table, salt: str, size: int) -> list[str]:
    """Return the rows of an audit in their order once more: what a replay compares with the rows that were kept."""
    return list(_ordered(kept, known, salt).slice(0, size)["row_id"].to_pylist())


def _ordered(kept: pa.Table, known: pa.Table, salt: str) -> pa.Table:
    """Return row_id, row_hash, place of the rows without a verdict, by the numbers that the salt gives them."""
    rest = kept.filter(pc.invert(pc.is_in(kept["row_id"], value_set=known["row_id"].combine_chunks())))
    lots = numbers(salt, rest["row_id"].combine_chunks())
    made = rest.take(pa.array(np.argsort(lots, kind="stable")))
    return made.append_column("place", pa.array(np.arange(made.num_rows, dtype=np.int64)))
