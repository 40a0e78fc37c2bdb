"""Dispatch: what the driver costs above a bare aiohttp loop on the same instant endpoint, journal and parsing on.

Every measurement is a process of its own; driver and peer take turns, so that a busy machine slows both. CPU time
of the client counts, from the first call to the last, with one connection per slot.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.peers import found, question  # noqa: E402
from tests.bench.result import BenchResult  # noqa: E402

ROUNDS = 5
JOBS = {64: {"single": 2_000, "chain": 1_000}, 1_000: {"single": 10_000, "chain": 5_000}}
"""Items by calls in flight and calls per item: enough of them that opening connections does not count."""
BAR = 1.3
MOST_MB = 120.0
FEW, MANY, GROWTH = 10_000, 200_000, 1.3
"""Memory must not follow the number of items."""


def run() -> list[BenchResult]:
    """Measure CPU per call against the peer for both jobs and both numbers in flight, and memory for many items."""
    with endpoint() as url:
        results = [result for slots in JOBS for job in JOBS[slots] for result in _against_bare(job, slots, url)]
        results += _against_others(url)
        few, many = (measure("driver", "single", items, 64, url)["peak_mb"] for items in (FEW, MANY))
    results.append(BenchResult.below(f"dispatch: peak memory, {MANY:,} items", many, "MB", MOST_MB))
    results.append(
        BenchResult.against(f"dispatch: peak memory, {MANY:,} items", many, "MB", f"{FEW:,} items", few, GROWTH)
    )
    return results


def _against_bare(job: str, slots: int, url: str) -> list[BenchResult]:
    items = JOBS[slots][job]
    calls = items * (2 if job == "chain" else 1)
    pairs = [
        (measure("driver", job, items, slots, url), measure("bare", job, items, slots, url)) for _ in range(ROUNDS)
    ]
    ours = statistics.median(ours["cpu"] for ours, _ in pairs) * 1000 / calls
    bare = statistics.median(bare["cpu"] for _, bare in pairs) * 1000 / calls
    peak = max(ours["peak_mb"] for ours, _ in pairs)
    name = f"dispatch: {items:,} x {job}, {slots:,} in flight"
    return [
        BenchResult.against(f"{name}, CPU per call", ours, "ms", "bare aiohttp loop", bare, BAR),
        BenchResult.below(f"{name}, peak memory", peak, "MB", MOST_MB),
    ]


def _against_others(url: str) -> list[BenchResult]:
    """Compare with the tools that are installed here; one run each, they need seconds where we need a tenth."""
    results, items = [], JOBS[64]["single"]
    for name, interpreter in found():
        ours = statistics.median(measure("driver", "single", items, 64, url)["cpu"] for _ in range(3)) * 1000 / items
        command = [interpreter, str(HERE / "peers.py"), name, "--items", str(items), "--url", url]
        out = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
        theirs = json.loads(out.stdout.splitlines()[-1])
        label = f"dispatch: {items:,} x single, CPU per call"
        peer = f"{name} (at most {theirs['peak_mb']:.0f} MB in one process)"
        results.append(BenchResult.against(label, ours, "ms", peer, theirs["cpu"] * 1000 / items, 1.0))
    return results


def measure(client: str, job: str, items: int, slots: int, url: str) -> dict[str, float]:
    """Run one client in a fresh process; CPU and wall seconds, peak resident MB."""
    command = [sys.executable, __file__, client, "--job", job, "--items", str(items), "--slots", str(slots)]
    out = subprocess.run([*command, "--url", url], capture_output=True, text=True, check=True, timeout=600)
    found: dict[str, float] = json.loads(out.stdout.splitlines()[-1])
    return found


@contextmanager
def endpoint() -> Iterator[str]:
    """An endpoint that answers at once, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        server = subprocess.Popen([sys.executable, "-m", "tests.support.endpoint", str(port)], cwd=HERE.parents[1])
        try:
            until = time.monotonic() + 20
            while not port.exists() and time.monotonic() < until:
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port.read_text()}/v1"
        finally:
            server.kill()
            server.wait()


async def bare(job: str, items: int, slots: int, url: str) -> None:
    """The peer: nothing but aiohttp, JSON in and out."""
    import aiohttp
    import orjson

    numbers = iter(range(items))

    async def call(session: aiohttp.ClientSession, text: str) -> str:
        body = {"model": "tiny", "messages": [{"role": "user", "content": text}], "temperature": 0.7, "max_tokens": 64}
        async with session.post(f"{url}/chat/completions", data=orjson.dumps(body)) as response:
            answer = orjson.loads(await response.read())
        return str(answer["choices"][0]["message"]["content"])

    async def worker(session: aiohttp.ClientSession) -> None:
        for number in numbers:
            text = await call(session, question(number))
            if job == "chain":
                await call(session, f"{question(number)} After {len(text)} letters.")

    connector = aiohttp.TCPConnector(limit=0)
    headers = {"Content-Type": "application/json"}
    async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
        await asyncio.gather(*(worker(session) for _ in range(slots)))


async def driver(job: str, items: int, slots: int, url: str) -> None:
    """Ours: the driver with journal, fsync, cache, budget, retries, parsing and records."""
    from engine.core.project import EngineSpec
    from engine.core.protocol import Phase
    from engine.core.settings import Running
    from engine.execution.driver import ReplyCache, RunContext, Usage, converse
    from engine.execution.heartbeat import Heartbeat
    from engine.models.registry import connect
    from engine.runs.journal import Journal
    from engine.runs.status import Status, save_status

    running = Running(concurrency=slots)
    roles = connect({"local": EngineSpec(base_url=url)}, {"writer": "local:tiny"})
    with tempfile.TemporaryDirectory() as folder:
        run_dir = Path(folder)
        journal = Journal(run_dir / "journal", buffer=1 << 16)
        cache = ReplyCache(run_dir / "journal")
        usage = Usage(running, cache.spent, Status())
        with Heartbeat(journal, lambda: None, lambda: save_status(run_dir, usage.status()), _raise):
            context = RunContext("bench", roles, journal, cache, running, usage)
            await converse(Phase("items", items, _items(job, items)), context)
        await roles.aclose()
        cache.close()
        journal.close()
        status = usage.status()
        if status.done != items or status.failed:
            raise RuntimeError(f"{status.done} of {items} items done, errors {status.errors}")


def _raise(error: OSError) -> None:
    raise error


def _items(job: str, items: int) -> Iterator[Any]:
    from engine.core import reply_parsing
    from engine.core.protocol import Chat, Item, Message, PromptRef, Sampling, ask
    from engine.core.records import Problem, content_id

    sampling, prompt = Sampling(max_tokens=64), PromptRef("bench/write", "0" * 12)

    def chat(text: str) -> Chat:
        return Chat("writer", (Message("user", text),), prompt, sampling)

    def read(text: str) -> str:
        return reply_parsing.after(text, "Problem")

    def way(number: int) -> Any:
        statement, reply = yield from ask(chat(question(number)), read)
        if job == "chain":
            statement, reply = yield from ask(chat(f"{question(number)} After {len(statement)} letters."), read)
        ident = content_id("P", "bench", number)
        yield Problem(ident, "bench", f"item-{number}", statement, "bench", reply_id=reply.id, at=time.time())
        return "written"

    for number in range(items):
        yield Item(f"item-{number}", lambda n=number: way(n))  # type: ignore[misc]


def peak_mb() -> float:
    """Return the most memory this program held; rusage would count the process that started it as well."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmHWM in /proc/self/status")


def _client() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("client", choices=["bare", "driver"])
    parser.add_argument("--job", choices=["chain", "single"], default="single")
    parser.add_argument("--items", type=int, default=2_000)
    parser.add_argument("--slots", type=int, default=64)
    parser.add_argument("--url", required=True)
    options = parser.parse_args()
    import uvloop

    client = {"bare": bare, "driver": driver}[options.client]
    # Imports and the first calls are no part of dispatching.
    uvloop.run(client(options.job, 100, options.slots, options.url))
    gc.collect()
    gc.freeze()
    began, cpu = time.perf_counter(), time.process_time()
    uvloop.run(client(options.job, options.items, options.slots, options.url))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    print(json.dumps({"cpu": cpu, "wall": wall, "peak_mb": peak_mb()}))


if __name__ == "__main__":
    _client()
