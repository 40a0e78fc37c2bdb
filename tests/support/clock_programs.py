"""A program whose clock is set while it runs: by a day, forward or back, for the whole worker process."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from engine.core.protocol import Phase, Program
from engine.runs.plan import Plan
from tests.support.run_programs import chains

DAY = 86_400.0
_steady = time.time


def _jumping(seconds: float) -> Callable[[Plan, Path], Program]:
    def generate(plan: Plan, run_dir: Path) -> Program:
        def items() -> Program:
            for number, item in enumerate(chains(plan.id, plan.total)):
                if number == plan.total // 2:
                    time.time = lambda: _steady() + seconds
                yield item  # type: ignore[misc]

        yield Phase("write", plan.total, items())  # type: ignore[arg-type]

    return generate


FORWARD = {"generate": _jumping(DAY)}
BACK = {"generate": _jumping(-DAY)}
