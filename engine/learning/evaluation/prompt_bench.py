"""How well a model follows the prompts: which replies can be read, and which can be used, task by task.

Readable is a reply of the right form; usable is one that also passes the task's own checks: no echo of the prompt or
of its example, no copy, no sentences in place of names, numbers kept where they must be. Each reply is asked for once.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson

from engine.core.errors import BadInput, ItemFailure, ProviderError, UnfitReply, UnreadableReply
from engine.core.protocol import Backend, Chat, HoldsSchemas, Reply, Sampling, Talk
from engine.core.records import Seed
from engine.core.resources import shipped
from engine.learning.evaluation.asking_once import asked_once
from engine.learning.evaluation.prompt_tasks import TASKS, inputs

Asked = Literal["lines", "schema"]
BUILT_IN = (
    "word_problems", "zh_primary", "algebra", "geometry", "zh_secondary", "number_theory", "probability", "functions",
)  # fmt: skip
"""Shipped seeds that are tried in turn, a quarter of them Chinese."""


@dataclass(slots=True)
class PromptScore:
    """What came of one prompt, asked for lines or with a schema; `free` where the reply has no form to hold."""

    prompt: str
    asked: Asked
    free: bool = False
    calls: int = 0
    readable: int = 0
    usable: int = 0
    cut: int = 0
    """Replies that ended at the longest that was allowed."""
    lost: int = 0
    """Calls that the endpoint did not answer; they count nowhere else."""
    tokens: int = 0
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)

    @property
    def shares(self) -> tuple[float, float]:
        """Shares of readable and of usable replies."""
        return (self.readable / self.calls, self.usable / self.calls) if self.calls else (0.0, 0.0)


Heard = Callable[[str, Asked, str, str], None]
"""Called with prompt, form, reply and fault ('' for none) of each call."""


class _Bench:
    def __init__(self, backend: Backend, model: str, concurrency: int, heard: Heard) -> None:
        self.scores: dict[tuple[str, Asked], PromptScore] = {}
        self._backend, self._model, self._heard = backend, model, heard
        self._slots = asyncio.Semaphore(concurrency)

    async def hold(self, talk: Talk[Any], asked: Asked) -> None:
        """Hold one talk to its end, or to its first reply that cannot be used; with schemas, while there are any."""
        said: Reply | None = None
        score: PromptScore | None = None
        while True:
            fault: ItemFailure | None = None
            try:
                chat = talk.send(said)
            except StopIteration:
                self._count(score, said, None)
                return
            except ItemFailure as failed:
                fault = failed
            self._count(score, said, fault)
            if fault or not isinstance(chat, Chat) or (asked == "schema" and not chat.schema):
                talk.close()
                return
            key = (chat.prompt.id, asked)
            score = self.scores.setdefault(key, PromptScore(*key, free=not chat.schema))
            said = await self._ask(chat.held() if asked == "schema" else chat.plain(), score)
            if said is None:
                talk.close()
                return

    async def _ask(self, chat: Chat, score: PromptScore) -> Reply | None:
        async with self._slots:
            began = time.perf_counter()
            try:
                done = await asked_once(self._backend, self._model, chat)
            except (ProviderError, TimeoutError) as failure:
                score.lost += 1
                score.faults[type(failure).__name__] += 1
                return None
            score.seconds += time.perf_counter() - began
        score.tokens += done.tokens_out
        return Reply("bench", done.text, self._model, done.finish)

    def _count(self, score: PromptScore | None, said: Reply | None, fault: ItemFailure | None) -> None:
        if score is None or said is None:
            return
        score.calls += 1
        score.cut += said.finish == "length"
        unreadable = isinstance(fault, UnreadableReply) and not isinstance(fault, UnfitReply)
        score.readable += not unreadable
        score.usable += fault is None
        if fault:
            score.faults[str(fault)[:100]] += 1
        self._heard(score.prompt, score.asked, said.text, str(fault or ""))


async def measure(
    backend: Backend,
    model: str,
    seeds: Sequence[Seed],
    *,
    asked: Iterable[Asked] = ("lines", "schema"),
    tasks: Iterable[str] = TASKS,
    sampling: Sampling | None = None,
    concurrency: int = 2,
    heard: Heard = lambda *_: None,
) -> list[PromptScore]:
    """Try every task on every seed, asking for lines and, where the endpoint enforces them, with schemas."""
    bench = _Bench(backend, model, concurrency, heard)
    chosen = sampling or Sampling(max_tokens=1024)
    names = list(tasks)
    for form in asked:
        if form == "schema" and not (isinstance(backend, HoldsSchemas) and await backend.holds_schemas(model)):
            continue
        talks = [TASKS[name](given) for name in names for given in inputs(seeds, chosen)]
        await asyncio.gather(*(bench.hold(talk, form) for talk in talks))
    return sorted(bench.scores.values(), key=lambda score: (score.asked, score.prompt))


def together(scores: Iterable[PromptScore]) -> dict[str, PromptScore]:
    """Return the sums over all prompts: forms asked for as lines, the same with schemas, and free text."""
    sums: dict[str, PromptScore] = defaultdict(lambda: PromptScore("all", "lines"))
    for score in scores:
        whole = sums["free text" if score.free else score.asked]
        for name in ("calls", "readable", "usable", "cut", "lost", "tokens", "seconds"):
            setattr(whole, name, getattr(whole, name) + getattr(score, name))
    return dict(sums)


def built_in(count: int) -> list[Seed]:
    """Return shipped seeds in turn from several fields, some of them Chinese."""
    rows = [
        [orjson.loads(line) for line in shipped("seeds", f"{name}.jsonl").read_bytes().splitlines() if line.strip()]
        for name in BUILT_IN
    ]
    places = ((field, place) for place in range(max(map(len, rows))) for field in range(len(rows)))
    picked = [rows[field][place] for field, place in places if place < len(rows[field])][:count]
    if len(picked) < count:
        raise BadInput(f"there are {len(picked)} shipped seeds.", where="--items", do="Ask for fewer.")
    return [
        Seed.make(
            "shipped", row["problem"], solution=row["solution"], answer=row["answer"], subject=row["subject"],
            language=row["language"], points=tuple(row["knowledge_points"]),
        )
        for row in picked
    ]  # fmt: skip
