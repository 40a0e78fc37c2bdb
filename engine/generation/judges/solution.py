"""Checks a solution on calculation, logic and completeness; one False is a veto (GSDP 2.5, A.6)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import prompts, reply_parsing
from engine.core.protocol import Chat, Reply, Sampling, Talk, ask

PROMPT = "judges/solution"


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
    chat = Chat(role, prompt.fill(problem=statement, solution=solution), prompt.ref, sampling)
    (calculation, logic, completeness, reason), reply = yield from ask(chat, read, reread)
    return SolutionFinding(calculation, logic, completeness, reason, reply)


def read(text: str) -> tuple[bool, bool, bool, str]:
    """Return the three findings and the reason."""
    found = reply_parsing.fields(text, "Calculation", "Logic", "Completeness", "Reason")
    three = [reply_parsing.yes_no(found[name]) for name in ("Calculation", "Logic", "Completeness")]
    return three[0], three[1], three[2], found["Reason"]
