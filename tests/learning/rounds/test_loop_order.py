"""Which model learns what, and when a loop ends: its program, over steps that have already been made.

A loop that is resumed takes what is finished and goes on behind it. Here every training and evaluation counts as
finished beforehand, so the program itself goes through three rounds without a GPU: it plans each step, chooses the
replay, sorts a real synthesis and writes its files. `test_loop_models.py` trains for real.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest

from engine.core.protocol import Progress
from engine.core.records import GradedAnswer, Problem, RoundEvent, Solution
from engine.core.settings.training import Evaluating, Looping
from engine.generation import inputs
from engine.generation.recipes import load
from engine.learning.evaluation import program as evaluation
from engine.learning.evaluation.questions import BenchmarkQuestion
from engine.learning.rounds import children, training_rows
from engine.learning.rounds import program as loop
from engine.learning.training.replay import TrainingExample
from engine.planning.run_in_process import Made, run
from engine.runs import journal
from engine.runs.journal import Journal
from engine.runs.plan import EvaluatePlan, RoundPlan, TrainPlan, load_plan_as, save_plan
from engine.runs.status import Status, save_status

PAST = [TrainingExample(f"old {n}?", str(n)) for n in range(3)]
FRESH = [TrainingExample(f"new {n}?", str(n)) for n in range(2)]
PUBLISHED = {"m0": [1.0, 2.0, 3.0], "no_replay": [4.0, 2.0, 3.0]}
"""Losses of CL-23: with mu = 2 the first is forgotten, the third is hard."""
ACCURACY = {1: (0, 2), 2: (2, 2), 3: (2, 4)}
"""Right answers of four, before and after each round: the second gains nothing."""


@dataclass
class LoopOnDisk:
    """A loop with its project, and what it told."""

    runs: Path
    synthesis: Made
    events: list[RoundEvent] = field(default_factory=list)

    def folder(self, number: int) -> Path:
        return self.runs / "round-0001" / "rounds" / str(number)

    def training(self, number: int, act: str) -> TrainPlan:
        return load_plan_as(self.runs / f"round-0001-{number}-{act}", TrainPlan)

    def rows(self, number: int, name: str) -> list[dict[str, object]]:
        return [orjson.loads(line) for line in (self.folder(number) / f"{name}.jsonl").read_bytes().splitlines()]

    def examples(self, number: int, name: str) -> tuple[TrainingExample, ...]:
        return training_rows.load(self.folder(number) / f"{name}.jsonl")


def _scored(command: list[str], log: Path, step: str, done: Path, total: int) -> Iterator[Progress]:
    """Score rows as the scorer would, which needs torch: by a table in the first round, evenly in later ones.

    In later rounds the last row alone is forgotten.
    """
    _, model, rows, out = command
    count = len(Path(rows).read_bytes().splitlines())
    name = Path(model).name
    even = [1.0] * (count - 1) + [5.0 if name == "no_replay" else 1.0]
    losses = PUBLISHED[name] if count == len(PAST) else even
    Path(out).write_text("".join(f"{loss}\n" for loss in losses), encoding="utf-8")
    yield Progress(step, count, total)


def _evaluated(place: Path, wanted: Evaluating, right: int) -> None:
    total = evaluation.prepare(place, wanted)
    recipe = evaluation.recipe(wanted, load("continual").settings.running)
    save_plan(place, EvaluatePlan(id=place.name, recipe=recipe, evaluating=wanted, total=total))
    log = Journal(place / "journal")
    for n, one in enumerate(inputs.stream(place / "inputs" / evaluation.QUESTIONS, BenchmarkQuestion)):
        said = GradedAnswer(
            place.name, one.benchmark, one.id, 0, one.text, one.answer, "", one.answer, n < right, wanted.model
        )
        log.append(said)
    log.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> LoopOnDisk:
    """Three rounds were asked for."""
    home = tmp_path_factory.mktemp("loop")
    runs = home / "runs"
    synthesis = run(load("continual", {"continual.evaluation_requests": "5"}), [], home / "made", items=40)
    lines = [orjson.dumps({"question": f"What is {n} + {n}?", "answer": str(2 * n)}) for n in range(4)]
    (home / "held.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    asked = Evaluating(model="engine:model", benchmarks=(f"held={home / 'held.jsonl'}",))
    for number, right in ACCURACY.items():
        for act in ("sft", "no-replay", "dpo", "evaluate-start", "evaluate-sft", "evaluate-model"):
            save_status(_place(runs, number, act), Status(state="finished"))
        for act, count in zip(("evaluate-start", "evaluate-sft", "evaluate-model"), (*right, right[1]), strict=True):
            _evaluated(_place(runs, number, act), asked, count)
        shutil.copytree(synthesis.directory / "journal", _place(runs, number, "synthesis") / "journal")
        save_status(_place(runs, number, "synthesis"), Status(state="finished"))
    paths = {name: training_rows.save(home / f"{name}.jsonl", rows) for name, rows in (("p", PAST), ("f", FRESH))}
    wanted = Looping(
        model=str(home / "m0"), data=str(paths["f"]), history=str(paths["p"]), rounds=3, preset="tiny", fewest=1,
        benchmarks=asked.benchmarks,
    )  # fmt: skip
    plan = RoundPlan(id="round-0001", recipe=load("continual"), looping=wanted)
    told = LoopOnDisk(runs, synthesis)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(children, "process", _scored)
        told.events += [one for one in loop.program(plan, runs / plan.id) if isinstance(one, RoundEvent)]
    return told


def _place(runs: Path, number: int, act: str) -> Path:
    place = runs / f"round-0001-{number}-{act}"
    place.mkdir(parents=True, exist_ok=True)
    return place


def test_cl21_cl23_what_is_forgotten_or_hard_is_replayed(made):
    """CL-21, CL-22, CL-23: J is the loss without replay less that of M(t-1), by the paper's own table."""
    report = orjson.loads((made.folder(1) / "replay.json").read_bytes())
    assert (report["mu"], report["forgotten"], report["hard"]) == (2.0, 1, 1)
    assert made.examples(1, "train") == (PAST[0], PAST[2], *FRESH)


def test_cl25_the_set_of_a_round_is_replay_and_new_data(made):
    """CL-25: in the second round the last row of the history comes again, beside what the first one synthesised."""
    history, fresh = made.examples(1, "history"), made.examples(1, "candidates")
    assert made.examples(2, "train") == (history[-1], *(one for one in fresh if one != history[-1]))
    assert made.training(2, "sft").training.data == str(made.folder(2) / "train.jsonl")


def test_cl24_the_pass_without_replay_learns_new_data_alone(made):
    """CL-24: it starts from the model that the round starts from, and sees nothing of the history."""
    training = made.training(1, "no-replay").training
    assert Path(training.model).name == "m0"
    assert training_rows.load(Path(training.data)) == tuple(FRESH)
    assert training_rows.load(Path(made.training(2, "no-replay").training.data)) == made.examples(1, "candidates")


def test_cl18_cl19_each_training_starts_from_the_one_before(made):
    """CL-18, CL-19: M(t-1) is tuned, the tuned model prefers, the outcome starts the next round."""
    start = made.training(1, "sft").training.model
    for number in (1, 2):
        tuned, preferred = (made.training(number, act).training for act in ("sft", "dpo"))
        assert (tuned.method, preferred.method) == ("sft", "dpo")
        assert tuned.model == start
        assert preferred.model == tuned.out
        assert preferred.data == str(made.folder(number) / "pairs.jsonl")
        assert preferred.reference in ("", tuned.out)
        start = preferred.out


def test_cl08_the_tuned_model_writes(made):
    """CL-08: requests are answered by the model that was tuned in this round, not by the one before it."""
    writers = {event.number: event.model for event in made.events if event.act == "synthesis"}
    assert writers == {number: made.training(number, "sft").training.out for number in (1, 2)}


def test_cl20_history_holds_every_set_and_the_positives_of_pairs(made):
    """CL-20: what was there, what was new, and the better answer of each pair; no worse one."""
    pairs = made.rows(1, "pairs")
    chosen = [pair["chosen"][0]["content"] for pair in pairs]
    known = made.examples(1, "history")
    assert known[: len(PAST) + len(FRESH)] == (*PAST, *FRESH)
    assert [one.answer for one in known[len(PAST) + len(FRESH) :]] == chosen
    assert chosen


def test_cl15_the_mended_version_is_the_chosen_one(made):
    """CL-15: by the journal of the synthesis, the chosen answer is the version that names the rejected one."""
    said = list(journal.records(made.synthesis.directory / "journal"))
    problems = {record.id: record for record in said if isinstance(record, Problem)}
    solved = {record.problem_id: record.text for record in said if isinstance(record, Solution) and not record.index}
    texts = {one.id: f"Question: {one.statement}\nSolution: {solved.get(one.id, '')}" for one in problems.values()}
    mended = {(texts[one.id], texts[one.parent_id]) for one in problems.values() if one.parent_id}
    for pair in made.rows(1, "pairs"):
        assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) in mended


def test_cl27_a_round_without_gain_is_the_last_one(made):
    """CL-27: three rounds were asked, the second gained nothing, a third is not begun."""
    assert [event.number for event in made.events if event.act == "report"] == [1, 2]
    assert not made.folder(3).exists()
