"""Says whether a text is a mathematics problem that can be solved with what it gives (FL-22; as ScaleQuest asks)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/solvability"
FORM = forms.LabelledForm.of(forms.words("Reason", "one or two short sentences"), forms.yes("Solvable"))


@dataclass(frozen=True, slots=True)
class SolvabilityRuling:
    """Whether the problem can be solved, with the reason and the reply."""

    solvable: bool
    reason: str
    reply: Reply


def judge(statement: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[SolvabilityRuling]:
    """Ask the judge in `role`, at temperature 0 as the method does; it sees the statement alone."""
    prompt = prompts.load(PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=statement), prompt.ref, replace(sampling, temperature=0.0))
    (solvable, reason), reply = yield from ask(chat, read, reread)
    return SolvabilityRuling(solvable, reason, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the reason; anything else is unreadable."""
    found = FORM.read(text)
    return found["Solvable"], found["Reason"]
