"""Makes a seed harder in rounds: a suggester says how, an editor writes it (Orca-Math, arXiv 2402.14830)."""

from __future__ import annotations

import re
from functools import partial

from engine.core import forms, prompts, reply_parsing
from engine.core.errors import UnfitReply, UnreadableReply
from engine.core.protocol import Reply, Talk, ask
from engine.core.settings import Flames
from engine.generation.agents import statement
from engine.generation.agents.sentences import asks
from engine.generation.agents.writing import AgentInfo, Draft, Note, Sample, WritingSource

CARD = AgentInfo("Suggester-Editor", "in-domain complexity", "seed", "2 per round", "Orca-Math")
PROMPTS: tuple[str, ...] = ("agents/suggester_editor_suggest", "agents/suggester_editor_edit")
_SUGGEST, _EDIT = PROMPTS

MOST = 5
"""Suggestions that the editor is given."""
SUGGESTIONS = forms.ListForm.of(
    "suggestions",
    "Answer with a numbered list and nothing else, as here for a problem about the price of a rug:",
    (
        "Give the perimeter of the rug instead of its width, so that the width has to be found first.",
        "Let the fringe cost something of its own for each metre.",
    ),
    ("不直接给出地毯的宽，改为给出周长，先求出宽。", "让流苏另外按每米收费。"),
    longest=160,
).for_at_most(MOST)
FORMS = (SUGGESTIONS, statement.FORM)
_WROTE = re.compile(r"^[#>*_ \t]*(?:new |harder |modified )?problem[*_]*[ \t]*[:：]", re.IGNORECASE | re.MULTILINE)


def write(source: WritingSource, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Suggest and edit `chosen.edit_rounds` times; a later round starts from what the one before wrote (FL-06)."""
    seed = source.seeds[0]
    now, made = seed.statement.strip(), None
    notes: list[Note] = []
    for turn in range(chosen.edit_rounds):
        if made is not None:
            notes.append(Note("draft", now, _EDIT, made))
        suggestions, reply = yield from _suggest(now, sample, turn, reread)
        notes.append(Note("suggestions", prompts.listed(suggestions), _SUGGEST, reply))
        now, made = yield from _edit(now, suggestions, sample, turn, reread)
    return (Draft(now, made, _EDIT, points=seed.points, notes=tuple(notes)),)


def _suggest(problem: str, sample: Sample, turn: int, reread: int) -> Talk[tuple[tuple[str, ...], Reply]]:
    prompt = prompts.load(_SUGGEST)
    chat = SUGGESTIONS.chat("writer", prompt.fill(problem=problem, limit=MOST), prompt.ref, sample(("suggest", turn)))
    return (yield from ask(chat, read_suggestions, reread, whole=True))


def _edit(
    problem: str, suggestions: tuple[str, ...], sample: Sample, turn: int, reread: int
) -> Talk[tuple[str, Reply]]:
    prompt = prompts.load(_EDIT)
    messages = prompt.fill(problem=problem, suggestions=prompts.listed(suggestions))
    chat = statement.FORM.chat("writer", messages, prompt.ref, sample(("edit", turn)))
    return (yield from ask(chat, partial(read, before=problem), reread, whole=True))


def read_suggestions(text: str) -> tuple[str, ...]:
    """Return up to five suggestions; a reply that writes the new problem itself is unreadable."""
    if _WROTE.search(reply_parsing.clean(text)):
        raise UnfitReply("the suggester wrote a problem instead of suggestions", raw=text)
    return SUGGESTIONS.read(text)


def read(text: str, before: str) -> str:
    """Return the edited problem; an empty or clipped one, or the one that was given, is unreadable."""
    edited = statement.read(text)
    if not _WROTE.search(reply_parsing.clean(text)) and not asks(edited):
        raise UnreadableReply("there is no problem in the reply", raw=text)
    if statement.fold(edited) == statement.fold(before):
        raise UnfitReply("the problem was given back as it was", raw=text)
    return edited


def too_long(solution: str, limit: int) -> bool:
    """Tell whether a solution has more characters than `limit`; 0 is no limit (Orca-Math dropped over 1,800)."""
    return 0 < limit < len(solution)
