"""Whether two versions of a problem have the same answer: worked out where both are known, else judged by wording."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

from engine.abacus import telling, workshop
from engine.abacus.reckoner import same
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "decide whether added content leaves question and answer unchanged"

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Belief:
    """What a careful reviewer would say; `known` where both versions were worked out."""

    unchanged: bool
    reason: str
    known: bool = False


def respond(brief: Brief) -> TaskAnswer:
    """Return Unchanged: Yes or No with the reason."""
    original, changed = brief.block("original"), brief.block("changed")
    belief = _belief(original, changed)
    slip = brief.slips(brief.persona.wrong_check)
    said = belief.unchanged is not slip
    reason = _mistaken(said) if slip else belief.reason
    truth = json.dumps({"truth": belief.unchanged, "known": belief.known, "slip": slip})
    return TaskAnswer.of(("Unchanged", "Yes" if said else "No"), ("Reason", reason), truth=truth)


def _belief(original: str, changed: str) -> Belief:
    if not original or not changed:
        return Belief(False, "One of the two versions is empty.")
    if telling.meddles(changed) and not telling.meddles(original):
        return Belief(False, "The added sentence changes every quantity, and with them the answer.")
    first, second = workshop.solve(original), workshop.solve(changed)
    if first and second:
        if same(first.answer, second.answer):
            return Belief(True, f"Worked out, both versions give ${first.answer}$.", known=True)
        return Belief(False, f"The first gives ${first.answer}$, the second ${second.answer}$.", known=True)
    return _by_wording(original, changed)


def _by_wording(original: str, changed: str) -> Belief:
    lost = Counter(_NUMBER.findall(original)) - Counter(_NUMBER.findall(changed))
    if lost:
        return Belief(False, f"The number {next(iter(lost))} of the original is not in the new version.")
    before, after = telling.cut(original), telling.cut(changed)
    if before and after and before.asked != after.asked:
        return Belief(False, "The two versions do not end in the same question.")
    return Belief(True, "By the wording alone, all conditions and the question are still there.")


def _mistaken(unchanged: bool) -> str:
    if unchanged:
        return "What was added is a detail of the story and touches no condition."
    return "The added numbers could be read as a further condition."
