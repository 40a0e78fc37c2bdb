"""Makes a seed harder in rounds: a suggester says how, an editor writes it (Orca-Math, arXiv 2402.14830)."""

from __future__ import annotations

import re
from functools import partial

from engine import parsers, prompts
from engine.agents.sentences import chinese, folded
from engine.agents.writing import Card, Draft, Note, Sample, Source
from engine.contracts import Chat, Reply, Talk, ask
from engine.errors import UnreadableReply
from engine.settings import Flames

CARD = Card("Suggester-Editor", "in-domain complexity", "seed", "2 per round", "Orca-Math")
PROMPTS: tuple[str, ...] = ("agents/suggester_editor_suggest", "agents/suggester_editor_edit")
_SUGGEST, _EDIT = PROMPTS

MOST = 5
"""Suggestions that the editor is given."""
_WROTE = re.compile(r"^\s*[#>*_\s]*(?:new |harder |modified )?problem[*_]*\s*[:：]", re.IGNORECASE | re.MULTILINE)


def write(source: Source, sample: Sample, chosen: Flames, reread: int = 2) -> Talk[tuple[Draft, ...]]:
    """Suggest and edit `chosen.edit_rounds` times; a later round starts from what the one before wrote (FL-06)."""
    seed = source.seeds[0]
    statement, made = seed.statement.strip(), None
    notes: list[Note] = []
    for turn in range(chosen.edit_rounds):
        if made is not None:
            notes.append(Note("draft", statement, _EDIT, made))
        suggestions, reply = yield from _suggest(statement, sample, turn, reread)
        notes.append(Note("suggestions", prompts.listed(suggestions), _SUGGEST, reply))
        statement, made = yield from _edit(statement, suggestions, sample, turn, reread)
    return (Draft(statement, made, _EDIT, points=seed.points, notes=tuple(notes)),)


def _suggest(statement: str, sample: Sample, turn: int, reread: int) -> Talk[tuple[tuple[str, ...], Reply]]:
    prompt = prompts.load(_SUGGEST)
    chat = Chat("writer", prompt.fill(problem=statement, limit=MOST), prompt.ref, sample(("suggest", turn)))
    return (yield from ask(chat, read_suggestions, reread))


def _edit(
    statement: str, suggestions: tuple[str, ...], sample: Sample, turn: int, reread: int
) -> Talk[tuple[str, Reply]]:
    prompt = prompts.load(_EDIT)
    messages = prompt.fill(problem=statement, suggestions=prompts.listed(suggestions))
    chat = Chat("writer", messages, prompt.ref, sample(("edit", turn)))
    return (yield from ask(chat, partial(read, before=statement), reread))


def read_suggestions(text: str) -> tuple[str, ...]:
    """Return up to five suggestions; a reply that writes the new problem itself is unreadable."""
    if _WROTE.search(parsers.clean(text)):
        raise UnreadableReply("the suggester wrote a problem instead of suggestions", raw=text)
    return parsers.numbered(text, MOST)


def read(text: str, before: str) -> str:
    """Return the edited problem; an empty or clipped one, or the one that was given, is unreadable."""
    statement = parsers.after(text, "Problem")
    if len(statement) < 20 and not chinese(statement):
        raise UnreadableReply(f"the problem has only {len(statement)} characters", raw=text)
    if folded(statement) == folded(before):
        raise UnreadableReply("the problem was given back as it was", raw=text)
    return statement


def too_long(solution: str, limit: int) -> bool:
    """Tell whether a solution has more characters than `limit`; 0 is no limit (Orca-Math dropped over 1,800)."""
    return 0 < limit < len(solution)
