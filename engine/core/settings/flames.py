"""Writing agents and their shares, and which problems are kept (FLAMES)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from engine.core.settings.base import chosen, published
from engine.core.settings.naming import NameLimits

Share = Annotated[float, Field(ge=0, le=100)]
Strategy = Literal["strict", "majority", "solvability_reward", "solvability_first", "first", "majority_first"]


class Flames(NameLimits):
    """Twelve writing agents, six keep strategies, a mixture."""

    shares: dict[str, Share] = published(
        {
            "suggester_editor": 50.0,
            "iqc": 20.0,
            "taxonomy_key_concepts": 20.0,
            "distraction_insertion": 10.0,
        },
        "FLAMES, mixture",
        "S",
    )
    """Share of each agent, in percent."""
    keep: Strategy = published("first", "FLAMES, final data", "S")
    """Which problems are kept, and with which solution."""
    keep_unanswered: bool = chosen(False)
    """Let a strategy that keeps the first solution keep one without an answer, as the paper's words can be read."""
    solutions: int = published(3, "FLAMES, quality control", "N", ge=1, le=64)
    """Solutions per problem."""
    rounded_from: int = chosen(0, ge=0, le=9)
    """Significant digits from which a decimal is a rounding of an exact answer when solutions vote; 0 for never."""
    judge_solvability: bool = chosen(True)
    """Ask the solvability judge even where the keep strategy does not need it."""
    examples: int = chosen(4, ge=1, le=20)
    """Seeds that the Few-Shot agent is shown."""
    example_style: Literal["by source", "similar", "inspired"] = published(
        "by source", "OpenMathInstruct-2: similar for GSM8K, inspired for MATH", "R"
    )
    """Whether Few-Shot stays close to its examples or must need another train of thought."""
    concepts: int = chosen(3, ge=1, le=10)
    """Concepts that a problem from key concepts must use."""
    edit_rounds: int = published(1, "FLAMES names no number; Orca-Math used 2", "I", ge=1, le=5)
    """Rounds of suggesting and editing."""
    compositions: int = published(1, "MMIQC iterates; FLAMES names no number", "I", ge=1, le=5)
    """Iterations of question composition, each on the outcome of the one before."""
    longest_solution: int = published(0, "Orca-Math drops solutions over 1,800 characters", "N", ge=0)
    """Solutions of more characters are flagged; 0 for no limit."""
    check_distraction: bool = chosen(True)
    """Let a judge veto distractions that change the answer."""
    alarm_share: float = published(0.30, "FLAMES, quality control", "S", gt=0, le=1)
    """Warn when one filter removes more than this share."""

    @model_validator(mode="after")
    def _whole(self) -> Flames:
        total = sum(self.shares.values())
        if abs(total - 100) > 1e-6:
            raise ValueError(f"shares add up to {total:g}, not 100")
        return self
