"""Where people come into a loop: what is asked before it starts, and what they did to samples before sorting."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import orjson

from engine.core.errors import BadInput
from engine.core.files import write_atomically
from engine.core.settings.training import Looping
from engine.learning.evaluation import benchmark_files
from engine.learning.rounds import training_rows
from engine.learning.rounds.training_rows import Hand
from engine.learning.training import checkpoints, launching
from engine.runs.plan import RoundPlan, load_plan
from engine.store import Store


def check(looping: Looping) -> None:
    """Raise UserError with one line where a loop could not begin: no trainer, no model, no data, no benchmark."""
    launching.require_extra()
    model = Path(looping.model)
    if not (model / "config.json").is_file():
        raise BadInput("is no model: it has no config.json.", where=str(model), do="Give the folder of a model.")
    if not training_rows.load(Path(looping.data)):
        raise BadInput("holds no row.", where=looping.data, do="Give fine-tuning data with at least one row.")
    if looping.history:
        training_rows.load(Path(looping.history))
    require_benchmarks(looping)


def require_benchmarks(looping: Looping) -> None:
    """Raise UserError where a benchmark is none, or where no two decide which checkpoint is best."""
    names = tuple(benchmark_files.load(spec, 1).name for spec in looping.benchmarks)
    if looping.best_checkpoint:
        checkpoints.deciding(names, looping.best_by)


def waiting(directory: Path) -> int | None:
    """Return the round of a loop that has been synthesised and waits for a person, None where none does."""
    plan = load_plan(directory)
    if not isinstance(plan, RoundPlan) or not plan.looping.review:
        return None
    for number in range(plan.looping.first, plan.looping.first + plan.looping.rounds):
        folder = directory / "rounds" / str(number)
        written = (folder / "train.jsonl").exists()
        if written and not (directory / "inputs" / f"hands-{number}.json").exists():
            return number
    return None


def hand_over(store: Store, directory: Path) -> int:
    """Write down what people decided on the samples that a loop waits with; return how many decisions.

    The loop may be resumed then.
    """
    number = waiting(directory)
    if number is None:
        return 0
    rows = store.decisions.hands(f"{directory.name}-{number}-synthesis")
    said = {ident: asdict(Hand(act, statement, solution)) for ident, act, statement, solution in rows}
    write_atomically(directory / "inputs" / f"hands-{number}.json", orjson.dumps(said))
    return len(said)
