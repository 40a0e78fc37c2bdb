"""Precision and recall as the page says them: with an interval where labels allow one, else with the reason for none.

Nothing is worked out here: every number comes from `engine.curation.trust`.
"""

from __future__ import annotations

from engine.core.records import Policy
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.policy_trust import SetQuality
from studio.lens.component import LensFigure, LensFigures
from studio.parts.tune.policy import lens_rules

WORTH = 0.1
"""Share by which labels must be worth more or less than their number for that to be said."""
_ORIGINS = {"random": "drawn", "convenience": "hand-picked", "import": "imported", "gold": "gold"}


def header_figures(policy: Policy, quality: SetQuality) -> LensFigures:
    """Return what the lens shows for these limits; it dims it while others are in hand."""
    precision, recall = figure(quality.precision), figure(quality.recall)
    if quality.recall.refusal and quality.recall.refusal.code in ("not_random", "no_labels"):
        recall = LensFigure("–", "needs a random draw", recall.about)
    return LensFigures(tuple(lens_rules(policy.rules)), precision, recall)


def figure(found: Estimated) -> LensFigure:
    """Return a number with its interval, counts of hand-picked rows without a percentage, or the reason for neither."""
    about = "\n".join(rests_on(found))
    if found.refusal is not None or found.value is None or found.low is None or found.high is None:
        if found.refusal and found.refusal.code == "not_random" and found.decided:
            counts = f"{found.good:,} of {found.decided:,}"
            return LensFigure(counts, "hand-reviewed rows were good (not a random sample)", about)
        return LensFigure("–", found.refusal.why if found.refusal else "can't tell", about)
    if found.low == found.high:
        return LensFigure(share(found.value), "exact", about)
    remark = f"{share(found.low)} – {share(found.high)} · {labels_of(found)}"
    return LensFigure(share(found.value), f"{remark}, rough" if found.rough else remark, about, found.rough)


def labels_of(found: Estimated) -> str:
    """Return the random labels of a number, and what they are worth where that differs."""
    drawn = found.labels.get("random", 0)
    said = f"{drawn:,} label{'' if drawn == 1 else 's'}"
    if found.effective is None or abs(found.effective - drawn) <= WORTH * drawn:
        return said
    return f"{said}, worth {found.effective:,.0f}"


def share(value: float) -> str:
    """Return a share by two decimals, by three where two would make it certain: .996 is not 1."""
    for places in (2, 3):
        text = f"{value:.{places}f}"
        if value in (0.0, 1.0) or float(text) not in (0.0, 1.0):
            return text.removeprefix("0") if value else text
    return ">.999" if value > 0.5 else "<.001"


def rests_on(found: Estimated) -> tuple[str, ...]:
    """Return in sentences what a number rests on: estimator, labels by origin, assumptions, what would narrow it."""
    origin = ", ".join(f"{count:,} {_ORIGINS.get(name, name)}" for name, count in sorted(found.labels.items()))
    lines = [f"Labels: {origin or 'none'}."]
    if found.refusal is not None:
        more = f" {found.refusal.labels:,} random labels there would change that." if found.refusal.labels else ""
        return (*lines, f"{found.refusal.why}{more}")
    lines.insert(0, f"{found.estimator[:1].upper()}{found.estimator[1:]}, 95 %, for one policy chosen beforehand.")
    if found.effective is not None:
        lines.append(f"Worth {found.effective:,.0f} labels of a simple draw.")
    lines += [f"Assumes {', '.join(found.assumptions)}."] if found.assumptions else []
    lines += [f"Note: {one}." for one in found.notes]
    lines += [f"To narrow it: {one.action} ({one.labels:,} more: ± {share(one.half_width)})." for one in found.narrower]
    return tuple(lines)
