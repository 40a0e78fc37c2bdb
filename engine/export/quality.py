"""How good the rows are that go out: an estimate with its interval, or why there is none, and the certificate if any.

Measured is what the rules keep, each row as it was made. What goes out differs from it by what people dropped, mended
or added; numbers are carried over row by row (`engine.curation.trust.carried`), or refused where too many rows differ
that nobody read. A certificate is on the card where it holds for these very rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc

from engine.core.records import Policy
from engine.core.settings.trust import TrustSettings
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.trust import audit_words, carried
from engine.curation.trust.auditing import AuditStanding, standing
from engine.curation.trust.carried import RowShift
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated, NotShown
from engine.curation.trust.freezing import kept_rows
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.label_set import LabelSet
from engine.store import Store
from engine.store.export_cursor import Only

NAME = "quality.json"
SCHEMA = 1
"""Edition of the file's fields."""
_DIGITS = 6


def text(quality: Mapping[str, Any]) -> bytes:
    """Return the file: the same bytes for the same facts, on every machine."""
    return orjson.dumps(quality, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def rate(store: Store, only: Only, rows: pa.Table, settings: TrustSettings | None = None) -> dict[str, Any]:
    """Return what is known of the rows (row_id, row_hash) that go out; no clock goes into it.

    `only` says whether people chose the rows: nothing is estimated then, their verdicts are counted.
    """
    known = settings or TrustSettings()
    latest = store.selections.latest()
    policy = store.policies.get(latest.policy_id) if latest else None
    found = _measured(store, policy) if policy else None
    shift = _shift(store, policy, rows) if policy and (_countable(found) or store.audits.all()) else None
    read = _read(store, rows)
    made = {
        "schema": SCHEMA,
        "rows": int(rows.num_rows),
        "policy": policy.name if policy else None,
        "read": {"good": read[0], "bad": read[1], "unread": int(rows.num_rows) - sum(read)},
        "measured": found.as_dict() if found else None,
        "exported": _exported(found, shift, read, only, known),
        "difference": _told(shift),
        "certificate": _certificate(store, rows),
    }
    return dict(_rounded(made))


def _countable(found: Estimated | None) -> bool:
    return found is not None and found.value is not None


def _measured(store: Store, policy: Policy) -> Estimated:
    """Return the precision of what the rules keep, before people's decisions."""
    if not store.labels.counts():
        # Nothing can be said, whatever is kept: no need to read the scores of millions of rows.
        return estimate("precision", np.ones(1, np.bool_), LabelSet.convenience([], []))
    table = scores_of(store)
    kept = policies.apply(policy, table, override=False).kept if len(table) else np.zeros(0, np.bool_)
    labels, reachable = labels_of(store).on(table.ids)
    return estimate("precision", kept, labels, reachable=reachable)


def _read(store: Store, rows: pa.Table) -> tuple[int, int]:
    """Return how many of these texts people found good and bad."""
    said = store.audits.verdicts(rows)["verdict"]
    return int(pc.sum(pc.equal(said, "good")).as_py() or 0), int(pc.sum(pc.equal(said, "bad")).as_py() or 0)


def _shift(store: Store, policy: Policy, rows: pa.Table) -> RowShift:
    """Return how the rows differ from those that the rules of the policy keep."""
    measured = kept_rows(store, policy).rows
    keys = ["row_id", "row_hash"]
    lost = measured.join(rows, keys, join_type="left anti")
    gained = rows.join(measured, keys, join_type="left anti")
    (lost_good, lost_bad), (gained_good, gained_bad) = _read(store, lost), _read(store, gained)
    return RowShift(
        int(measured.num_rows), int(rows.num_rows),
        lost_bad, lost_good, int(lost.num_rows) - lost_good - lost_bad,
        gained_bad, gained_good, int(gained.num_rows) - gained_good - gained_bad,
    )  # fmt: skip


def _exported(
    found: Estimated | None, shift: RowShift | None, read: tuple[int, int], only: Only, settings: TrustSettings
) -> dict[str, Any]:
    """Return the share of good rows among those that go out, or why it is not known."""
    refusal = _refusal(found, shift, read, only, settings)
    if refusal is not None or found is None or shift is None:
        why = refusal or NotShown("no_policy", "No policy selected these rows.", 0)
        return {"value": None, "low": None, "high": None, "refused": why.code, "reason": why.why,
                "labels_needed": why.labels}  # fmt: skip
    assert found.value is not None
    assert found.low is not None
    assert found.high is not None
    ends = (carried.between(found.value, shift), carried.least(found.low, shift), carried.most(found.high, shift))
    value, low, high = min(max(ends[0], ends[1]), ends[2]), ends[1], ends[2]
    return {"value": value, "low": low, "high": high, "refused": None, "reason": "", "labels_needed": 0}


def _refusal(
    found: Estimated | None, shift: RowShift | None, read: tuple[int, int], only: Only, settings: TrustSettings
) -> NotShown | None:
    if only == "approved":
        good, bad = read
        said = f"People chose these rows: {good:,} were found good and {bad:,} bad as they stand here"
        return NotShown("picked", f"{said} (not a random sample).", 0)
    if found is None:
        return NotShown("no_policy", "No policy selected these rows.", 0)
    if found.refusal is not None:
        return found.refusal
    if shift is not None and shift.unread > settings.exported_unread * shift.exported:
        return NotShown("rows_differ", f"These are not the rows that were measured: {shift.sentence()}.", 0)
    return None


def _told(shift: RowShift | None) -> dict[str, Any] | None:
    if shift is None:
        return None
    lost = {"bad": shift.lost_bad, "good": shift.lost_good, "unread": shift.lost_unread}
    gained = {"bad": shift.gained_bad, "good": shift.gained_good, "unread": shift.gained_unread}
    return {"measured": shift.measured, "exported": shift.exported, "lost": lost, "gained": gained,
            "why": shift.sentence()}  # fmt: skip


def _certificate(store: Store, rows: pa.Table) -> dict[str, Any] | None:
    """Return the newest certificate that holds for these rows, else how the last audit stands; None without audits."""
    frozen = store.audits.all()[::-1]
    stands = [standing(store, one) for one in frozen]
    for found in stands:
        if found.guarantee is not None and (told := _holding(store, found, rows)):
            return told
    if not stands:
        return None
    last = stands[0]
    if last.guarantee is None:
        why = audit_words.state(last)
        return {"state": last.state, "audit": last.frozen.id, "why": why}
    policy = store.policies.get(last.frozen.policy_id)
    differ = _shift(store, policy, rows).sentence() if policy else "its policy is gone"
    why = f"The audited rows are not these: {differ}. The certificate is of {last.frozen.kept:,} other rows."
    return {"state": "rows_differ", "audit": last.frozen.id, "why": why}


def _holding(store: Store, found: AuditStanding, rows: pa.Table) -> dict[str, Any] | None:
    """Return the certificate about these rows, None where it does not hold for them."""
    policy, held, frozen = store.policies.get(found.frozen.policy_id), found.guarantee, found.frozen
    if policy is None or held is None:
        return None
    shift = _shift(store, policy, rows)
    bound = carried.least(held.bound, shift)
    if bound < frozen.target - 1e-12:
        return None
    about = f"{shift.exported:,} exported rows"
    return {
        "state": "valid",
        "text": audit_words.certificate(found, about, bound),
        "bound": floor(bound * 10**_DIGITS) / 10**_DIGITS,
        "rows": shift.exported,
        "difference": shift.sentence(),
        "audited": {"rows": frozen.kept, "bound": floor(held.bound * 10**_DIGITS) / 10**_DIGITS,
                    "set": frozen.digest, "frame": frozen.frame_id},
        "target": frozen.target,
        "confidence": 1 - frozen.error,
        "method": held.method,
        "labels": found.at[0],
        "bad": found.at[1],
        "known": {"rows": frozen.known, "good": frozen.known_good},
        "curators": list(found.curators),
        "date": found.date,
        "policy": {"name": found.policy, "id": frozen.policy_id},
        "audit": frozen.id,
        "before": frozen.before,
        "salt": frozen.salt,
        "assumptions": list(audit_words.assumptions(found)),
        "remarks": list(audit_words.remarks(found)),
    }  # fmt: skip


def _rounded(said: Any) -> Any:
    """Return facts with floats of six decimals: more is noise, and hangs on the machine."""
    if isinstance(said, dict):
        return {key: _rounded(value) for key, value in said.items()}
    if isinstance(said, list):
        return [_rounded(value) for value in said]
    return round(float(said), _DIGITS) if isinstance(said, float) else said
