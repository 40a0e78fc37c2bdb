"""What the scores of a model say about its training data: the distraction gap, and what to change next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from engine.learning.evaluation import advice, program
from engine.learning.evaluation.advice import Advice
from engine.learning.training import outcome
from engine.runs.plan import EvaluatePlan, load_plan_as


@dataclass(frozen=True, slots=True)
class Guidance:
    """Advice from scores; `gap` is in points, None where GSM8K or its distracted part was not asked."""

    advice: tuple[Advice, ...]
    unread: tuple[str, ...]
    """What the scores do not tell, as the benchmarks that it would take."""
    gap: float | None


def of_scores(accuracy: Mapping[str, float], smaller: Mapping[str, float] | None = None) -> Guidance:
    """Return what accuracies by benchmark, 0 to 1, call for (FL-34, FL-35).

    `smaller` are those of a model that was trained on less of the same data.
    """
    scores, before = ({name: 100 * share for name, share in (said or {}).items()} for said in (accuracy, smaller))
    gap = None
    if advice.GSM8K in scores and advice.DISTRACTION in scores:
        gap = advice.robustness_gap(scores[advice.GSM8K], scores[advice.DISTRACTION])
    unread = tuple(advice.NEEDS[name] for name in advice.unread(scores, before))
    return Guidance(advice.advise(scores, smaller=before), unread, gap)


def of_evaluation(directory: Path, earlier: Path | None = None) -> Guidance:
    """Return what an evaluation calls for.

    An earlier one counts as that of the smaller set where its model was trained here from the same base on fewer rows.
    """
    smaller = None
    if earlier is not None:
        first, second = _folder(earlier), _folder(directory)
        if first and second and outcome.learnt_from_less(first, second):
            smaller = program.accuracy(earlier)
    return of_scores(program.accuracy(directory), smaller)


def _folder(directory: Path) -> Path | None:
    """Return the folder of the model that an evaluation asked; None where it was asked through an engine of others."""
    plan = load_plan_as(directory, EvaluatePlan)
    served = plan.engines.get(plan.evaluating.model.partition(":")[0])
    return Path(served.model) if served and served.kind == "managed" else None
