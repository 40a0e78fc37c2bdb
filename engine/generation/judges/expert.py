"""One expert examines a question with its solution against the request; it knows of no other (continual learning)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/expert"
FORM = forms.LabelledForm.of(
    forms.yes("Acceptable"),
    forms.words("Findings", "what is wrong and where, or what convinced you", forms.LONG),
)


@dataclass(frozen=True, slots=True)
class Examined:
    """Whether the sample is acceptable, what the expert found, and the reply."""

    acceptable: bool
    findings: str
    reply: Reply


def examine(
    request: str, question: str, solution: str, role: str, sampling: Sampling, reread: int = 2
) -> Talk[Examined]:
    """Ask one expert; it sees request and sample, and nothing that another said (CL-10)."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(request=request, question=question, solution=solution)
    (acceptable, findings), reply = yield from ask(FORM.chat(role, messages, prompt.ref, sampling), read, reread)
    return Examined(acceptable, findings, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the findings; anything else is unreadable."""
    found = FORM.read(text)
    return found["Acceptable"], found["Findings"]
