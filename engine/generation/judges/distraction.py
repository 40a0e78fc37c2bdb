"""Says whether content that was put into a problem left question and answer alone, and can veto it (FL-13)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/distraction"
FORM = forms.LabelledForm.of(forms.yes("Unchanged"), forms.words("Reason", "one short sentence"))


@dataclass(frozen=True, slots=True)
class DistractionRuling:
    """Whether question and answer are unchanged, with the reason and the reply; a no is a veto."""

    unchanged: bool
    reason: str
    reply: Reply


def judge(original: str, changed: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[DistractionRuling]:
    """Ask the judge in `role`; it sees both versions and no answer."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(original=original, changed=changed)
    (unchanged, reason), reply = yield from ask(FORM.chat(role, messages, prompt.ref, sampling), read, reread)
    return DistractionRuling(unchanged, reason, reply)


def read(text: str) -> tuple[bool, str]:
    """Return yes or no with the reason; anything else is unreadable."""
    found = FORM.read(text)
    return found["Unchanged"], found["Reason"]
