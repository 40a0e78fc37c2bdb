"""Ask for the one name of a class of equal knowledge points; a better, new name is welcome (GSDP-09)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.echo import is_placeholder
from engine.core.errors import UnfitReply, UnreadableReply
from engine.core.protocol import Sampling, Talk, ask

PROMPT = "knowledge/name"
_PROMPT = prompts.load(PROMPT)
LONGEST = 120
"""Characters beyond which a reply is a sentence and no name."""
FORM = forms.LabelledForm.of(
    forms.words("Name", "the chosen name", LONGEST), forms.words("Reason", "one short sentence")
)


@dataclass(frozen=True, slots=True)
class ChosenName:
    """The representative of a class and why; `written` when it is none of the given names."""

    name: str
    reason: str
    written: bool
    reply_id: str | None = None


def choose(
    names: Sequence[str], sampling: Sampling | None = None, *, role: str = "filter", retries: int = 2
) -> Talk[ChosenName]:
    """Return the name that stands for all of `names`."""
    listed = "\n".join(f"- {name}" for name in names)
    chat = FORM.chat(role, _PROMPT.fill(points=listed), _PROMPT.ref, sampling or Sampling())
    (name, reason), reply = yield from ask(chat, _read, retries)
    given = {known.casefold(): known for known in reversed(names)}
    return ChosenName(given.get(name.casefold(), name), reason, name.casefold() not in given, reply.id)


def _read(text: str) -> tuple[str, str]:
    found = FORM.read(text)
    name = " ".join(found["Name"].split()).strip(" \"'“”.*`")
    if not name or len(name) > LONGEST:
        raise UnreadableReply(f"{name[:80]!r} is no name", raw=text)
    if is_placeholder(name):
        raise UnfitReply(f"{name!r} is a placeholder", raw=text)
    return name, found["Reason"]
