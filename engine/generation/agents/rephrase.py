"""Writes variants of a seed that differ from it and from one another (AgenticMath, stage 2)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import UnfitReply, UnreadableReply
from engine.core.protocol import Talk, ask
from engine.generation.agents import statement
from engine.generation.agents.writing import AgentInfo, Draft, Sample

PROMPT = "agents/rephrase"
CARD = AgentInfo("Rephrase", "in-domain practice", "seed", "1, more where variants are missing", "AgenticMath")
NEAR = 0.97
"""Share of words in common from which two variants are one."""
MOST_CALLS = 3
"""Calls for one seed; after them the variants that are there must do."""
_MARK = re.compile(r"^[#>*_\s]*(?:variant|变体)\s*\d{1,3}[*_]*\s*[:：.][*_]*\s*", re.IGNORECASE | re.MULTILINE)
_ASKED = "Write each variant after a marker of its own, numbered from 1:\nVariant 1:"
_LONGEST = 400
"""Characters that a variant of a short seed may have where a schema is sent; of others three times theirs."""
_WORD = re.compile(r"[\u4e00-\u9fff]|\\?\w+|[^\w\s]")


def form(count: int, seed: str = "") -> forms.Form:
    """Return the form of a reply with so many variants of a seed."""
    entry = {"type": "string", "minLength": statement.SHORTEST, "maxLength": max(_LONGEST, 3 * len(seed))}
    rules = {"variants": {"type": "array", "items": entry, "minItems": 1, "maxItems": count}}
    asked = 'Answer with one JSON object and nothing else. Its one member "variants" lists them.'
    return forms.Form(_ASKED, asked, rules, least=2 * len(seed) + 100)


def rephrase(seed: str, count: int, sample: Sample, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Return `count` variants of a seed (AM-07); fewer only where further calls give no new ones, none is a failure.

    Too many are cut. Variants that repeat the seed or one another are left out and asked for again (AM-08).
    """
    prompt = prompts.load(PROMPT)
    found: list[Draft] = []
    for call in range(MOST_CALLS):
        missing = count - len(found)
        messages = prompt.fill(problem=seed, count=missing)
        # A later call that asks for as many must not be answered by the same reply.
        sampling = sample(("rephrase", call))
        chat = form(missing, seed).chat("writer", messages, prompt.ref, sampling)
        texts, reply = yield from ask(chat, read, reread, whole=True)
        for text in texts:
            if len(found) < count and distinct(text, [seed, *(draft.statement for draft in found)]):
                found.append(Draft(text, reply, PROMPT))
        if len(found) == count:
            break
    if not found:
        raise UnfitReply("no variant differs from the seed", raw=reply.text)
    return tuple(found)


def read(text: str) -> tuple[str, ...]:
    """Return the variants behind their markers, in order; a reply without any is unreadable."""
    pieces = _listed(text) or _marked(text)
    found = tuple(piece for piece in pieces if len(piece) >= statement.SHORTEST or statement.cjk(piece) >= 8)
    if not found:
        raise UnreadableReply("no variant is marked in the reply", raw=text)
    return found


def _listed(text: str) -> list[str]:
    """Return the variants of a reply that is an object, none where it is not."""
    listed = forms.members(text).get("variants")
    return [str(piece).strip() for piece in listed] if isinstance(listed, list) else []


def _marked(text: str) -> list[str]:
    body = reply_parsing.clean(text)
    marks = list(_MARK.finditer(body))
    ends = [mark.start() for mark in marks[1:]] + [len(body)]
    return [body[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=False)]


def distinct(text: str, others: Sequence[str]) -> bool:
    """Say whether a variant is another problem text than all of `others`: not equal, and not nearly so (AM-08).

    Two texts are nearly equal when they share at least `NEAR` of their words and signs and differ in no number.
    """
    words, numbers = _bag(text)
    for other in others:
        if statement.fold(text) == statement.fold(other):
            return False
        theirs, figures = _bag(other)
        shared = 2 * (words & theirs).total() / max(1, words.total() + theirs.total())
        if shared >= NEAR and numbers == figures:
            return False
    return True


def _bag(text: str) -> tuple[Counter[str], list[str]]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return Counter(words), [word for word in words if word[0].isdigit()]
