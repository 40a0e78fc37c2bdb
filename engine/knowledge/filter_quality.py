"""Ask whether a knowledge point belongs in the list at all: filter 1 of the dual filter (GSDP-05)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Sampling, Talk, ask

PROMPT = "knowledge/keep"
_PROMPT = prompts.load(PROMPT)
LABELS = ("keep", "vague", "wrong", "over-detailed")
FORM = forms.LabelledForm.of(forms.option("Verdict", LABELS), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class Kept:
    """What the model said of a point: keep, vague, wrong or over-detailed, and why."""

    label: str
    reason: str
    reply_id: str | None = None

    @property
    def keep(self) -> bool:
        """Whether the point stays."""
        return self.label == "keep"


def judge(point: str, sampling: Sampling | None = None, *, role: str = "filter", retries: int = 2) -> Talk[Kept]:
    """Return the label and the reason for one point."""
    chat = FORM.chat(role, _PROMPT.fill(point=point), _PROMPT.ref, sampling or Sampling())
    (label, reason), reply = yield from ask(chat, _read, retries)
    return Kept(label, reason, reply.id)


def _read(text: str) -> tuple[str, str]:
    found = FORM.read(text)
    return found["Verdict"], found["Reason"]
