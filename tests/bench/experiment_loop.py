"""Does what the studio keeps teach more than what it drops? Three comparisons on the tiny model, several seeds each.

    python -m tests.bench.experiment_loop [--seeds 3] [--requests 400] [--out FILE]

curated / raw      samples that self-play and experts keep, against any samples, at equal size
strict / first     problems on whose answer all solutions agree, against the first solution of any, at equal size
replay / none      what a second lesson makes the model forget of the first, with and without replay by loss

The tiny model writes and solves, the embedded engine examines; every arm starts from the tiny model, is trained through
TRL and answers the same held-out problems. A gain is the difference of two accuracies over the same questions, paired.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.core import prompts  # noqa: E402
from engine.core.project import EngineSpec  # noqa: E402
from engine.core.records import Problem, Request, Solution  # noqa: E402
from engine.core.settings import Recipe  # noqa: E402
from engine.execution import programs, work  # noqa: E402
from engine.generation import inputs  # noqa: E402
from engine.generation.recipes import load  # noqa: E402
from engine.generation.work_item import WorkItem  # noqa: E402
from engine.learning.evaluation.grading import grade  # noqa: E402
from engine.learning.rounds import training_rows  # noqa: E402
from engine.learning.training import presets, replay, scoring, trainer  # noqa: E402
from engine.learning.training.replay import TrainingExample  # noqa: E402
from engine.models import serving  # noqa: E402
from engine.runs import journal  # noqa: E402
from engine.runs.plan import GeneratePlan, TrainPlan, save_plan  # noqa: E402
from tests.support.tiny_model import word_problems as lessons  # noqa: E402

TINY = ROOT / "tests" / "assets" / "tiny"
HELD = 200
RATE = 3e-4
T95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}
"""Two-sided 95 % quantiles of t with one degree less than there are seeds."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One comparison: accuracies of both arms by seed, and the mean gain with its 95 % interval over seeds."""

    name: str
    arms: tuple[str, str]
    rows: tuple[int, ...]
    first: tuple[float, ...]
    second: tuple[float, ...]
    gain: float
    low: float
    high: float

    @staticmethod
    def of(name: str, arms: tuple[str, str], rows: Sequence[int], pairs: Sequence[tuple[float, float]]) -> Outcome:
        """Return the outcome of (first, second) accuracies, one pair per seed."""
        gains = [one - other for one, other in pairs]
        half = T95.get(len(gains), 2.0) * stdev(gains) / len(gains) ** 0.5 if len(gains) > 1 else float("nan")
        mean = fmean(gains)
        first, second = (tuple(side) for side in zip(*pairs, strict=True))
        return Outcome(name, arms, tuple(rows), first, second, mean, mean - half, mean + half)


class Bench:
    """The tiny model, held-out problems, and a folder for everything that is made."""

    def __init__(self, folder: Path, count: int) -> None:
        """Draw the held-out problems: the same for every arm and seed."""
        self.folder = folder
        rng = random.Random(5)
        drawn = {one.statement: one for one in (lessons.drawn(rng, True) for _ in range(4 * count))}
        self.held = list(drawn.values())[:count]

    def trained(self, name: str, examples: Sequence[TrainingExample], model: Path = TINY, seed: int = 0) -> Path:
        """Train `model` on examples through TRL and return the folder of the outcome."""
        data = training_rows.save(self.folder / f"{name}.jsonl", examples)
        out, run = self.folder / f"{name}-model", self.folder / f"run-{name}"
        chosen = {"learning_rate": RATE, "seed": seed, "checkpoints": 0, "override": ("repeats",)}
        training = presets.resolve("tiny-sft", model=str(model), data=str(data), out=str(out), **chosen)
        recipe = Recipe(name="sft", title="Fine-tuning", roles={})
        save_plan(run, TrainPlan(id=name, recipe=recipe, training=training))
        if trainer.main([str(run)]) != trainer.TRAINED:
            raise RuntimeError(f"{name} was not trained")
        return out

    def accuracy(self, model: Path, held: Sequence[lessons.Exercise] | None = None) -> float:
        """Return the share of held-out problems that a model solves, greedy."""
        from engine.models.serving.batching import LocalModel, PromptRequest

        local, right = LocalModel(model), 0
        some = list(held if held is not None else self.held)
        for start in range(0, len(some), 64):
            batch = some[start : start + 64]
            turns = [[{"role": r, "content": c} for r, c in lessons.solving(one.statement)] for one in batch]
            asked = [PromptRequest(tuple(local.chat(each)), 192, 0.0) for each in turns]
            said = local.answer(asked)
            right += sum(grade(one.text, two.answer).right for one, two in zip(said, batch, strict=True))
        return right / len(some)


def synthesised(folder: Path, requests: int, seed: int) -> Path:
    """Have the tiny model answer requests and solve its own questions; the embedded engine examines."""
    drawn = random.Random(1000 + seed)
    wanted = {one.id: one for one in (lessons.request(drawn) for _ in range(3 * requests))}
    directory, name = folder / f"synthesis-{seed}", f"tiny-{seed}"
    engine = serving.for_one_run(folder / "servers", name, TINY, server="transformers", served_name="tiny")
    recipe = load("continual", {"sampling.max_tokens": "256", "continual.evaluation_requests": "0"})
    roles = recipe.roles | dict.fromkeys(training_rows.WRITTEN_BY_MODEL, f"{name}:tiny")
    recipe = recipe.model_copy(update={"roles": roles, "seed": seed})
    orders = [WorkItem.of_request(one) for one in list(wanted.values())[:requests]]
    inputs.save(directory / "inputs" / "orders.parquet", WorkItem, orders)
    inputs.save(directory / "inputs" / "evaluation.parquet", Request, ())
    engines = {name: engine, "abacus": EngineSpec(kind="abacus")}
    hashes = prompts.hashes()
    plan = GeneratePlan(id=directory.name, recipe=recipe, engines=engines, total=len(orders), prompts=hashes)
    save_plan(directory, plan)
    status = work(directory, programs())
    if status.state != "finished":
        raise RuntimeError(status.reason)
    return directory


def curated_against_raw(bench: Bench, seeds: int, requests: int) -> Outcome:
    """Train on solutions that were kept, and on as many of those that were written at all."""
    rows, pairs = [], []
    for seed in range(seeds):
        run = synthesised(bench.folder, requests, seed)
        kept = list(training_rows.read(run, "solutions").tuned)
        every = _written(run)
        random.Random(seed).shuffle(every)
        count = min(len(kept), len(every))
        arms = [bench.trained(f"{n}-{seed}", some[:count], seed=seed) for n, some in (("kept", kept), ("raw", every))]
        rows.append(count)
        pairs.append((bench.accuracy(arms[0]), bench.accuracy(arms[1])))
        print(f"curated/raw {seed}: {count} rows, {pairs[-1]}", flush=True)
    return Outcome.of("curated against raw", ("curated", "raw"), rows, pairs)


def _written(run: Path) -> list[TrainingExample]:
    """Return every written sample as an example to solve, whatever was said about it."""
    records = list(journal.records(run / "journal"))
    statements = {one.id: one.statement for one in records if isinstance(one, Problem) and one.parent_id is None}
    said = [one for one in records if isinstance(one, Solution) and one.index == 0 and one.problem_id in statements]
    return [_solving(statements[one.problem_id], one.text) for one in said]


def _solving(statement: str, solution: str) -> TrainingExample:
    turns = dict(lessons.solving(statement))
    return TrainingExample(turns["user"], solution, turns.get("system", ""))


def strict_against_first(bench: Bench, seeds: int, problems: int) -> Outcome:
    """Train on problems whose three solutions agree, and on the first solution of as many problems of any kind."""
    import torch

    from engine.models.serving.batching import LocalModel, PromptRequest
    from engine.verification.answers import equivalent, extract_answer

    rows, pairs = [], []
    local = LocalModel(TINY)
    for seed in range(seeds):
        torch.manual_seed(seed)
        rng = random.Random(300 + seed)
        posed = [lessons.drawn(rng, False).statement for _ in range(problems)]
        asked = [
            PromptRequest(tuple(local.chat([{"role": r, "content": c} for r, c in lessons.solving(each)])), 192, 0.7)
            for each in posed
            for _ in range(3)
        ]
        texts = [one.text for at in range(0, len(asked), 96) for one in local.answer(asked[at : at + 96])]
        first, strict = [], []
        for number, statement in enumerate(posed):
            three = texts[3 * number : 3 * number + 3]
            answers = [extract_answer(text) for text in three]
            first.append(_solving(statement, three[0]))
            if answers[0] and all(one and equivalent(answers[0], one) for one in answers[1:]):
                strict.append(_solving(statement, three[0]))
        count = min(len(strict), len(first))
        arms = [bench.trained(f"{n}-{seed}", s[:count], seed=seed) for n, s in (("strict", strict), ("first", first))]
        rows.append(count)
        pairs.append((bench.accuracy(arms[0]), bench.accuracy(arms[1])))
        print(f"strict/first {seed}: {count} rows, {pairs[-1]}", flush=True)
    return Outcome.of("strict against first", ("strict", "first"), rows, pairs)


def replay_against_none(bench: Bench, seeds: int, rows_each: int = 320) -> Outcome:
    """Teach half of the families, then the other half with and without replay; measure the first half again."""
    half = len(lessons.FAMILIES) // 2
    old, new = lessons.FAMILIES[:half], lessons.FAMILIES[half:]
    held = [one for one in bench.held if one.family in old]
    rows, pairs = [], []
    for seed in range(seeds):
        rng = random.Random(700 + seed)
        first, second = ([_taught(rng, side) for _ in range(rows_each)] for side in (old, new))
        before = bench.trained(f"old-{seed}", first, seed=seed)
        without = bench.trained(f"none-{seed}", second, before, seed)
        past = replay.history([first])
        losses = [_losses(model, past) for model in (before, without)]
        again = replay.replayed("loss", past, replay.select(*losses))
        mixed = replay.mixed(again, second)
        with_replay = bench.trained(f"replay-{seed}", mixed.examples, before, seed)
        rows.append(mixed.replayed)
        pairs.append((bench.accuracy(with_replay, held), bench.accuracy(without, held)))
        print(f"replay/none {seed}: {mixed.replayed} replayed, {pairs[-1]}", flush=True)
    return Outcome.of("replay against none", ("replay", "none"), rows, pairs)


def _taught(rng: random.Random, families: tuple[Any, ...]) -> TrainingExample:
    found = lessons.drawn(rng, False, families=families)
    return _solving(found.statement, found.solution)


def _losses(model: Path, examples: Sequence[TrainingExample]) -> list[float]:
    rows = [replay.row_of(one) for one in examples]
    return [loss for batch in scoring.score(model, rows, 512) for loss in batch]


def main() -> None:
    """Run the comparisons and print them as lines and as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.experiment_loop")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--problems", type=int, default=500)
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    known: dict[str, Callable[[Bench], Outcome]] = {
        "strict": lambda bench: strict_against_first(bench, given.seeds, given.problems),
        "replay": lambda bench: replay_against_none(bench, given.seeds),
        "curated": lambda bench: curated_against_raw(bench, given.seeds, given.requests),
    }
    began, found = time.time(), []
    with tempfile.TemporaryDirectory(prefix="lemma-experiment-") as place:
        bench = Bench(Path(place), HELD)
        base = bench.accuracy(TINY)
        print(f"tiny model: {base:.3f} of {len(bench.held)} held-out problems", flush=True)
        for name, run in known.items():
            if given.only in ("", name):
                found.append(run(bench))
                print(_line(found[-1]), flush=True)
    told = {"base": base, "held": HELD, "seconds": time.time() - began, "experiments": [asdict(one) for one in found]}
    if given.out:
        given.out.write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2))


def _line(one: Outcome) -> str:
    first, second = (fmean(side) for side in (one.first, one.second))
    said = f"{one.arms[0]} {first:.3f}, {one.arms[1]} {second:.3f}"
    return f"{one.name}: {said}, gain {one.gain:+.3f} [{one.low:+.3f}, {one.high:+.3f}], rows {one.rows}"


if __name__ == "__main__":
    main()
