"""An audit in words: what it costs, how far it is, the certificate, and why there is none.

"Certified" and "guaranteed" are words of exact bounds and of the meter alone; a void audit shows no number.
"""

from __future__ import annotations

from datetime import UTC, datetime
from math import floor
from typing import Any

from engine.core.records import AuditPlan
from engine.curation.trust.audit_plan import OpenShare, price
from engine.curation.trust.auditing import AuditStanding


def at_least(share: float) -> str:
    """Return a lower bound in percent, cut off and never rounded up."""
    return f"{floor(share * 1000 + 1e-9) / 10:.1f} %"


def confidence(error: float) -> str:
    """Return how sure a bound is: 95 %."""
    return f"{100 * (1 - error):g} %"


def cost(share: OpenShare, error: float, plan: AuditPlan) -> str:
    """Return what it takes to prove a target: 62 labels if none is bad, 93 with one."""
    if share.lost:
        return f"Out of reach: at most {share.best:.1%} of the kept rows can still be good."
    clean, one = (price(share, error, plan, bad) for bad in (0, 1))
    if not clean:
        return "No further label: the rows that were read hold it alone."
    if clean >= share.rest:
        return f"All {share.rest:,} rows that nobody has read."
    return f"{clean:,} labels if none is bad, {one:,} with one."


def goal(found: AuditStanding) -> str:
    """Return what an audit is to prove."""
    return f"To be proven: at least {at_least(found.frozen.target)} good, {confidence(found.frozen.error)} sure."


def progress(found: AuditStanding) -> str:
    """Return how far an audit is, in a sentence or two."""
    frozen = found.frozen
    count = f"{found.read:,} of {frozen.size:,}" if frozen.plan == "fixed" else f"{found.read:,}"
    said = [f"{count} labelled, {found.bad:,} bad" + (f" ({found.undecided:,} undecided)" if found.undecided else "")]
    if frozen.plan == "meter" and found.state == "open":
        said.append(f"the meter is at {max(found.reading, 0.0):.2f} of {found.full:.2f}")
    if found.state == "open":
        said.append(f"{found.needed:,} more if none of them is bad")
    return "; ".join(said)


def remarks(found: AuditStanding) -> tuple[str, ...]:
    """Return what belongs beside the state: labels that do not count, or were not read blind."""
    said = []
    if found.ahead:
        said.append(f"{found.ahead:,} labels further on count when the rows before them are read")
    if found.older:
        said.append(f"{found.older:,} rows have a label from before the freeze, which does not count: read them anew")
    if found.shown:
        said.append(f"{found.shown:,} of {found.read:,} labels are not known to be blind")
    if found.frozen.before:
        said.append(f"audit {found.frozen.before + 1} of this project; each may be wrong on its own")
    return tuple(said)


def state(found: AuditStanding) -> str:
    """Return how an audit stands, in a sentence; of a void one why, and no number."""
    frozen = found.frozen
    target = at_least(frozen.target)
    if found.state == "void":
        return f"Void: {'; '.join(one.why for one in found.void)}. Freeze the set anew."
    if found.state == "proven":
        return certificate(found)
    said = progress(found)
    if found.state == "out_of_reach":
        return f"{target} can't be reached any more: {said}."
    if found.state == "missed":
        return f"{target} was not proven: {said}."
    if found.state == "ended":
        return f"Ended before {target} was proven: {said}."
    return f"Not yet: {said}."


def certificate(found: AuditStanding, rows: str = "", bound: float | None = None) -> str:
    """Return the certificate of a proven audit; about `rows`, with their own bound, where it is of others than K.

    Raises ValueError where nothing is proven.
    """
    held, frozen = found.guarantee, found.frozen
    if held is None:
        raise ValueError("there is no certificate of an audit that is not proven")
    about = rows or f"{frozen.kept:,} kept rows"
    share = at_least(held.bound if bound is None else bound)
    exact = held.method.startswith("exact:")
    sure = "" if exact else f"with {confidence(frozen.error)} confidence "
    who = f", as judged by {', '.join(found.curators)}" if found.curators else ""
    return (
        f"Certified: {sure}at least {share} of the {about} are good{who}, {_day(found.date)}; {_evidence(found)}; "
        f"{held.method}; policy {found.policy} ({frozen.policy_id}); set {frozen.digest}; audit {frozen.id}"
    )


def assumptions(found: AuditStanding) -> tuple[str, ...]:
    """Return what a certificate rests on."""
    made = ["verdicts are taken as true", "the texts are those that were frozen"]
    if not found.guarantee or not found.guarantee.method.startswith("exact:"):
        made.insert(0, "rows read in an order that chance gave them after the set was frozen")
    return tuple(made)


def facts(found: AuditStanding) -> dict[str, Any]:
    """Return an audit for a program: its set, plan and state; `guarantee` is null unless the target is proven."""
    frozen, held = found.frozen, found.guarantee
    proven = None if held is None else {
        "bound": held.bound, "method": held.method, "labels": found.at[0], "bad": found.at[1],
        "certificate": certificate(found), "assumptions": list(assumptions(found)),
    }  # fmt: skip
    return {
        "audit": frozen.id,
        "state": found.state,
        "void": [{"code": one.code, "why": one.why} for one in found.void],
        "policy": {"name": found.policy, "id": frozen.policy_id},
        "set": {"rows": frozen.kept, "digest": frozen.digest, "frame": frozen.frame_id},
        "known": {"rows": frozen.known, "good": frozen.known_good},
        "target": frozen.target,
        "confidence": round(1 - frozen.error, 12),
        "plan": frozen.plan,
        "size": frozen.size,
        "salt": frozen.salt,
        "before": frozen.before,
        "at": frozen.at,
        "by": frozen.by,
        "labels": found.read,
        "bad": found.bad,
        "undecided": found.undecided,
        "needed": found.needed,
        "meter": {"reading": found.reading, "full": found.full} if frozen.plan == "meter" else None,
        "guarantee": proven,
        "remarks": list(remarks(found)),
    }


def _evidence(found: AuditStanding) -> str:
    labels, bad = found.at
    said = f"{labels:,} random rows, {bad:,} bad"
    if found.read > labels:
        said += f" ({found.read:,} read by now, {found.bad:,} bad)"
    known = found.frozen.known
    return f"{said}, and {known:,} known before, {found.frozen.known_good:,} good" if known else said


def _day(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).date().isoformat()
