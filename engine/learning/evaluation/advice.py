"""What to change in a mixture when a trained model falls short (the failure signatures of FLAMES)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

GSM8K, DISTRACTION = "gsm8k", "gsm_plus_distraction"
IN_DOMAIN = (GSM8K, "math")
OUT_OF_DOMAIN = ("college_math", "olympiadbench")
"""Names of benchmarks are those of the registry."""
GAP_LIMIT = 10.0
"""Points between GSM8K and its distracted form from which a model counts as easily distracted; our choice."""
DOMAIN_LIMIT = 25.0
"""Points between the means in and out of domain from which transfer counts as low; our choice."""
GAIN_LIMIT = 0.5
"""Points that more data must bring to count as helping; our choice."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One rule that fired: what was seen, with its figures, and what to change."""

    name: str
    seen: str
    change: str


def robustness_gap(gsm8k: float, distraction: float) -> float:
    """Return the points lost when the same problems carry a distraction (FL-34)."""
    return gsm8k - distraction


NEEDS: Mapping[str, str] = {
    "robustness": "GSM8K and the distracted part of GSM-Plus",
    "transfer": "GSM8K or MATH, and CollegeMath or OlympiadBench",
    "scale": "the same benchmarks of a model that was trained on less of the same data",
}
"""What each rule is read from."""


def unread(scores: Mapping[str, float], smaller: Mapping[str, float] | None = None) -> tuple[str, ...]:
    """Return the rules that these scores say nothing about."""
    known = {
        "robustness": GSM8K in scores and DISTRACTION in scores,
        "transfer": None not in (_mean(scores, IN_DOMAIN), _mean(scores, OUT_OF_DOMAIN)),
        "scale": bool(set(scores) & set(smaller or {})),
    }
    return tuple(name for name, told in known.items() if not told)


def advise(
    scores: Mapping[str, float],
    *,
    smaller: Mapping[str, float] | None = None,
    gap_limit: float = GAP_LIMIT,
    domain_limit: float = DOMAIN_LIMIT,
    gain_limit: float = GAIN_LIMIT,
) -> tuple[Advice, ...]:
    """Return the advice that the scores call for, none where all is well (FL-35).

    Args:
        scores: benchmark -> percent, 0 to 100.
        smaller: the same after training on less of the same data.
        gap_limit: robustness gap from which more distraction is advised.
        domain_limit: points between in and out of domain from which more taxonomy is advised.
        gain_limit: smallest mean gain that counts as helping.
    """
    found = (_distracted(scores, gap_limit), _narrow(scores, domain_limit), _stalled(scores, smaller or {}, gain_limit))
    return tuple(advice for advice in found if advice)


def _distracted(scores: Mapping[str, float], limit: float) -> Advice | None:
    if GSM8K not in scores or DISTRACTION not in scores:
        return None
    gap = robustness_gap(scores[GSM8K], scores[DISTRACTION])
    if gap < limit:
        return None
    seen = f"GSM8K falls by {gap:.1f} points when its problems carry a distraction."
    return Advice("robustness", seen, "Give Distraction Insertion a larger share of the mixture.")


def _narrow(scores: Mapping[str, float], limit: float) -> Advice | None:
    home, away = _mean(scores, IN_DOMAIN), _mean(scores, OUT_OF_DOMAIN)
    if home is None or away is None or home - away < limit:
        return None
    seen = f"Out of domain the mean is {away:.1f}, in domain {home:.1f}."
    return Advice("transfer", seen, "Give Taxonomy-Based Key Concepts a larger share of the mixture.")


def _stalled(scores: Mapping[str, float], smaller: Mapping[str, float], limit: float) -> Advice | None:
    shared = sorted(set(scores) & set(smaller))
    now, before = _mean(scores, shared), _mean(smaller, shared)
    if now is None or before is None or now - before >= limit:
        return None
    count = f"{len(shared)} benchmark{'s' if len(shared) > 1 else ''}"
    seen = f"More data moved the mean over {count} by {now - before:+.1f} points."
    return Advice("scale", seen, "Check the solutions: a stronger solver helps more than more problems.")


def _mean(scores: Mapping[str, float], names: tuple[str, ...] | list[str]) -> float | None:
    known = [scores[name] for name in names if name in scores]
    return sum(known) / len(known) if known else None
