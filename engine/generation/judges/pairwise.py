"""Says which of two solutions of one problem is better, asked both ways round (Zheng et al. 2023, section 3.4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from engine.core import forms, prompts
from engine.core.errors import UnreadableReply
from engine.core.protocol import Reply, Sampling, Talk, ask
from engine.curation.trust.order_bias import PairReading, Place
from engine.generation.agents.sentences import chinese

PROMPT = "judges/pairwise"
CHINESE = "judges/pairwise_chinese"
"""The same words for a problem in Chinese; the lines of the reply are the same."""
ROLE = "pairwise"
FORM = forms.LabelledForm.of(
    forms.option("Better", ("First", "Second", "Tie")), forms.words("Reason", "one short sentence")
)


@dataclass(frozen=True, slots=True)
class PreferredPlace:
    """Which of the two as they were shown is better, why, and the reply."""

    place: Place
    reason: str
    reply: Reply


def prefer(
    statement: str, first: str, second: str, role: str, sampling: Sampling, reread: int = 2
) -> Talk[PreferredPlace]:
    """Compare two solutions in the order in which they are given."""
    prompt = prompts.load(CHINESE if chinese(statement) else PROMPT)
    chat = FORM.chat(role, prompt.fill(problem=statement, first=first, second=second), prompt.ref, sampling)
    (place, reason), reply = yield from ask(chat, read, reread)
    return PreferredPlace(place, reason, reply)


def both_ways(
    statement: str, one: str, other: str, role: str, sampling: Sampling, reread: int = 2
) -> Talk[PairReading]:
    """Ask with `one` first, then with `other` first; a reply that cannot be read is no word at all."""
    places: list[Place | None] = []
    for first, second in ((one, other), (other, one)):
        try:
            said = yield from prefer(statement, first, second, role, sampling, reread)
            places.append(said.place)
        except UnreadableReply:
            places.append(None)
    return PairReading(*places)


def read(text: str) -> tuple[Place, str]:
    """Return first, second or tie with the reason; anything else is unreadable."""
    found = FORM.read(text)
    return cast(Place, found["Better"].lower()), found["Reason"]
