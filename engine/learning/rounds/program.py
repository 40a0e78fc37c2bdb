"""What the worker of a loop does, round by round; readable from top to bottom.

    replay      a pass without replay shows what the new data makes the model forget (CL-21..24)
    sft         M(t-1) learns replay and new data (CL-25)
    synthesis   the tuned model answers requests, solves its own questions, experts examine (CL-03..16)
    sort        fine-tuning data for the next round, preference pairs for this one
    dpo         the tuned model learns to prefer; it is its own reference (CL-18); the outcome is M(t) (CL-19)
    evaluate    M(t-1), the tuned model and M(t) on the same benchmarks
    requests    M(t) answers the held-out requests, and a judge marks them in eight dimensions (CL-28)
    report      class shares, filters, costs, replay, gain (CL-39)

Every step leaves its outcome in `rounds/<number>/`; a loop that is resumed finds it there and goes on behind it.
A round that fell may be skipped: the next one begins where it began, with requests of its own (CL-45).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import orjson

from engine.core.errors import RunStopped
from engine.core.files import write_atomically
from engine.core.protocol import Program, Progress
from engine.core.records import RoundEvent, content_id
from engine.core.settings.training import Looping
from engine.learning.rounds import promotion_state, steps, training_rows
from engine.learning.training.replay import TrainingExample, history, mixed, replayed
from engine.runs.plan import RoundPlan


@dataclass(frozen=True, slots=True)
class State:
    """Where the loop stands before a round: M(t-1), what is new to learn, what was learnt before."""

    model: Path
    fresh: tuple[TrainingExample, ...]
    past: tuple[TrainingExample, ...]


def program(plan: RoundPlan, directory: Path) -> Program:
    """Go through the rounds of a plan until they are made or the loop's rule says that it has come to its end."""
    loop = plan.looping
    past = training_rows.load(Path(loop.history)) if loop.history else ()
    state = State(Path(loop.model), training_rows.load(Path(loop.data)), past)
    yield from go_through(loop, state, lambda number: LoopRound(plan, directory, number))


def go_through(loop: Looping, state: State, a_round: Callable[[int], OneRound]) -> Program:
    """Go from round to round, each from the model of the one before; one that fell ends the loop or is skipped."""
    averages: list[float] = []
    for number in range(loop.first, loop.first + loop.rounds):
        one = a_round(number)
        after, scores = yield from one.go(state)
        averages += scores if not averages else scores[1:]
        if loop.after_fall == "skip" and promotion_state.fell(averages, loop.least_gain):
            averages.pop()
            yield from one.skipped(state)
            continue
        state = after
        if averages and promotion_state.stops(averages, loop.rounds, loop.least_gain):
            return


class OneRound(Protocol):
    """What the loop asks of a round."""

    def go(self, state: State) -> Generator[Progress | RoundEvent, None, tuple[State, list[float]]]:
        """Go through the steps; return where the loop stands then, and the mean accuracies before and after."""

    def skipped(self, state: State) -> Generator[RoundEvent, None, None]:
        """Journal that the round is skipped, and from where the next one begins."""


class LoopRound:
    """One round of a loop."""

    def __init__(self, plan: RoundPlan, directory: Path, number: int) -> None:
        """Make the folder of the round."""
        self.plan, self.directory, self.number = plan, directory, number
        self.loop = plan.looping
        self.folder = directory / "rounds" / str(number)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.steps = steps.Steps(plan, directory, number, self.folder)
        self.best: dict[str, int | None] = {}

    def go(self, state: State) -> Generator[Progress | RoundEvent, None, tuple[State, list[float]]]:
        """Go through the steps; return where the loop stands then, and the mean accuracies of M(t-1) and M(t)."""
        began = time.time()
        again, replay = yield from self._replay(state)
        learnt = mixed(again, state.fresh)
        tuned = yield from self._train("sft", state.model, self._saved("train", learnt.examples))
        made = yield from self._synthesis(tuned)
        pairs = self._saved("pairs", made.pairs)
        preferred = yield from self._train("dpo", tuned, pairs)
        known = history([state.past, state.fresh], [made.pairs])
        self._saved("candidates", made.tuned)
        self._saved("history", known)
        scores = yield from self._evaluate({"start": state.model, "sft": tuned, "model": preferred})
        marks = yield from self._mark({"start": state.model, "model": preferred})
        report = {
            "start": str(state.model),
            "study": self.loop.study,
            "classes": dict(made.classes),
            "left_out": dict(made.left_out),
            "fine_tuning": len(made.tuned),
            "pairs": len(made.pairs),
            "replay": replay | {"share": learnt.replay_share, "examples": learnt.replayed, "fresh": learnt.fresh},
            "checkpoints": self.best,
            "at": began,
            "costs": self.steps.costs(),
            "seconds": time.time() - began,
            "before": scores.get("start", {}),
            "after_sft": scores.get("sft", {}),
            "accuracy": scores.get("model", {}),
            "dimensions": marks,
        }
        yield from self._told("report", preferred, report)
        means = [mean for name in ("start", "model") if (mean := _mean(scores.get(name, {}))) is not None]
        return State(preferred, made.tuned, known), means

    def skipped(self, state: State) -> Generator[RoundEvent, None, None]:
        """Journal that the round is skipped, and from where the next one begins (CL-45)."""
        yield from self._told("skip", state.model, {"why": "its mean accuracy did not rise", "from": str(state.model)})

    def _replay(
        self, state: State
    ) -> Generator[Progress | RoundEvent, None, tuple[tuple[TrainingExample, ...], dict[str, Any]]]:
        """Choose what of the history is learnt again; without a history there is nothing to forget."""
        if not state.past:
            return (), {"way": self.loop.replay, "history": 0}
        told: dict[str, Any] = {"way": self.loop.replay, "history": len(state.past)}
        chosen = None
        if self.loop.replay == "loss":
            new = self._saved("fresh", state.fresh)
            without = yield from self._train("no_replay", state.model, new)
            past = self._saved("past", state.past)
            chosen = yield from self.steps.forgotten(state.model, without, past, len(state.past))
            told |= {"mu": chosen.mu, "hard": int(chosen.hard.sum()), "forgotten": int(chosen.forgotten.sum())}
        again = replayed(self.loop.replay, state.past, chosen)
        yield from self._told("replay", state.model, told)
        return again, told

    def _train(self, act: str, model: Path, data: Path) -> Generator[Progress | RoundEvent, None, Path]:
        """Train `model` on `data` and return the outcome; too little data leaves the model as it is."""
        rows = data.read_bytes().count(b"\n")
        if rows < self.loop.fewest:
            why = f"{rows} rows are fewer than {self.loop.fewest}"
            yield from self._told(act, model, {"rows": rows, "left_out": why})
            return model
        trained = yield from self.steps.train(act, model, data)
        told: dict[str, Any] = {"rows": rows, "run": self.steps.id_of(act)}
        if self.loop.best_checkpoint and act != "no_replay":
            found = yield from self.steps.best(act)
            trained = Path(found.model)
            self.best[act] = told["checkpoint"] = found.best
        yield from self._told(act, trained, told)
        return trained

    def _synthesis(self, model: Path) -> Generator[Progress | RoundEvent, None, training_rows.Material]:
        """Let the model write from requests, wait for a person where that is wanted, and sort what was written."""
        run = yield from self.steps.synthesise(model)
        hands = self.directory / "inputs" / f"hands-{self.number}.json"
        if self.loop.review and not hands.exists():
            raise RunStopped("paused", f"round {self.number} waits for review of {run.name}; resume when it is done")
        made = training_rows.read(run, self.loop.learn, steps.hands(hands))
        told = {"run": run.name, "classes": dict(made.classes), "left_out": dict(made.left_out)}
        yield from self._told("synthesis", model, told)
        return made

    def _evaluate(self, models: dict[str, Path]) -> Generator[Progress | RoundEvent, None, dict[str, dict[str, float]]]:
        """Evaluate every model once, and return accuracies by model and benchmark."""
        if not self.loop.benchmarks:
            return {}
        found: dict[Path, dict[str, float]] = {}
        for name, model in models.items():
            if model not in found:
                found[model] = yield from self.steps.evaluate(name, model)
                yield from self._told(f"evaluate {name}", model, {"accuracy": found[model]})
        return {name: found[model] for name, model in models.items()}

    def _mark(self, models: dict[str, Path]) -> Generator[Progress | RoundEvent, None, dict[str, dict[str, float]]]:
        """Have the held-out requests answered and marked: by M(t), in the first round by M(t-1) as well (CL-28)."""
        if not self.loop.judge:
            return {}
        if self.number != self.loop.first:
            models = {name: model for name, model in models.items() if name == "model"}
        found: dict[Path, dict[str, float]] = {}
        for name, model in models.items():
            if model not in found:
                synthesis = self.directory.parent / self.steps.id_of("synthesis")
                found[model] = yield from self.steps.mark(name, model, synthesis)
                yield from self._told(f"requests {name}", model, {"dimensions": found[model]})
        return {name: found[model] for name, model in models.items()}

    def _saved(self, name: str, rows: Sequence[Any]) -> Path:
        path = self.folder / f"{name}.jsonl"
        return path if path.exists() else training_rows.save(path, rows)

    def _told(self, act: str, model: Path, detail: dict[str, Any]) -> Generator[RoundEvent, None, None]:
        """Journal what a step came to, once."""
        mark = self.folder / f"{act.replace(' ', '-')}.json"
        if not mark.exists():
            body = orjson.dumps(detail, option=orjson.OPT_INDENT_2)
            ident = content_id("RD", self.plan.id, self.number, act)
            yield RoundEvent(ident, self.plan.id, self.number, act, str(model), body.decode(), at=time.time())
            write_atomically(mark, body)


def _mean(scores: dict[str, float]) -> float | None:
    return sum(scores.values()) / len(scores) if scores else None
