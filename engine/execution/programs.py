"""Which program runs a plan, by its kind: the one table.

A program is named, not imported: a worker loads the modules of its own run and of no other, and the table knows
modules of layers above this one only by name.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from engine.core.protocol import Program
from engine.runs.plan import Plan, RunKind

Programs = Mapping[RunKind, Callable[[Plan, Path], Program]]
DEFAULT = "engine.execution.programs:PROGRAMS"


@dataclass(frozen=True, slots=True)
class ProgramEntry:
    """Where a program is: it takes a plan of its kind and the run directory."""

    module: str
    function: str = "program"

    def load(self) -> Callable[[Any, Path], Program]:
        """Import the module, and return the function."""
        found: Callable[[Any, Path], Program] = getattr(importlib.import_module(self.module), self.function)
        return found

    def __call__(self, plan: Plan, directory: Path) -> Program:
        """Begin the program."""
        return self.load()(plan, directory)


PROGRAMS: Mapping[RunKind, ProgramEntry] = MappingProxyType(
    {
        "knowledge": ProgramEntry("engine.generation.knowledge_run"),
        "generate": ProgramEntry("engine.generation.methods.registry"),
        "solve": ProgramEntry("engine.generation.solve_again"),
        "overlap": ProgramEntry("engine.generation.same_problem_run"),
        "judge": ProgramEntry("engine.learning.judging.program"),
        "map": ProgramEntry("engine.generation.similarity_scores", "draw"),
        "train": ProgramEntry("engine.learning.training.program"),
        "evaluate": ProgramEntry("engine.learning.evaluation.program"),
        "round": ProgramEntry("engine.learning.rounds.program"),
        "choose": ProgramEntry("engine.learning.rounds.checkpoint_choice"),
        "sft-dpo": ProgramEntry("engine.learning.rounds.stages"),
        "study": ProgramEntry("engine.learning.rounds.model_study"),
    }
)
"""What each kind of run does, phase by phase.

knowledge   seeds -> points -> filtered points
generate    orders -> problems, solutions, verdicts, by the recipe's method
solve       an edited statement -> a solution, for a person to take or leave
overlap     texts beside their nearest test problems -> which are one problem
judge       rows that people judged -> what judges say of them
map         problems -> positions
train       rows -> a trained model
evaluate    questions -> graded answers
round       M(t-1) -> SFT -> requests -> synthesis -> sorting -> DPO -> M(t), and again
choose      every checkpoint of a training is evaluated, the best is chosen
sft-dpo     fine-tuning, then preference training of its outcome
study       the same items by several models, one choice of them after another
"""


OLDER = frozenset(("engine.pipeline:PROGRAMS", "engine.rounds:PROGRAMS"))
"""Names that launch commands of earlier versions give to the table."""


def programs(where: str = DEFAULT) -> Programs:
    """Return the programs by kind of run, from MODULE:NAME."""
    module, _, name = (DEFAULT if where in OLDER else where).partition(":")
    found: Programs = getattr(importlib.import_module(module), name)
    return found
