"""The continual-learning loop: M(t-1) -> SFT -> requests -> synthesis -> sorting -> DPO -> M(t), and again.

A loop is a run whose worker starts other runs, one after the other: trainings, a synthesis, evaluations. Each of
them has a run directory of its own beside the loop's, so each can be watched, and whatever was finished stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from engine.contracts import Program
from engine.plans import Plan

__all__ = ["PROGRAMS"]


def _program(plan: Plan, directory: Path) -> Program:
    """Return the program of a loop; what it needs is imported by its worker alone."""
    from engine.rounds.program import program

    return program(plan, directory)


PROGRAMS: dict[str, Callable[[Plan, Path], Program]] = {"round": _program}
"""What the worker of a loop does."""
