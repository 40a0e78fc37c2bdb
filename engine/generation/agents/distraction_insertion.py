"""Puts content into a seed that belongs to its topic and changes nothing: same question, same answer (FLAMES)."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial

from engine.core import prompts
from engine.core.errors import ItemFailure, UnfitReply
from engine.core.protocol import Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import masking, statement
from engine.generation.agents.sentences import folded, parted, sentences
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource

CARD = AgentInfo("Distraction Insertion", "robustness", "seed and answer", "1, and 1 of a judge", "FLAMES")
PROMPT = "agents/distraction_insertion"
FORM = statement.FORM

_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\})(?=\d{3}(?!\d))")


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Ask for the seed with irrelevant content; the seed's answer is inherited (FL-13)."""
    seed = source.seeds[0]
    if not seed.answer:
        raise ItemFailure("the seed has no answer that could be inherited")
    prompt = prompts.load(PROMPT)
    chat = FORM.chat("writer", prompt.fill(problem=seed.statement.strip()), prompt.ref, sample("distract"))
    longer, reply = yield from ask(chat, partial(read, original=seed.statement), reread, whole=True)
    note = Note("distractor", added(seed.statement, longer), PROMPT, reply)
    return (Draft(longer, reply, PROMPT, answer=seed.answer, points=seed.points, notes=(note,)),)


def read(text: str, original: str) -> str:
    """Return the new text; unreadable where a number or the question of the original is lost, or nothing was added."""
    longer = statement.read(text)
    lost = _counted(original) - _counted(longer)
    if lost:
        raise UnfitReply(f"numbers of the original are lost: {', '.join(sorted(lost))}", raw=text)
    if folded(parted(original)[1]) not in folded(longer):
        raise UnfitReply("the question of the original is lost", raw=text)
    if not added(original, longer):
        raise UnfitReply("nothing was added", raw=text)
    return longer


def _counted(text: str) -> Counter[str]:
    """Count the runs of digits, so that numbers inside formulas count as well, and number words by their value."""
    words = (masking.WORDS.get(word, word) for word in folded(_THOUSANDS.sub("", text)).split())
    return Counter(word for word in words if word.isdigit())


def added(original: str, longer: str) -> str:
    """Return the sentences that are new, '' where the words did not become more."""
    if len(folded(longer).split()) <= len(folded(original).split()):
        return ""
    known = {folded(piece) for piece in sentences(original)}
    new = [piece.strip() for piece in sentences(longer) if folded(piece) not in known]
    return " ".join(new)
