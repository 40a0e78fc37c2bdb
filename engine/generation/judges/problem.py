"""Scores a problem from 0 to 1 for covering its knowledge points without error or gap (GSDP 2.5, A.5).

The published criteria and the published prompt differ; one prompt with all criteria and any number of points is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/problem"
FORM = forms.LabelledForm.of(forms.unit("Score"), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class ProblemScore:
    """One judge's score from 0 to 1, the reason, and the reply."""

    score: float
    reason: str
    reply: Reply


def score(
    statement: str, points: tuple[str, ...], role: str, sampling: Sampling, reread: int = 2
) -> Talk[ProblemScore]:
    """Ask the judge in `role`; it sees the statement and all points, never a solution (GSDP-25)."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(count=len(points), points=prompts.listed(points), problem=statement)
    (value, reason), reply = yield from ask(FORM.chat(role, messages, prompt.ref, sampling), read, reread)
    return ProblemScore(value, reason, reply)


def read(text: str) -> tuple[float, str]:
    """Return score and reason; a score outside 0 to 1 is unreadable, not clipped."""
    found = FORM.read(text)
    return found["Score"], found["Reason"]
