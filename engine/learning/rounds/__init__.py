"""Runs whose worker starts other runs, one after the other; above all the loop of continual learning.

round     M(t-1) -> SFT -> requests -> synthesis -> sorting -> DPO -> M(t), and again
choose    every checkpoint of a training is evaluated, the best is chosen
sft-dpo   fine-tuning, then preference training of its outcome

Each of the runs within has a directory of its own beside the outer one's, so each can be watched, and whatever was
finished stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.core.protocol import Program
from engine.runs.plan import Plan

__all__ = ["PROGRAMS"]


def _round(plan: Plan, directory: Path) -> Program:
    """Return the program of a loop; what it needs is imported by its worker alone."""
    from engine.learning.rounds.program import program

    return program(plan, directory)


def _choose(plan: Plan, directory: Path) -> Program:
    """Return the program of a choice among checkpoints."""
    from engine.learning.rounds.checkpoint_choice import program

    return program(plan, directory)


def _stages(plan: Plan, directory: Path) -> Program:
    """Return the program of fine-tuning and then preference training."""
    from engine.learning.rounds.stages import program

    return program(plan, directory)


PROGRAMS: dict[str, Callable[[Plan, Path], Program]] = {"round": _round, "choose": _choose, "sft-dpo": _stages}
"""What the worker of each of these runs does."""
