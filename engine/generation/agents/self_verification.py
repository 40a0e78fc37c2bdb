"""Hides a number of a seed and states its result, so that the hidden number is asked for (Weng et al., MetaMath).

The question and its answer become one declarative sentence, which a model writes; the rest is done by rule.
"""

from __future__ import annotations

import re
from functools import partial

from engine.core import forms, prompts
from engine.core.errors import ItemFailure, UnfitReply
from engine.core.protocol import Reply, Talk, ask
from engine.core.records import Seed
from engine.core.settings import Flames
from engine.generation.agents import masking
from engine.generation.agents.sentences import chinese, parted
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource
from engine.verification.answers import equivalent

CARD = AgentInfo("Self-Verification", "robustness", "seed and answer", "1", "Self-Verification (via MetaMath)")
PROMPT = "agents/self_verification"
FORM = forms.LabelledForm.of(forms.words("Statement", "the sentence", 400))

_NO_NAMES = {"A", "An", "The", "There", "This", "That", "These", "Those", "It", "He", "She", "They", "We", "Each", "In"}
_SPACES = re.compile(r"[\s,$]")


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Write one problem for every number that stands before the question (FL-09).

    ItemFailure, before anything is asked, where the seed has no such number or no answer.
    """
    seed = source.seeds[0]
    if not seed.answer:
        raise ItemFailure("the seed has no answer to state")
    if not fits(seed):
        raise ItemFailure("the seed has no number before its question that could be hidden", raw=seed.statement)
    question = parted(seed.statement)[1]
    answer = masking.told(seed.answer)
    prompt = prompts.load(PROMPT)
    chat = FORM.chat("writer", prompt.fill(question=question, answer=answer), prompt.ref, sample("statement"))
    statement, reply = yield from ask(chat, partial(read, answer=answer), reread, whole=True)
    return tuple(_draft(one, statement, reply, seed.points) for one in _hidden(seed))


def fits(seed: Seed) -> bool:
    """Tell whether a problem can be written from the seed: it has an answer and a number before its question."""
    return bool(seed.answer and _hidden(seed))


def _hidden(seed: Seed) -> tuple[masking.Masked, ...]:
    rest, question = parted(seed.statement)
    return masking.masked(rest, masking.spelt(seed), question)


def read(text: str, answer: str) -> str:
    """Return the declarative sentence; one that asks, or does not tell the answer, is unreadable."""
    statement = " ".join(FORM.read(text)["Statement"].split())
    if statement.endswith(("?", "？")):
        raise UnfitReply("the statement still asks", raw=text)
    if not _tells(statement, answer):
        raise UnfitReply(f"the statement does not tell the answer {answer}", raw=text)
    return statement


def _tells(statement: str, answer: str) -> bool:
    bare = _SPACES.sub("", answer).lower()
    said = masking.numbers(statement, words=True)
    return bare in _SPACES.sub("", statement).lower() or any(equivalent(one.value, answer) for one in said)


def _draft(hidden: masking.Masked, statement: str, reply: Reply, points: tuple[str, ...]) -> Draft:
    chain = chinese(hidden.text + statement)
    given = f"{hidden.text}{statement}" if chain else f"{hidden.text} {_following(hidden.text, statement)}"
    asked = f"求{hidden.letter}的值。" if chain else f" What is the value of {hidden.letter}?"
    notes = (Note("statement", statement, PROMPT, reply), Note("masked question", hidden.text))
    return Draft(f"{given}{asked}", reply, PROMPT, answer=hidden.value, points=points, notes=notes)


def _following(text: str, statement: str) -> str:
    """Return the statement as it goes on after the text: behind a comma, words that are no names begin small."""
    first = statement.split(maxsplit=1)[0]
    return statement[0].lower() + statement[1:] if text.endswith(",") and first in _NO_NAMES else statement
