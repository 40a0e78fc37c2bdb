"""Merges what two experts said into one verdict with feedback, settling conflicts (continual learning 2.3.2)."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import UnfitReply, UnreadableReply
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/arbiter"
FORM = forms.LabelledForm.of(forms.yes("Sound"), forms.words("Feedback", "None, or what must be mended", forms.LONG))
_NOTHING = frozenset(
    ("", "none", "null", "nothing", "nothing to mend", "no issues", "no issue", "n/a", "-", "–", "无", "没有")
)


@dataclass(frozen=True, slots=True)
class Settled:
    """Whether the sample is sound (L), what to mend (E, empty exactly where it is sound), and the reply."""

    sound: bool
    feedback: str
    reply: Reply


def settle(
    request: str,
    question: str,
    solution: str,
    first: str,
    second: str,
    role: str,
    sampling: Sampling,
    reread: int = 2,
) -> Talk[Settled]:
    """Ask the arbiter; `first` and `second` are the experts' words, one after the other."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(request=request, question=question, solution=solution, first=first, second=second)
    (sound, feedback), reply = yield from ask(FORM.chat(role, messages, prompt.ref, sampling), read, reread)
    return Settled(sound, feedback, reply)


def read(text: str) -> tuple[bool, str]:
    """Return verdict and feedback; a sound sample with something to mend, and the reverse, are unreadable (CL-11)."""
    verdict, _ = FORM.parts
    sound = verdict.checked(reply_parsing.fields(text, "Sound")["Sound"].splitlines()[0], text)
    feedback = _feedback(text)
    empty = feedback.lower().rstrip(".。! ") in _NOTHING
    if sound is not empty:
        raise UnfitReply(
            "the sample is sound, yet there is something to mend"
            if sound
            else "it is not sound, yet nothing is to mend",
            raw=text,
        )
    return sound, "" if empty else feedback


def _feedback(text: str) -> str:
    """Return the feedback, '' where the reply leaves it empty."""
    try:
        return str(FORM.read(text)["Feedback"]).strip()
    except UnfitReply:
        raise
    except UnreadableReply:
        return ""
