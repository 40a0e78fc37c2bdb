"""Ask whether two knowledge points of the grey band are the same: filter 2 of the dual filter (GSDP-07)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Sampling, Talk, ask

PROMPT = "knowledge/same"
_PROMPT = prompts.load(PROMPT)
FORM = forms.LabelledForm.of(forms.yes("Same"), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class Sameness:
    """What the model said of a pair, and why."""

    same: bool
    reason: str
    reply_id: str | None = None


def judge(
    a: str, b: str, sampling: Sampling | None = None, *, role: str = "filter", retries: int = 2
) -> Talk[Sameness]:
    """Return whether two points are the same, with the reason."""
    chat = FORM.chat(role, _PROMPT.fill(first=a, second=b), _PROMPT.ref, sampling or Sampling())
    (same, reason), reply = yield from ask(chat, _read, retries)
    return Sameness(same, reason, reply.id)


def _read(text: str) -> tuple[bool, str]:
    found = FORM.read(text)
    return found["Same"], found["Reason"]
