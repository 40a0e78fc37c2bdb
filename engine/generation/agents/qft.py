"""Lets a model that was tuned on questions write whatever problem comes to it (question fine-tuning, ScaleQuest)."""

from __future__ import annotations

from dataclasses import replace

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import UnfitReply, UnreadableReply
from engine.core.protocol import Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import statement
from engine.generation.agents.writing import AgentInfo, Draft, Sample, WritingSource

PROMPT = "agents/qft"
CARD = AgentInfo("QFT", "out-of-domain", "nothing", "1", "ScaleQuest (arXiv 2410.18693)")
FORM = forms.free("The method sends the bare chat prefix and keeps what comes: nothing is asked, not even a form.")
ROLE = "question_writer"
TEMPERATURE, TOP_P, MAX_TOKENS = 1.0, 0.99, 1024
"""ScaleQuest's sampling: nothing but the model's own taste steers it, so it is sampled wide."""


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Send an empty user turn, the bare chat prefix, and keep what comes where it is ASCII and not empty (FL-11)."""
    prompt = prompts.load(PROMPT)
    wide = replace(sample("qft"), temperature=TEMPERATURE, top_p=TOP_P, max_tokens=MAX_TOKENS)
    chat = FORM.chat(ROLE, prompt.fill(), prompt.ref, wide)
    text, reply = yield from ask(chat, read, reread, whole=True)
    return (Draft(text, reply, PROMPT),)


def read(text: str) -> str:
    """Return the problem; an empty one, and one with any character outside ASCII, are unreadable (FL-11)."""
    if not reply_parsing.clean(text):
        raise UnreadableReply("the problem is empty", raw=text)
    written = statement.read(text, least=1)
    if not written.isascii():
        strange = next(letter for letter in written if not letter.isascii())
        raise UnfitReply(f"the problem has {strange!r}, which is not ASCII", raw=text)
    return written
