"""What two experts said settled: merged where they agree, decided by working it out where they do not."""

from __future__ import annotations

import json

from engine.abacus.responders import expert
from engine.abacus.tasks import Brief, TaskAnswer

TASK = "settle what two experts said"


def respond(brief: Brief) -> TaskAnswer:
    """Return Sound: Yes or No, with None or what must be mended."""
    first, second = brief.block("first"), brief.block("second")
    yes = [word.startswith("Acceptable") for word in (first, second)]
    if yes[0] is yes[1]:
        sound, findings = yes[0], _merged(first, second)
        truth = {"agreed": True, "slip": False}
    else:
        sound, findings, known = expert.examined(brief)
        slip = brief.slips(brief.persona.wrong_check)
        sound = sound is not slip
        findings = findings if not slip else "The reasoning is not complete."
        truth = {"agreed": False, "known": known, "slip": slip}
    feedback = "None" if sound else findings
    return TaskAnswer.of(("Sound", "Yes" if sound else "No"), ("Feedback", feedback), truth=json.dumps(truth))


def _merged(first: str, second: str) -> str:
    words = [said.partition(". ")[2].strip() for said in (first, second)]
    return " ".join(dict.fromkeys(word for word in words if word)) or "The sample does not hold."
