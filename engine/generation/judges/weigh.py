"""Several judges become one: a weighted score for problems, a veto for solutions (GSDP 2.5, 3.8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Weighed:
    """The combined value and a sentence that shows how it came about; None is "can't tell"."""

    value: float | None
    reason: str


def weighted(
    scores: Mapping[str, float | None], weights: Mapping[str, float], missing: Literal["renormalise", "fail"]
) -> Weighed:
    """Return the weighted mean of `scores` (0..1); weights are normalised to 1 (GSDP-26).

    A judge without a readable score is None. `renormalise` lets the others share its weight, `fail` gives no score.
    """
    absent = [judge for judge in weights if scores.get(judge) is None]
    present = {judge: score for judge, score in scores.items() if score is not None and weights.get(judge, 0) > 0}
    total = sum(weights[judge] for judge in present)
    if not total or (absent and missing == "fail"):
        return Weighed(None, f"no score from {', '.join(absent) or 'any judge'}")
    value = sum(weights[judge] * score for judge, score in present.items()) / total
    parts = " + ".join(f"{weights[judge] / total:.2f}·{score:.2f}" for judge, score in present.items())
    note = f"; no score from {', '.join(absent)}" if absent else ""
    return Weighed(round(value, 10), f"{parts} = {value:.3f}{note}")


def veto(findings: Mapping[str, bool | None], unreadable: Literal["false", "missing"]) -> Weighed:
    """Return 1 when every judge passed the solution, 0 when one did not (minimum rule, GSDP-28).

    A judge that could not be read is None: it counts as a veto, or not at all, as `unreadable` says.
    """
    against = [judge for judge, passed in findings.items() if passed is False]
    absent = [judge for judge, passed in findings.items() if passed is None]
    if against:
        return Weighed(0.0, f"vetoed by {', '.join(against)}")
    if absent and unreadable == "false":
        return Weighed(0.0, f"no readable verdict from {', '.join(absent)}, which counts as a veto")
    if len(absent) == len(findings):
        return Weighed(None, "no readable verdict from any judge")
    return Weighed(1.0, f"passed by {len(findings) - len(absent)} of {len(findings)} judges")


def passes(score: float | None, keep_at: float) -> bool:
    """Return whether a weighted score is kept; the limit itself is kept (GSDP-27)."""
    return score is not None and score >= keep_at
