"""One named part of a reply: its label, what is asked for behind it, the rule of its JSON value, and its reader.

Numbers are rules of `enum`, not of `minimum` and `maximum`: every endpoint with structured output holds replies to an
enumeration, and several (llama.cpp, OpenAI's strict mode) hold no fraction to its bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.core import reply_parsing
from engine.core.echo import folded
from engine.core.errors import UnfitReply, UnreadableReply

SHORT = 240
"""Characters of one or two short sentences; a schema lets no reason grow longer, so that weak models come to an end."""
LONG = 600
"""Characters of what is to be mended."""


@dataclass(frozen=True, slots=True)
class ReplyPart:
    """A part of a reply; `read` turns the words behind the label into the value, `spoken` turns it back."""

    label: str
    hint: str
    """What the prompt says behind the label. It describes the part, so a reply that says the same says nothing."""
    rule: Mapping[str, Any]
    """JSON schema of the value."""
    read: Callable[[str], Any]
    spoken: Callable[[Any], str] = str
    value: Callable[[Any], Any] = lambda given: given
    """The value as JSON has it."""
    open: bool = False
    """Whether any words may stand here, those of the hint with others too."""

    def checked(self, said: str, raw: str) -> Any:
        """Return the value of what a reply says; UnreadableReply where it is none, UnfitReply where it is the hint."""
        words, hint = folded(said), folded(self.hint)
        if words == hint or (not self.open and words.startswith(f"{hint} ")):
            raise UnfitReply(f"{self.label} repeats what was asked for: {said[:60]!r}", raw=raw)
        try:
            return self.read(said)
        except UnreadableReply as unreadable:
            raise type(unreadable)(str(unreadable), raw=raw) from None


def unit(label: str) -> ReplyPart:
    """A number from 0 to 1 with two decimals."""
    steps = {"type": "number", "enum": [place / 100 for place in range(101)]}
    return ReplyPart(label, "a number from 0 to 1", steps, reply_parsing.unit_interval)


def yes(label: str, hint: str = "Yes or No") -> ReplyPart:
    """Yes or no."""
    return _two(label, hint, "Yes", "No")


def truth(label: str) -> ReplyPart:
    """True or false."""
    return _two(label, "True or False", "True", "False")


def option(label: str, options: tuple[str, ...]) -> ReplyPart:
    """One of several words."""
    hint = f"{', '.join(options[:-1])} or {options[-1]}"
    return ReplyPart(
        label, hint, {"type": "string", "enum": list(options)}, lambda said: reply_parsing.choice(said, options)
    )


def words(label: str, hint: str, longest: int = SHORT) -> ReplyPart:
    """Free words, `longest` characters at most where a schema is sent."""
    return ReplyPart(label, hint, {"type": "string", "minLength": 1, "maxLength": longest}, str, open=True)


def _two(label: str, hint: str, for_true: str, for_false: str) -> ReplyPart:
    def word(value: Any) -> str:
        return for_true if value else for_false

    rule = {"type": "string", "enum": [for_true, for_false]}
    return ReplyPart(label, hint, rule, reply_parsing.yes_no, spoken=word, value=word)
