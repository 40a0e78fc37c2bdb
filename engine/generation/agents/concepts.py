"""What the three key-concept agents share: list concepts, draw some of them, write from those alone."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from engine.core import forms, prompts
from engine.core.errors import UnreadableReply
from engine.core.protocol import Sampling, Talk, ask
from engine.core.settings.naming import NameLimits
from engine.generation.agents import statement
from engine.generation.agents.writing import Draft, Note
from engine.knowledge import concept_names

LISTING = forms.ListForm.of(
    "concepts",
    "Answer with a numbered list and nothing else, as in:",
    ("Stirling numbers of the second kind", "surjective functions"),
    ("第二类斯特林数", "满射"),
)
"""How the first call is answered."""
FORMS = (LISTING, statement.FORM)

_ASIDE = re.compile(r"[*_`]*\s*[:：]\s*\S.*|\s+[-–—]\s+\S.*")
_LONGEST = 120
"""Characters from which an entry is a paragraph rather than the name of a concept."""


@dataclass(frozen=True, slots=True)
class Listed:
    """The concepts that the first call named, and the note that keeps them."""

    names: tuple[str, ...]
    note: Note


def ask_list(
    prompt_id: str, limit: int, sampling: Sampling, reread: int, limits: NameLimits | None = None, **holes: str
) -> Talk[Listed]:
    """First call: ask for at most `limit` concepts; `holes` are the other blocks of the prompt."""
    prompt = prompts.load(prompt_id)
    chat = LISTING.for_at_most(limit).chat("writer", prompt.fill(limit=limit, **holes), prompt.ref, sampling)
    given = "\n".join(holes.values())
    names, reply = yield from ask(chat, lambda text: read(text, limit, limits, given), reread, whole=True)
    return Listed(names, Note("concepts", prompts.listed(names), prompt_id, reply))


def ask_problem(
    prompt_id: str, drawn: tuple[str, ...], notes: tuple[Note, ...], sampling: Sampling, reread: int, **holes: str
) -> Talk[tuple[Draft, ...]]:
    """Second call: one problem that needs the drawn concepts, which are all that this request holds of the list."""
    prompt = prompts.load(prompt_id)
    messages = prompt.fill(count=len(drawn), concepts=prompts.listed(drawn), **holes)
    chat = statement.FORM.chat("writer", messages, prompt.ref, sampling)
    text, reply = yield from ask(chat, statement.read, reread, whole=True)
    kept = (*notes, Note("drawn concepts", prompts.listed(drawn)))
    return (Draft(text, reply, prompt_id, points=drawn, notes=kept),)


def draw(names: tuple[str, ...], count: int, sampling: Sampling) -> tuple[str, ...]:
    """Return `count` of the names (all where there are fewer), in list order; equal seeds draw the same."""
    places = random.Random(sampling.seed).sample(range(len(names)), min(count, len(names)))
    return tuple(names[place] for place in sorted(places))


def read(text: str, limit: int, limits: NameLimits | None = None, given: str = "") -> tuple[str, ...]:
    """Return the concepts of a list without the explanations that some models add to each.

    `given` is the text that they were read from; a list of sentences about it is unfit.
    """
    said = LISTING.for_at_most(2 * limit).read(text)
    bare = tuple(_ASIDE.sub("", entry).strip(' *_`"“”') for entry in said)
    concept_names.checked(bare, limits or NameLimits(), given, text)
    names = tuple(dict.fromkeys(name for name in bare if name and len(name) <= _LONGEST))[:limit]
    if not names:
        raise UnreadableReply("the list names no concept", raw=text)
    return names
