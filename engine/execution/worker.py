"""One start of the process: the lock, the log, the loop, and the exit reason whatever happens."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.core.errors import LemmaError, RunStopped, UserError
from engine.execution.programs import DEFAULT, Programs, programs
from engine.execution.run_session import RunSession
from engine.models import serving
from engine.runs.plan import load_plan
from engine.runs.process import hold
from engine.runs.status import State, Status

log = logging.getLogger("engine.execution")
_WELL_ENDED = ("finished", "paused", "cancelled")


def main(arguments: list[str] | None = None) -> int:
    """Run one run directory; 0 for finished, paused and cancelled, 1 for failed, 2 where it may not start."""
    options = _options(arguments)
    run_dir: Path = options.run_dir
    try:
        with hold(run_dir), _logging_to(run_dir / "run.log"):
            status = work(run_dir, programs(options.programs), retry_failed=options.retry_failed)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0 if status.state in _WELL_ENDED else 1


def work(run_dir: Path, known: Programs, *, retry_failed: bool = False) -> Status:
    """Run `run_dir` in this process and return how it ended; the caller holds the lock."""
    session = RunSession(run_dir, retry_failed)
    try:
        plan = load_plan(run_dir)
        session.hold(plan)
        with (
            serving.on_demand(plan.engines, session.wait),
            asyncio.Runner(loop_factory=_loop_factory()) as runner,
        ):
            runner.run(session.run(plan, known))
    except RunStopped as stopped:
        log.info("%s: %s", stopped.reason, stopped)
        return session.end(_state(stopped.reason), str(stopped))
    except (LemmaError, OSError) as error:
        log.error("failed: %s", error)
        return session.end("failed", str(error))
    except Exception as error:
        log.exception("failed")
        return session.end("failed", f"{type(error).__name__}: {error}")
    log.info("finished")
    return session.end("finished", session.unheard())


def _state(reason: str) -> State:
    return "paused" if reason == "paused" else "cancelled" if reason == "cancelled" else "failed"


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """Return uvloop's factory where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


@contextmanager
def _logging_to(path: Path) -> Iterator[None]:
    """Log to `path`; where it cannot be written the run goes on without."""
    handler: logging.Handler
    try:
        # Opened for writing, a pipe would wait for somebody who reads it.
        regular = path.is_file() or not path.exists()
        handler = logging.FileHandler(path, encoding="utf-8", errors="replace") if regular else logging.NullHandler()
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.handleError = lambda record: None  # type: ignore[method-assign]
    root = logging.getLogger("engine")
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        handler.close()


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m engine.execution", description="Run one run directory to its end.")
    parser.add_argument("run_dir", type=Path)
    parser.add_argument("--programs", default=DEFAULT, help="MODULE:NAME of the programs by kind")
    parser.add_argument("--retry-failed", action="store_true", help="try items that failed before again")
    return parser.parse_args(arguments)
