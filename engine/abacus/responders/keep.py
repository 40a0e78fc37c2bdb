"""Whether a knowledge point belongs in the list, or is vague, wrong or over-detailed."""

from __future__ import annotations

import json

from engine.abacus import blunders
from engine.abacus.lexicon import lexicon
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "decide whether a knowledge point belongs in the list"

_MISREAD = {
    "vague": "“{point}” is too general to tell one problem from another.",
    "over-detailed": "“{point}” is narrower than a textbook section would be.",
    "keep": "“{point}” is something that many problems have in common.",
}


def respond(brief: Brief) -> TaskAnswer:
    """Return a verdict of keep, vague, wrong or over-detailed with its reason."""
    point = " ".join(brief.block("point").split())
    truth, reason = _judged(point)
    verdict = truth
    if brief.slips(brief.persona.wrong_keep):
        verdict = brief.rng.choice(("vague", "over-detailed")) if truth == "keep" else "keep"
        reason = _MISREAD[verdict].format(point=point[:80])
    return TaskAnswer.of(("Verdict", verdict), ("Reason", reason), truth=json.dumps({"truth": truth}))


def _judged(point: str) -> tuple[str, str]:
    if not point:
        return "vague", "There is no knowledge point to judge."
    fault = blunders.fault(point)
    if fault:
        return fault.label, fault.reason
    entry = lexicon().named(point)
    if entry:
        return "keep", f"“{point[:80]}” is a standard topic of {entry.area.lower()} that many problems share."
    return "keep", f"“{point[:80]}” names one definite idea that can come up in many problems."
