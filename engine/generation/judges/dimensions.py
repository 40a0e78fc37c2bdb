"""Marks a sample in eight dimensions from 1 to 10, each with a reason (continual learning 3.2).

The paper names the dimensions and shows its prompt as a picture only (appendix M), so what each asks for is put in our
own words. Four of them once stood for something else under the same short names: marks of another prompt text are
other measures, and no mean holds both (`version`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.errors import UnreadableReply
from engine.core.protocol import Reply, Sampling, Talk, ask

PROMPT = "judges/dimensions"
DIMENSIONS: dict[str, str] = {
    "LF": "Language fluency",
    "LC": "Logical correctness",
    "CC": "Content completeness",
    "KR": "Knowledge relevance",
    "DA": "Difficulty appropriateness",
    "TA": "Type adaptability",
    "AC": "Analysis completeness",
    "AA": "Answer accuracy",
}
"""The eight dimensions by their short names, in the order of the paper."""
NAMED = "dimension_"
"""What the names of their verdicts begin with."""
_EXAMPLE = "8 - two sentences of the solution run into each other"
_REASON = 80
"""Characters of one reason where a schema is sent: there are eight of them."""
_SAME_WORDS = frozenset(["4c3912e84f14"])
"""Hashes of earlier prompts that differ from today's in their example alone: they ask for the same."""
_MARK = re.compile(r"^\s*[*_`]*\s*(\d+(?:\.\d+)?)\s*(?:/\s*10)?[*_`]*\s*[-–—:：,，.;|]*\s*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Mark:
    """One dimension: its short name, the mark from 1 to 10, and the reason."""

    key: str
    value: float
    reason: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The eight marks in their order, and the reply (CL-28)."""

    marks: tuple[Mark, ...]
    reply: Reply

    @property
    def mean(self) -> float:
        """The mean of the eight."""
        return sum(mark.value for mark in self.marks) / len(self.marks)


def version() -> str:
    """Return the hash of the prompt that marks are given by today; verdicts keep it as their version."""
    return prompts.load(PROMPT).ref.hash


def versions() -> frozenset[str]:
    """Return the versions of verdicts that measure what today's prompt asks for."""
    return _SAME_WORDS | {version()}


def spelled(name: str, said_by: str) -> str:
    """Return a verdict's dimension in words: `dimension_CC` of version `said_by` is content completeness.

    What an earlier prompt meant by a short name is not told by today's words, so the short name stands.
    """
    key = name.removeprefix(NAMED)
    return DIMENSIONS.get(key, key).lower() if said_by in versions() else f"{key} by an earlier prompt"


def judge(request: str, question: str, solution: str, role: str, sampling: Sampling, reread: int = 2) -> Talk[Measured]:
    """Ask the judge in `role` for all eight marks at once."""
    prompt = prompts.load(PROMPT)
    messages = prompt.fill(request=request, question=question, solution=solution)
    marks, reply = yield from ask(FORM.chat(role, messages, prompt.ref, sampling), read, reread)
    return Measured(marks, reply)


def read(text: str) -> tuple[Mark, ...]:
    """Return the eight marks; one that is missing or off the scale makes the reply unreadable."""
    found = FORM.read(text)
    return tuple(found[key] for key in DIMENSIONS)


def _part(key: str) -> forms.ReplyPart:
    rule = {
        "type": "object",
        "properties": {
            "mark": {"type": "integer", "enum": list(range(1, 11))},
            "reason": {"type": "string", "minLength": 1, "maxLength": _REASON},
        },
        "required": ["mark", "reason"],
        "additionalProperties": False,
    }
    return forms.ReplyPart(
        key,
        _EXAMPLE,
        rule,
        lambda said: _mark(key, said),
        spoken=lambda mark: f"{mark.value:g} - {mark.reason}",
        value=lambda mark: {"mark": mark.value, "reason": mark.reason},
    )


def _mark(key: str, said: str) -> Mark:
    hit = _MARK.match(said)
    if not hit or not 1 <= float(hit[1]) <= 10:
        raise UnreadableReply(f"{key} is no number from 1 to 10: {said[:40]!r}", raw=said)
    return Mark(key, float(hit[1]), hit[2].strip())


FORM = forms.LabelledForm.of(
    *(_part(key) for key in DIMENSIONS),
    lines=f"Answer in eight lines, each like this:\nLF: {_EXAMPLE}",
    members="Answer with one JSON object and nothing else. Its members are "
    f"{', '.join(DIMENSIONS)}, each an object with the mark and a short reason.",
)
