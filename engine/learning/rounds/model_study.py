"""What the worker of a study of models does: one choice of models after another, over the same items (FL-36).

Each is a run of its own beside this one, with its own journal and page, so a resume does not repeat one that has ended.
A later run reuses what an earlier one paid for: where only the solver differs, the problems are the same.
"""

from __future__ import annotations

from pathlib import Path

from engine.core.protocol import Program
from engine.learning.rounds import children
from engine.runs.plan import GeneratePlan, StudyPlan, load_plan_as


def program(plan: StudyPlan, directory: Path) -> Program:
    """Bring the runs within to their end, in the order of the plan."""
    for name in plan.cells:
        place = directory.with_name(name)
        yield from children.run(place, load_plan_as(place, GeneratePlan), name)
