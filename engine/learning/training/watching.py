"""What goes on beside the optimiser: lines of metrics, checkpoints at even steps, an end where somebody asks for it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.learning.training import checkpoints
from engine.learning.training.folder import Folder
from engine.runs.process import Process

WATCHED = "LEMMA_WORKER"
"""Environment variable: pid, start time and kernel id of the worker; without that worker the trainer ends."""
_CHECK_S = 1.0
_NAMES = {"loss": "loss", "grad_norm": "grad_norm", "learning_rate": "learning_rate", "eval_loss": "eval_loss"}


@dataclass(slots=True)
class Clock:
    """Tells the tokens per second between two logged steps of this process."""

    tokens: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def rate(self, tokens: float) -> float | None:
        """Return tokens per second since the last call, None at the first."""
        now = time.monotonic()
        passed, gained = now - self.at, tokens - self.tokens
        first = self.tokens == 0
        self.tokens, self.at = tokens, now
        return gained / passed if passed > 0 and not first and gained >= 0 else None


def line(step: int, total: int, said: Mapping[str, Any], clock: Clock) -> dict[str, Any] | None:
    """Return one line of metrics from what the trainer logs; None for its closing summary."""
    if "train_runtime" in said:
        return None
    found: dict[str, Any] = {"step": step, "total": total, "at": time.time()}
    for name, value in said.items():
        if isinstance(value, int | float) and name != "epoch":
            found[_NAMES.get(name, name.replace("/", "_"))] = float(value)
    if "num_tokens" in said and (rate := clock.rate(float(said["num_tokens"]))) is not None:
        found["tokens_per_second"] = rate
    return found


class Guard:
    """Says whether the training is to end: the stop file is there, or the worker is gone."""

    def __init__(self, folder: Folder, watched: str | None = None) -> None:
        """`watched` is `PID START` or `PID START KERNEL_ID`; no worker is watched where it is empty."""
        self._folder = folder
        given = watched if watched is not None else os.environ.get(WATCHED, "")
        pid, started, kernel_id = (*given.split(), "", "", "")[:3]
        self._worker = Process(int(pid), float(started), kernel_id) if pid else None
        self._next, self._ends = 0.0, False

    def ends(self) -> bool:
        """Whether the training is to end now; looks once a second."""
        now = time.monotonic()
        if not self._ends and now >= self._next:
            self._next = now + _CHECK_S
            orphaned = self._worker is not None and not self._worker.alive
            self._ends = self._folder.stop.exists() or orphaned
        return self._ends


def watched_by_me() -> dict[str, str]:
    """Return the environment that ties a trainer to this process."""
    me = Process.of(os.getpid())
    return {WATCHED: f"{me.pid} {me.started} {me.kernel_id}"}


def callback(folder: Folder, count: int, evaluate: bool) -> Any:
    """Return the callback of a training with `count` checkpoints."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):  # type: ignore[misc]
        """Writes metrics, asks for checkpoints, ends the training on request."""

        def __init__(self) -> None:
            self.clock, self.guard = Clock(), Guard(folder)
            self.marks: frozenset[int] = frozenset()
            self.stopped = False

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """Work out the steps of the checkpoints; the last step is saved by the outcome itself."""
            self.marks = frozenset(checkpoints.steps(state.max_steps, count))

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """Save at the marks, and where the training is to end."""
            if state.global_step in self.marks:
                control.should_save = True
                control.should_evaluate = evaluate
            if state.global_step < state.max_steps and _agreed(self.guard.ends()):
                self.stopped = True
                control.should_save = control.should_training_stop = True

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            """Seal what was saved."""
            if state.is_world_process_zero:
                checkpoints.seal(folder.checkpoints, state.global_step)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            """Write a line."""
            if state.is_world_process_zero and (
                told := line(state.global_step, state.max_steps, logs or {}, self.clock)
            ):
                with folder.metrics.open("ab") as file:
                    file.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))

    return Watch()


def _agreed(mine: bool) -> bool:
    """Return whether any process wants to end: one that stops alone would leave the others waiting for ever."""
    import torch

    if not (torch.distributed.is_available() and torch.distributed.is_initialized()):
        return mine
    device = "cuda" if torch.cuda.is_available() else "cpu"
    wishes = torch.tensor([int(mine)], device=device)
    torch.distributed.all_reduce(wishes, op=torch.distributed.ReduceOp.MAX)
    return bool(wishes.item())
