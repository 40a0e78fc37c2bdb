"""Checkpoints: where they lie in a training, which one is whole, which one is best (FL-32)."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from engine.core.errors import BadInput, BadSetting
from engine.learning.training.folder import Folder
from engine.runs.plan import TrainPlan, load_plan

NOTE = (
    "The checkpoint was chosen by its accuracy on these benchmarks, so they have served as selection data: "
    "figures on them are too good by the choice, and others should be reported beside them."
)
PUBLISHED_BY = ("gsm8k", "math")
"""The two benchmarks whose mean decides (FLAMES, setup)."""
WHOLE = "whole"
"""Name of the empty file that is written into a checkpoint when everything else is in it."""
_STATES = ("optimizer.pt", "scheduler.pt", "scaler.pt")


@dataclass(frozen=True, slots=True)
class Scored:
    """A checkpoint with its accuracies on two benchmarks, such as GSM8K and MATH."""

    step: int
    first: float
    second: float

    @property
    def mean(self) -> float:
        """Mean of the two."""
        return (self.first + self.second) / 2


@dataclass(frozen=True, slots=True)
class CheckpointRanking:
    """The best checkpoint, and what the choice costs."""

    best: Scored
    among: int
    note: str = NOTE


def choose(scored: Sequence[Scored]) -> CheckpointRanking:
    """Return the checkpoint with the highest mean of its two accuracies, the earliest of equals (FL-32).

    Source: FLAMES, setup. BadInput where there is none.
    """
    if not scored:
        raise BadInput("there is no checkpoint to choose from.", do="Train with checkpoints above 0.")
    # Rounded, so that the last bit of a sum does not decide between equals.
    best = min(scored, key=lambda one: (-round(one.mean, 12), one.step))
    return CheckpointRanking(best, len(scored))


def deciding(asked: Sequence[str], by: Sequence[str] = ()) -> tuple[str, str]:
    """Return the names of the two benchmarks that decide among those that are asked.

    BadSetting where `by` names others or not two; without `by` where neither the published two nor just two are asked.
    """
    wanted = tuple(by) or (PUBLISHED_BY if set(PUBLISHED_BY) <= set(asked) else tuple(asked))
    if len(set(wanted)) != 2 or not set(wanted) <= set(asked):
        known = ", ".join(asked) or "none"
        raise BadSetting(
            f"two benchmarks decide which checkpoint is best, not {', '.join(wanted) or 'none'}; asked are {known}.",
            where="by",
            do="Name two of them.",
        )
    return wanted[0], wanted[1]


def find(place: Path) -> tuple[Path, ...]:
    """Return the checkpoints of a run directory, or of a folder that holds them; BadInput where there is none.

    Of a run only those at its even steps count, not one that was saved because somebody stopped it: the choice is not
    to depend on that. A folder that another program has written has no marks of what is whole; there every checkpoint
    with weights counts.
    """
    folder = Folder(place).checkpoints
    if folder.is_dir():
        found, marks = whole(folder), _marks(place)
        found = tuple(path for path in found if step_of(path) in marks) or found
    else:
        folder = place
        found = whole(place) or _foreign(place)
    if not found:
        raise BadInput("holds no whole checkpoint.", where=str(folder), do="Train with checkpoints above 0.")
    return found


def _marks(run_dir: Path) -> tuple[int, ...]:
    """Return the steps at which a training was to save; none where it has not logged how many it has."""
    plan, metrics = load_plan(run_dir), Folder(run_dir).metrics
    if not isinstance(plan, TrainPlan) or not metrics.exists():
        return ()
    with metrics.open("rb") as file:
        return steps(int(orjson.loads(file.readline())["total"]), plan.training.checkpoints)


def _foreign(folder: Path) -> tuple[Path, ...]:
    """Return the checkpoints with weights, in order of their steps."""
    found = [path for path in folder.glob("checkpoint-*") if step_of(path) >= 0 and any(path.glob("*.safetensors"))]
    return tuple(sorted(found, key=step_of))


def steps(total: int, count: int) -> tuple[int, ...]:
    """Return the steps after which a checkpoint is saved: `count` evenly over `total`, the last step among them."""
    parts = min(count, total)
    return tuple(-(-total * number // parts) for number in range(1, parts + 1)) if parts > 0 else ()


def whole(folder: Path) -> tuple[Path, ...]:
    """Return the checkpoints of a training that were saved to their end, in order of their steps."""
    found = [path for path in folder.glob("checkpoint-*") if (path / WHOLE).exists() and step_of(path) >= 0]
    return tuple(sorted(found, key=step_of))


def step_of(checkpoint: Path) -> int:
    """Return the step of `checkpoint-<step>`, -1 where it is none."""
    number = checkpoint.name.partition("-")[2]
    return int(number) if number.isdigit() else -1


def resumable(folder: Path) -> Path | None:
    """Return the last whole checkpoint with its optimiser, after removing what was torn while it was saved."""
    for path in folder.glob("checkpoint-*"):
        if not (path / WHOLE).exists():
            shutil.rmtree(path, ignore_errors=True)
    found = [path for path in whole(folder) if (path / "trainer_state.json").exists() and not (path / "thin").exists()]
    return found[-1] if found else None


def seal(folder: Path, step: int) -> None:
    """Mark the checkpoint of `step` as whole, and take the optimiser's states out of those before it.

    The states are two thirds of a checkpoint, and nothing resumes from an older one.
    """
    (folder / f"checkpoint-{step}" / WHOLE).touch()
    for path in whole(folder):
        if step_of(path) < step and not (path / "thin").exists():
            (path / "thin").touch()
            _thin(path)


def _thin(checkpoint: Path) -> None:
    for name in _STATES:
        (checkpoint / name).unlink(missing_ok=True)
    for states in checkpoint.glob("global_step*"):
        shutil.rmtree(states, ignore_errors=True)
    for random in checkpoint.glob("rng_state*"):
        random.unlink(missing_ok=True)
