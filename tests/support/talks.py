"""Plays a talk against a table of replies: what the driver does, without a backend."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.core.errors import ItemFailure
from engine.core.protocol import Chat, Reply, Together

Answer = str | ItemFailure
Script = Iterable[Answer] | Callable[[Chat], Answer]


@dataclass
class Played:
    """What came out of a talk, and what was said on the way."""

    result: Any = None
    failure: ItemFailure | None = None
    chats: list[Chat] = field(default_factory=list)
    records: list[Any] = field(default_factory=list)


def play(talk: Generator[Any, Any, Any], script: Script) -> Played:
    """Drive `talk` to its end; an answer that is a failure is thrown in, as the driver throws it."""
    played = Played()
    answer = script if callable(script) else _next(iter(script))
    try:
        played.result = _drive(talk, answer, played)
    except ItemFailure as failure:
        played.failure = failure
    return played


def _next(answers: Any) -> Callable[[Chat], Answer]:
    return lambda chat: next(answers)


def _drive(talk: Generator[Any, Any, Any], answer: Callable[[Chat], Answer], played: Played) -> Any:
    send: Any = None
    throw: ItemFailure | None = None
    while True:
        try:
            asked = talk.throw(throw) if throw else talk.send(send)
        except StopIteration as end:
            return end.value
        send, throw = None, None
        if isinstance(asked, Together):
            send = tuple(_held(inner, answer, played) for inner in asked.talks)
        elif isinstance(asked, Chat):
            played.chats.append(asked)
            said = answer(asked)
            if isinstance(said, ItemFailure):
                throw = said
            else:
                send = Reply(asked.request_id("scripted"), said, model="scripted")
        else:
            played.records.append(asked)


def _held(talk: Generator[Any, Any, Any], answer: Callable[[Chat], Answer], played: Played) -> Any:
    try:
        return _drive(talk, answer, played)
    except ItemFailure as failure:
        return failure
