"""The arms of a proof: each a student trained on some rows by the studio's own trainer, and asked held-out problems.

An arm that is finished is a file in the folder, so a start after a stop goes on with the next one. Models are deleted
as soon as no other arm begins from them: one takes half a gigabyte.
"""

from __future__ import annotations

import gc
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.core.settings import Recipe
from engine.learning.evaluation.grading import grade
from engine.learning.rounds import training_rows
from engine.learning.training import presets, replay, scoring, trainer
from engine.learning.training.replay import Preference, TrainingExample
from engine.runs.plan import TrainPlan, save_plan
from tests.bench.proof_figures import STUDENT, balanced
from tests.bench.proof_material import counting, tokens_of_pairs
from tests.bench.proof_plan import HeldOut, ProofFolder

Say = Callable[[str], None]
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class ProofArm:
    """One training: where it starts, the rows that it learns, how, and which skills are asked afterwards."""

    name: str
    rows: str
    start: str = STUDENT
    method: str = "sft"
    skills: tuple[str, ...] = ("first",)


ARMS = (
    ProofArm("curated", "curated", skills=("first", "second")),
    ProofArm("raw", "raw"),
    ProofArm("strict", "strict"),
    ProofArm("first", "first"),
    ProofArm("dpo", "pairs", "curated", "dpo"),
    ProofArm("round 2", "chosen", "curated"),
    ProofArm("none", "second", "curated", skills=("first", "second")),
    ProofArm("replay", "second", "curated", skills=("first", "second")),
)
"""Every arm of one seed, in the order of training. `curated` is the SFT of SFT + DPO, round 1, and the first skill."""
_UNTRAINED = ProofArm(STUDENT, "", skills=("first", "second"))


def unfinished(folder: ProofFolder) -> list[tuple[int, ProofArm]]:
    """Return the arms that have no result yet, in the order in which they are trained; the student comes first."""
    every = [(0, _UNTRAINED), *((seed, arm) for seed in range(folder.plan.seeds) for arm in ARMS)]
    return [(seed, arm) for seed, arm in every if not folder.result(seed, arm.name).exists()]


def run(folder: ProofFolder, say: Say = print) -> None:
    """Train and ask every arm that is not finished; the student itself is asked first."""
    for seed, arm in unfinished(folder):
        if arm.name == STUDENT:
            _finish(folder, seed, arm, folder.student, {}, say)
        else:
            _one(folder, seed, arm, say)
        if not any(other == seed for other, _ in unfinished(folder)):
            for each in ARMS:
                shutil.rmtree(_model(folder, seed, each.name), ignore_errors=True)


def _one(folder: ProofFolder, seed: int, arm: ProofArm, say: Say) -> None:
    start = _started(folder, seed, arm.start, say)
    rows = _replayed(folder, seed, say) if arm.name == "replay" else _loaded(folder.rows(seed, arm.rows), arm.method)
    begun = time.time()
    model = _trained(folder, seed, arm, rows, start)
    facts = {"train_s": round(time.time() - begun, 1), "rows": len(rows), "tokens": _tokens(folder, rows)}
    _finish(folder, seed, arm, model, facts, say)
    if arm.name not in _BEGUN_FROM:
        shutil.rmtree(model, ignore_errors=True)


_BEGUN_FROM = ("curated", "none")
"""Arms whose models are needed after they were asked: others start there, or their losses choose what is replayed."""


def _started(folder: ProofFolder, seed: int, name: str, say: Say) -> Path:
    """Return the model that an arm starts from; one that is gone, because a stop came between, is trained again."""
    if name == STUDENT:
        return folder.student
    model = _model(folder, seed, name)
    if not (model / "config.json").exists():
        say(f"seed {seed}: {name} is trained again, others start from it")
        arm = next(one for one in ARMS if one.name == name)
        start = _started(folder, seed, arm.start, say)
        _trained(folder, seed, arm, _loaded(folder.rows(seed, arm.rows), arm.method), start)
    return model


def _trained(folder: ProofFolder, seed: int, arm: ProofArm, rows: Sequence[Any], start: Path) -> Path:
    """Train through the studio's trainer and return the folder of the model."""
    plan, out = folder.plan, _model(folder, seed, arm.name)
    run_dir = folder.runs / out.name
    shutil.rmtree(run_dir, ignore_errors=True)
    shutil.rmtree(out, ignore_errors=True)
    data = training_rows.save(run_dir / "rows.jsonl", rows)
    settings = presets.resolve(
        f"tiny-{arm.method}",
        model=str(start),
        data=str(data),
        out=str(out),
        seed=seed,
        learning_rate=plan.dpo_rate if arm.method == "dpo" else plan.sft_rate,
        batch_size=plan.batch,
        device_batch=plan.batch,
        precision="bfloat16",
        checkpoints=0,
    )
    folder.models.mkdir(exist_ok=True)
    save_plan(run_dir, TrainPlan(id=out.name, recipe=Recipe(name="proof", title="Proof", roles={}), training=settings))
    if trainer.main([str(run_dir)]) != trainer.TRAINED:
        raise RuntimeError(f"{out.name} was not trained; see what is printed above")
    shutil.rmtree(run_dir, ignore_errors=True)
    gc.collect()
    return out


def _replayed(folder: ProofFolder, seed: int, say: Say) -> list[TrainingExample]:
    """Return the second skill with replay: half of as many rows are those of the first that its rule chooses (2.5.1).

    Rows and tokens are those of the arm without replay, so replay takes the place of new rows.
    """
    past = replay.history([_loaded(folder.rows(seed, "curated"), "sft")])
    fresh = _loaded(folder.rows(seed, "second"), "sft")
    models = [_started(folder, seed, name, say) for name in ("curated", "none")]
    before, after = ([loss for batch in scoring.score(model, [replay.row_of(one) for one in past], _LONGEST)
                      for loss in batch] for model in models)  # fmt: skip
    chosen = replay.select(before, after)
    again = list(replay.replayed("loss", past, chosen))
    random.Random(seed).shuffle(again)
    say(f"seed {seed}: the rule replays {len(again)} of {len(past)} rows; half of {len(fresh)} are taken")
    again = again[: len(fresh) // 2]
    lengths = counting(folder.student)
    spare, kept = len(fresh) - len(again), [again, fresh]
    wanted = sum(lengths(fresh)) - sum(lengths(again))
    places = _nearest(lengths(fresh), spare, wanted, seed)
    kept[1] = [fresh[place] for place in places]
    return list(replay.mixed(*kept).examples)


def _nearest(lengths: list[int], count: int, wanted: int, seed: int) -> list[int]:
    """Return `count` places whose lengths add up to about `wanted`: a set beside one that has just those tokens."""
    beside = [wanted // count] * count
    return balanced(lengths, beside, count, seed)[0]


def _finish(folder: ProofFolder, seed: int, arm: ProofArm, model: Path, facts: dict[str, Any], say: Say) -> None:
    """Ask the held-out problems and write the result; the arm is finished with that, and not before."""
    begun = time.time()
    right, texts = {}, {}
    asked = Asked(model, folder.plan.max_tokens)
    for skill in arm.skills:
        texts[skill] = asked.answers(folder.held(skill))
        right[skill] = [int(_right(text, one)) for text, one in zip(texts[skill], folder.held(skill), strict=True)]
    said = {"seed": seed, "arm": arm.name, "right": right, "rows": 0, "tokens": 0, **facts,
            "ask_s": round(time.time() - begun, 1), "ended_at": round(time.time())}  # fmt: skip
    folder.put(f"answers/{seed}-{arm.name}.json".replace(" ", "-"), texts)
    folder.put(str(folder.result(seed, arm.name).relative_to(folder.root)), said)
    shares = ", ".join(f"{skill} {sum(marks)} of {len(marks)}" for skill, marks in right.items())
    say(f"{time.strftime('%H:%M:%S')} seed {seed} {arm.name}: {shares}; {said['rows']} rows, {said['tokens']:,} tokens,"
        f" {said.get('train_s', 0)} s training, {said['ask_s']} s asking")  # fmt: skip


def _right(text: str, problem: HeldOut) -> bool:
    return grade(text, problem.answer, problem.statement, disputes=False).right


class Asked:
    """A model in memory that answers problems greedily, many at a time."""

    def __init__(self, model: Path, max_tokens: int) -> None:
        """Load the model."""
        from engine.models.serving.batching import LocalModel

        self.model, self.max_tokens = LocalModel(model, "bfloat16"), max_tokens
        self.batch = 256 if self.model.device == "cuda" else 50

    def answers(self, problems: Sequence[HeldOut]) -> list[str]:
        """Return an answer to each problem, in their order; problems of one length are asked together."""
        from engine.models.serving.protocol import PromptRequest

        ids = [tuple(self.model.chat([{"role": "user", "content": one.statement}])) for one in problems]
        order, said = sorted(range(len(ids)), key=lambda place: len(ids[place])), [""] * len(ids)
        for start in range(0, len(order), self.batch):
            places = order[start : start + self.batch]
            made = self.model.answer([PromptRequest(ids[place], self.max_tokens, 0.0) for place in places])
            for place, one in zip(places, made, strict=True):
                said[place] = one.text
        return said


def _model(folder: ProofFolder, seed: int, name: str) -> Path:
    return folder.models / f"{seed}-{name.replace(' ', '-')}"


def _loaded(path: Path, method: str) -> list[Any]:
    if method == "sft":
        return list(training_rows.load(path))
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [Preference(*(row[side][-1]["content"] for side in ("prompt", "chosen", "rejected"))) for row in rows]


def _tokens(folder: ProofFolder, rows: Sequence[Any]) -> int:
    lengths = counting(folder.student)
    return tokens_of_pairs(rows, lengths) if isinstance(rows[0], Preference) else sum(lengths(rows))
