"""Holds conversations in this process, on a real journal in a folder of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from pathlib import Path
from typing import Any, TypeVar

from engine.core.project import EngineSpec
from engine.core.protocol import Item, Phase
from engine.core.settings import Running
from engine.execution.driver import CompletedItems, ReplyCache, RunContext, RunControl, Usage, converse
from engine.models.registry import connect
from engine.runs import journal as journals
from engine.runs.journal import Journal
from engine.runs.status import Status

R = TypeVar("R")


class Drive:
    """One start of a run, without a worker around it."""

    def __init__(
        self,
        run_dir: Path,
        url: str,
        *,
        roles: dict[str, str] | None = None,
        reuse: Iterable[Path] = (),
        key_env: str = "",
        **running: Any,
    ) -> None:
        self.folder = run_dir / "journal"
        spec = EngineSpec(base_url=url, usd_per_million_in=2.0, usd_per_million_out=4.0, api_key_env=key_env)
        self.specs = {"local": spec, "twin": spec, "abacus": EngineSpec(kind="abacus")}
        self.roles = roles or {"writer": "local:tiny"}
        self.reuse = list(reuse)
        self.running = Running(**{"concurrency": 16, "timeout_s": 20.0, **running})
        self.control = RunControl()
        self.usage: Any = None

    def run(
        self,
        items: Iterable[Item],
        *,
        total: int = 0,
        retry_failed: bool = False,
        beside: Coroutine[Any, Any, None] | None = None,
    ) -> None:
        asyncio.run(self._run(items, total, retry_failed, beside))

    async def _run(self, items: Iterable[Item], total: int, retry_failed: bool, beside: Any) -> None:
        roles = connect(self.specs, self.roles)
        journal = Journal(self.folder)
        cache = ReplyCache(self.folder, self.reuse)
        self.usage = Usage(self.running, cache.spent, Status())
        other = asyncio.create_task(beside) if beside else None
        try:
            completed_items = CompletedItems.read(self.folder)
            context = RunContext(
                "run", roles, journal, cache, self.running, self.usage, completed_items, self.control, retry_failed
            )  # fmt: skip
            await converse(Phase("items", total, items), context)
        finally:
            if other:
                await other
            await roles.aclose()
            cache.close()
            journal.close()

    def rows(self, kind: type[R]) -> list[R]:
        return [record for record in journals.records(self.folder) if isinstance(record, kind)]
