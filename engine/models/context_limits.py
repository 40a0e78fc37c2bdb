"""Whether replies fit into what models can hold: a server refuses a request whose reply may be longer than its context.

A context holds prompt and reply together. vLLM refuses where the longest reply that is asked for does not fit behind
the prompt, however short the reply would have been, so every call of a run would fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine.models.independence import model_of, role_name

PROMPT = 512
"""Tokens that a prompt takes at least: the longest template, and a problem."""
ROOM = 2048
"""Tokens left to prompts where the reply is cut short: judges read what solvers wrote."""
STEP = 64
"""Advice is a multiple of this."""


@dataclass(frozen=True, slots=True)
class Tight:
    """A model whose context, in tokens, is too short for the replies that its roles ask for."""

    model: str
    roles: tuple[str, ...]
    context: int
    asked: int

    @property
    def sentence(self) -> str:
        """What does not fit, in words."""
        first, *rest = (role_name(role) for role in self.roles)
        names = (first, *(name[:1].lower() + name[1:] for name in rest))
        who = f"{', '.join(names[:-1])} and {names[-1]} ask" if rest else f"{first} asks"
        return f"{who} for {self.asked:,} tokens, {self.model} has a context of {self.context:,}."


def tight(roles: Mapping[str, str], asked: int, contexts: Mapping[str, int]) -> tuple[Tight, ...]:
    """Return the models that cannot take a prompt and a reply of `asked` tokens.

    `roles` gives ENGINE:MODEL by role, `contexts` the context of each ENGINE:MODEL that is known, 0 for unknown.
    """
    by_model: dict[str, list[str]] = {}
    for role, where in roles.items():
        by_model.setdefault(model_of(where), []).append(role)
    return tuple(
        Tight(where.partition(":")[2], tuple(users), context, asked)
        for where, users in by_model.items()
        if (context := contexts.get(where, 0)) and asked > context - min(PROMPT, context // 2)
    )


def lowered(found: Iterable[Tight]) -> int:
    """Return the longest reply, in tokens, that fits all these models and leaves room for prompts."""
    return min(max(16, (one.context - min(ROOM, one.context // 2)) // STEP * STEP) for one in found)
