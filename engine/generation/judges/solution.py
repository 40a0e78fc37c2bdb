"""Checks a solution on calculation, logic and completeness; one False is a veto (GSDP 2.5, A.6)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/solution"
FORM = forms.LabelledForm.of(
    forms.truth("Calculation"),
    forms.truth("Logic"),
    forms.truth("Completeness"),
    forms.words("Reason", "one short sentence; name the first wrong step where there is one"),
)


@dataclass(frozen=True, slots=True)
class SolutionFinding:
    """What one judge found, the reason, and the reply."""

    calculation: bool
    logic: bool
    completeness: bool
    reason: str
    reply: Reply

    @property
    def passed(self) -> bool:
        """Whether nothing was vetoed."""
        return self.calculation and self.logic and self.completeness


def check(statement: str, solution: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SolutionFinding]:
    """Ask the judge in `role` about one solution (GSDP-28)."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=statement, solution=solution), prompt.ref, sampling)
    (calculation, logic, completeness, reason), reply = yield from ask(chat, read, reread)
    return SolutionFinding(calculation, logic, completeness, reason, reply)


def read(text: str) -> tuple[bool, bool, bool, str]:
    """Return the three findings and the reason."""
    found = FORM.read(text)
    return found["Calculation"], found["Logic"], found["Completeness"], found["Reason"]
