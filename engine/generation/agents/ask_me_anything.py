"""Turns a solved seed into a statement and asks for each of its numbers in turn (Ask Me Anything of Orca-Math)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import ItemFailure, UnfitReply, UnreadableReply
from engine.core.protocol import Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import masking, statement
from engine.generation.agents.sentences import chinese
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource

CARD = AgentInfo("Ask Me Anything", "robustness", "seed and answer", "1 for many problems", "Orca-Math")
PROMPT = "agents/ask_me_anything"
MOST = 20
"""Problems that are taken from one reply."""
SHORTEST = 20
"""Characters below which an English question cannot be a whole problem."""

_LABEL = r"^[ \t]*(?:\d{1,3}[.)])?[#>*_\- \t]*"
_TARGET = re.compile(rf"{_LABEL}Target[*_]*\s*[:：][*_]*[ \t]*", re.IGNORECASE | re.MULTILINE)
_QUESTION = re.compile(rf"{_LABEL}(?:Question|Problem)[*_]*\s*[:：][*_]*\s*", re.IGNORECASE | re.MULTILINE)
_ENDS = (".", "?", "!", "。", "？", "！", "$", ")", "）", "]", '"', "”")


_SOME_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
_ASKED = "Answer in the same form, the statement first and then a target and a question for each number:\nStatement:"
_MEMBERS = (
    'Answer with one JSON object and nothing else: the member "statement", and the member "problems", which lists an '
    'object with "target" and "question" for each number.'
)


@dataclass(frozen=True, slots=True)
class Hidden:
    """One problem and the number that it hides."""

    target: str
    question: str


@dataclass(frozen=True, slots=True)
class AskedStatement:
    """The statement and the problems made of it."""

    statement: str
    problems: tuple[Hidden, ...]


def form(seed: str = "") -> forms.Form:
    """Return the form of a reply about a seed; it has few more problems than there are numbers to hide."""
    text = {"type": "string", "minLength": 1, "maxLength": 2 * len(seed) + 200}
    problem = {
        "type": "object",
        "properties": {"target": {"type": "string", "minLength": 1, "maxLength": 60}, "question": text},
        "required": ["target", "question"],
        "additionalProperties": False,
    }
    most = min(MOST, len(_SOME_NUMBER.findall(seed)) + 3)
    listed = {"type": "array", "items": problem, "minItems": 1, "maxItems": most}
    return forms.Form(_ASKED, _MEMBERS, {"statement": text, "problems": listed}, least=len(seed) + 60)


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Ask once for the statement and one problem per number; each hidden value is that problem's answer (FL-08)."""
    seed = source.seeds[0]
    if not seed.answer:
        raise ItemFailure("the seed has no answer to state")
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(problem=seed.statement.strip(), answer=masking.told(seed.answer))
    chat = form(seed.statement).chat("writer", messages, prompt.ref, sample("ask"))
    asked, reply = yield from ask(chat, read, reread, whole=True)
    note = Note("statement", asked.statement, PROMPT, reply)
    return tuple(
        Draft(
            hidden.question,
            reply,
            PROMPT,
            answer=masking.value_of(hidden.target) or hidden.target,
            points=seed.points,
            notes=(note,),
        )
        for hidden in asked.problems
    )


def read(text: str) -> AskedStatement:
    """Return statement and problems; malformed blocks are passed over, without any good one it is unreadable."""
    held = _of_object(text)
    lead, blocks = held or _of_lines(text)
    good = {statement.fold(hidden.question): hidden for block in blocks if (hidden := _hidden(*block))}
    if not good:
        fault = UnfitReply if held else UnreadableReply
        raise fault("no block with a target and a question", raw=text)
    told = " ".join(reply_parsing.after(lead, "Statement").split())
    return AskedStatement(told, tuple(good.values())[:MOST])


def _of_lines(text: str) -> tuple[str, list[tuple[str, str]]]:
    """Return what comes before the first target, and the pairs of target and question."""
    lead, *blocks = _TARGET.split(reply_parsing.clean(text))
    parted = [_QUESTION.split(block) for block in blocks]
    return lead, [(parts[0], parts[1]) for parts in parted if len(parts) == 2]


def _of_object(text: str) -> tuple[str, list[tuple[str, str]]] | None:
    """Return the same of a reply that is an object, None where it is not."""
    said = forms.members(text)
    listed = said.get("problems")
    if not isinstance(listed, list):
        return None
    pairs = [(one.get("target"), one.get("question")) for one in listed if isinstance(one, dict)]
    return str(said.get("statement") or ""), [(str(target), str(asked)) for target, asked in pairs if target and asked]


def _hidden(target: str, asked: str) -> Hidden | None:
    """Return the problem of a block; None where target or question is missing, or the question is cut off."""
    value = " ".join(target.split()).strip(" *_`\"'“”")
    if not value or len(value) > 60:
        return None
    question = asked.strip(" \n*_`-")
    long_enough = len(question) >= SHORTEST or chinese(question)
    return Hidden(value, question) if long_enough and question.endswith(_ENDS) else None
