"""What the worker of a training does: pre-flight, a trainer of its own, its metrics as records, a clean end.

The trainer is a child: the memory of a GPU comes back whole only when a process ends.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from engine.core.errors import UserError
from engine.core.files import ending, whole_lines
from engine.core.protocol import Program, Progress
from engine.core.records import Metric
from engine.core.settings.training import Method, Training
from engine.learning.training import failures, launching, outcome, preflight, trainer, watching
from engine.learning.training.folder import Folder
from engine.runs.plan import TrainPlan

STEP = "train"
TITLES: dict[Method, str] = {"sft": "Fine-tuning", "dpo": "Preference training"}
EVERY_S = 0.4
LEAVE_S = 600.0
"""Longest wait for a trainer that was asked to save a checkpoint and end."""
_TAIL = 1 << 16


def program(plan: TrainPlan, directory: Path) -> Program:
    """Train, and journal every figure that the trainer logs; UserError says why a training cannot begin or died."""
    training = plan.training
    if not outcome.made_by(Path(training.out), plan.id):
        require_ready(training, plan.id)
        yield from _trained(plan, directory)
    else:
        yield from _Tail(plan.id, Folder(directory).metrics).records()


def require_ready(training: Training, run: str = "") -> None:
    """UserError where something stands against the training: packages, place, or a red finding not overridden."""
    launching.require_extra()
    outcome.require_free(Path(training.out), run)
    blocking = preflight.blocking(preflight.check(training), training.override)
    if blocking:
        first = blocking[0]
        more = f" ({len(blocking) - 1} more)" if len(blocking) > 1 else ""
        raise UserError(
            f"{first.detail}{more}.",
            where=f"pre-flight, {first.name}",
            do=f"{first.do} Or go on all the same with the override {first.name}.".strip(),
        )


def _trained(plan: TrainPlan, directory: Path) -> Iterator[Progress | Metric]:
    folder = Folder(directory)
    launching.write_configs(plan.training, directory)
    folder.stop.unlink(missing_ok=True)
    tail = _Tail(plan.id, folder.metrics)
    begun = folder.output.stat().st_size if folder.output.exists() else 0
    child = _start(plan, directory, folder)
    try:
        while child.poll() is None:
            yield from tail.records()
            # Said even where nothing is new: between two yields the worker learns that it is to stop.
            yield Progress(STEP, tail.step, tail.total)
            time.sleep(EVERY_S)
        yield from tail.records()
        yield Progress(STEP, tail.step, tail.total)
    except GeneratorExit:
        _leave(child, folder)
        raise
    finally:
        if child.poll() is None:
            child.terminate()
    if child.returncode != trainer.TRAINED:
        raise UserError(
            f"training ended: {failures.explained(_said(folder.output, begun), child.returncode)}",
            where=plan.id,
            do="See training/output.log there.",
        )


def _start(plan: TrainPlan, directory: Path, folder: Folder) -> subprocess.Popen[bytes]:
    """Start the trainer with its output in a file, which stays readable when the worker is gone."""
    environment = {**os.environ, **watching.watched_by_me(), "TOKENIZERS_PARALLELISM": "false", "PYTHONUNBUFFERED": "1"}
    with folder.output.open("ab") as sink:
        return subprocess.Popen(
            launching.command(plan, directory), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, env=environment
        )


def _leave(child: subprocess.Popen[bytes], folder: Folder) -> None:
    """Have the trainer save a checkpoint and end; one that does not is killed."""
    folder.stop.touch()
    try:
        child.wait(LEAVE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


@dataclass(slots=True)
class _Tail:
    """Reads the metrics as they grow. A start of the worker reads them all: what it said before may not be on disk."""

    run: str
    path: Path
    offset: int = 0
    step: int = 0
    total: int = 0
    _known: frozenset[str] = field(default=frozenset(("step", "total", "at")))

    def records(self) -> Iterator[Metric]:
        """Yield what was logged since the last call, whole lines only."""
        if not self.path.exists():
            return
        for end, text in whole_lines(self.path, self.offset):
            self.offset = end
            yield from self._figures(orjson.loads(text))

    def _figures(self, said: dict[str, Any]) -> Iterator[Metric]:
        self.step, self.total = said["step"], said["total"]
        for name, value in said.items():
            if name not in self._known:
                yield Metric(self.run, self.step, name, float(value), said["at"])


def _said(path: Path, begun: int) -> str:
    """Return the end of what this start of the trainer said."""
    return ending(path, _TAIL, begun).decode("utf-8", "replace")
