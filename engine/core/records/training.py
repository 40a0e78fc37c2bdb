"""What trainings, evaluations and rounds say."""

from __future__ import annotations

from dataclasses import dataclass

from engine.core.records.identity import content_id


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure that a training gave at a step: loss, learning rate, margin, tokens per second."""

    run_id: str
    step: int
    name: str
    value: float
    at: float = 0.0

    @property
    def id(self) -> str:
        """One value per run, step and name; a step that is repeated after a resume is the same one."""
        return content_id("TM", self.run_id, self.step, self.name)


@dataclass(frozen=True, slots=True)
class GradedAnswer:
    """One answer of a model to one question of a benchmark, graded. `answer` is None where none could be read."""

    run_id: str
    benchmark: str
    item_id: str
    sample: int
    question: str
    expected: str
    text: str
    answer: str | None
    right: bool
    model: str
    level: str = ""
    subject: str = ""
    reply_id: str | None = None
    at: float = 0.0

    @property
    def id(self) -> str:
        """One answer per run, question and sample."""
        return content_id("EA", self.run_id, self.benchmark, self.item_id, self.sample)


@dataclass(frozen=True, slots=True)
class RoundEvent:
    """Something that happened in the loop: a step that ended, a promotion, a roll-back. `detail` is JSON text."""

    id: str
    run_id: str
    number: int
    act: str
    """sft, no_replay, synthesis, sort, dpo, evaluate, report, promote, rollback or skip."""
    model: str
    """Folder of the model that came of it or is meant, '' where none is."""
    detail: str = ""
    by: str = ""
    at: float = 0.0
