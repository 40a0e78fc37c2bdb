"""Abacus as a backend: reads the messages of a chat, finds the task, answers as one of its personas.

Deterministic and offline. The reply depends on the messages, the sampling seed and the model name alone, so a new
attempt (which has another seed) gets another reply, and the same request the same one on any machine.
"""

from __future__ import annotations

import asyncio
import json
import time

from engine.abacus import blemish, schema
from engine.abacus.personas import PERSONAS, Cast, cast
from engine.abacus.responders import RESPONDERS
from engine.abacus.tasks import Brief, TaskAnswer, read
from engine.core.protocol import Chat, Completion, Heard, Message, Places, Probe, PromptRef, Sampling

_BY_TASK = {responder.task: responder for responder in RESPONDERS}
_TOKENS_PER_WORD = 1.3


class Abacus:
    """The embedded engine. Model names are personas, each also with a pace: `abacus-large@40ms`."""

    name = "abacus"

    async def complete(self, chat: Chat, model: str, heard: Heard | None = None) -> Completion:
        """Answer one chat; Refused for an unknown model or a schema that is no JSON object."""
        actor = cast(model)
        completion = _reply(chat, actor)
        await asyncio.sleep(actor.pace_s)
        return completion

    @staticmethod
    def require(model: str) -> None:
        """Raise Refused, which names the models that there are, where `model` is none of them."""
        cast(model)

    async def probe(self, model: str) -> Probe:
        """Ask a question and say who there is; runs send no schemas, because it writes lines as they are asked for."""
        begun = time.monotonic()
        question = Message("user", "Say in plain words that you are there.")
        await self.complete(Chat("probe", (question,), PromptRef("probe", ""), Sampling()), model or PERSONAS[0].name)
        names = tuple(persona.name for persona in PERSONAS)
        detail = "embedded engine for trying things out, not a language model"
        return Probe(True, detail, names, seconds=time.monotonic() - begun)

    async def places(self) -> Places:
        """As many as come: its pace is made up."""
        return Places()

    def learnt(self, model: str) -> str:
        """Nothing: it takes what it is sent."""
        return ""

    async def aclose(self) -> None:
        """Do nothing: there is no connection."""


def _reply(chat: Chat, actor: Cast) -> Completion:
    brief = read(chat.messages, chat.sampling.seed, actor.persona)
    # Drawn before the answer, so that whether a reply is lost does not depend on how the answer was found.
    lost = brief.slips(actor.persona.unreadable)
    answer = _answer(brief)
    lost = lost and bool(answer.truth) and not chat.schema
    text = blemish.unreadable(answer, brief.rng) if lost else answer.text
    finish = "length" if lost and answer.text.startswith(text) else "stop"
    if chat.schema:
        text = schema.conform(answer, chat.schema)
    text, cut = _cut(text, chat.sampling)
    tokens_in = sum(_tokens(message.content) for message in chat.messages)
    return Completion(text, cut or finish, tokens_in, _tokens(text), _aside(answer, lost))


def _aside(answer: TaskAnswer, lost: bool) -> str:
    """Return the truth; a reply that was made unreadable says so, since its text no longer tells the rest."""
    return json.dumps(json.loads(answer.truth) | {"unreadable": True}, ensure_ascii=False) if lost else answer.truth


def _answer(brief: Brief) -> TaskAnswer:
    responder = _BY_TASK.get(brief.task) if brief.task or not brief.text else None
    if responder is None:
        asked = f"the task {brief.task[:80]!r}" if brief.task else "a message without a 'Task:' line"
        return TaskAnswer(f"I am Abacus, a small rule-based engine, and I do not know {asked}.")
    return responder.respond(brief)


def _cut(text: str, sampling: Sampling) -> tuple[str, str]:
    """Apply stop words and the longest reply as an endpoint does; say how it ended, '' where nothing was cut off."""
    ends = [at for at in (text.find(stop) for stop in sampling.stop if stop) if at >= 0]
    if ends:
        text = text[: min(ends)]
    if _tokens(text) <= sampling.max_tokens:
        return text, ""
    room, end = int(sampling.max_tokens / _TOKENS_PER_WORD), 0
    for word in text.split(maxsplit=room)[:room]:
        end = text.index(word, end) + len(word)
    return text[:end], "length"


def _tokens(text: str) -> int:
    return round(len(text.split()) * _TOKENS_PER_WORD)
