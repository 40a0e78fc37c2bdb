"""Whether a judge of two solutions keeps to its word when they change places, on pairs of a file.

Every pair is asked both ways, each order once and again where a reply cannot be read. Nothing here says which solution
is better: a word that holds in both orders may still be wrong.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.errors import ItemFailure, ProviderError
from engine.core.protocol import Backend, Chat, HoldsSchemas, Reply, Sampling, Talk
from engine.curation.trust.order_bias import OrderBias, PairReading, Preferred, order_bias
from engine.generation.judges import pairwise
from engine.learning.evaluation.answer_bench import column_of
from engine.learning.evaluation.asking_once import TIMEOUT_S, asked_once

COLUMNS = ("chosen", "rejected")
"""Columns of the two solutions where none are named, as files of preferences have them."""
STATEMENTS = ("statement", "problem", "question", "prompt", "instruction")


@dataclass(frozen=True, slots=True)
class SolutionPair:
    """Two solutions of one problem."""

    statement: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class GivenPairs:
    """The pairs of some rows, and how many rows gave none."""

    pairs: tuple[SolutionPair, ...]
    columns: tuple[str, str]
    alike: int
    """Rows whose two solutions are one text: there is nothing to prefer."""
    without: int
    """Rows that lack the problem or a solution."""

    def drawn(self, count: int, seed: int = 0) -> tuple[SolutionPair, ...]:
        """Return `count` pairs, each with the same chance; all where there are no more."""
        return tuple(random.Random(seed).sample(self.pairs, min(count, len(self.pairs))))


@dataclass(frozen=True, slots=True)
class OrderScore:
    """What came of the pairs."""

    bias: OrderBias
    preferred: Mapping[Preferred, int]
    """Pairs by what both orders say: A is the first column, B the second."""
    lost: int
    """Pairs on which the endpoint failed; they count nowhere else."""


def pairs_of(rows: Iterable[Mapping[str, Any]], columns: tuple[str, str] = COLUMNS) -> GivenPairs:
    """Return the pairs of rows; a column is named with dots where it lies inside another."""
    found: list[SolutionPair] = []
    alike = without = 0
    for row in rows:
        statement = next((text for name in STATEMENTS if (text := _text(row.get(name)))), "")
        one, other = (_text(column_of(row, name)) for name in columns)
        if not (statement and one and other):
            without += 1
        elif one == other:
            alike += 1
        else:
            found.append(SolutionPair(statement, one, other))
    return GivenPairs(tuple(found), columns, alike, without)


def _text(value: Any) -> str:
    """Return a text, or what was said last in a conversation, as files of preferences hold them."""
    if isinstance(value, list) and value and isinstance(value[-1], Mapping):
        value = value[-1].get("content")
    return value.strip() if isinstance(value, str) else ""


async def measure(
    backend: Backend,
    model: str,
    pairs: Sequence[SolutionPair],
    *,
    sampling: Sampling | None = None,
    concurrency: int = 2,
    heard: Callable[[], None] = lambda: None,
) -> OrderScore:
    """Ask about every pair both ways; held to a schema where the endpoint enforces them.

    Raises ProviderError where the endpoint failed at every pair.
    """
    held = isinstance(backend, HoldsSchemas) and await backend.holds_schemas(model)
    slots, chosen = asyncio.Semaphore(concurrency), sampling or Sampling(max_tokens=512)
    failures: list[ProviderError] = []

    async def answer(chat: Chat) -> Reply:
        done = await asked_once(backend, model, chat.held() if held else chat.plain())
        heard()
        return Reply("bench", done.text, model, done.finish)

    async def read(pair: SolutionPair) -> PairReading | None:
        async with slots:
            talk = pairwise.both_ways(pair.statement, pair.one, pair.other, pairwise.ROLE, chosen)
            try:
                return await _held(talk, answer)
            except ProviderError as failure:
                failures.append(failure)
            except TimeoutError:
                failures.append(ProviderError(f"no answer within {TIMEOUT_S:g} s"))
            return None

    readings = await asyncio.gather(*(read(pair) for pair in pairs))
    if failures and len(failures) == len(readings):
        raise failures[-1]
    told = [one for one in readings if one is not None]
    return OrderScore(order_bias(told), Counter(one.preferred for one in told), len(readings) - len(told))


async def _held(talk: Talk[PairReading], answer: Callable[[Chat], Any]) -> PairReading:
    """Hold a talk to its end; what the endpoint fails at is thrown in, as the driver does."""
    said: Reply | None = None
    failed: ItemFailure | None = None
    while True:
        try:
            chat = talk.throw(failed) if failed else talk.send(said)
        except StopIteration as done:
            reading: PairReading = done.value
            return reading
        failed = None
        if not isinstance(chat, Chat):
            raise TypeError("a judge of two solutions asks one question at a time")
        try:
            said = await answer(chat)
        except ItemFailure as failure:
            failed = failure
