"""The steps of a round that take long: trainings, losses over the history, synthesis, evaluations."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow.parquet as pq

from engine.core.project import EngineSpec, Project
from engine.core.protocol import Progress
from engine.core.records import Request, Seed
from engine.core.settings import Continual, Recipe
from engine.core.settings.training import Choosing, Evaluating, Study
from engine.curation import sorting
from engine.generation import inputs
from engine.generation.methods import registry
from engine.generation.sources import Sources
from engine.generation.work_item import WorkItem
from engine.knowledge.graph import KnowledgeGraph
from engine.learning.evaluation import held_out, program
from engine.learning.rounds import checkpoint_choice, children
from engine.learning.rounds.checkpoint_choice import CheckpointChoice
from engine.learning.rounds.training_rows import WRITTEN_BY_MODEL, Hand
from engine.learning.training import checkpoints, presets, replay, scoring
from engine.learning.training.replay import Replay
from engine.models import serving
from engine.runs import held
from engine.runs.plan import ChoosePlan, EvaluatePlan, GeneratePlan, P, RoundPlan, TrainPlan
from engine.runs.status import load_status

SERVED = "model"
"""Name under which a model of the loop is served."""


class Steps:
    """The long steps of one round of one loop."""

    def __init__(self, plan: RoundPlan, directory: Path, number: int, folder: Path) -> None:
        """`directory` is the loop's run directory, `folder` that of the round within it."""
        self.plan, self.loop, self.directory, self.number, self.folder = plan, plan.looping, directory, number, folder
        self.project = Project(directory.parent.parent)

    def id_of(self, act: str) -> str:
        """Return the id of a step's own run."""
        return f"{self.plan.id}-{self.number}-{act.replace('_', '-')}"

    def train(self, act: str, model: Path, data: Path) -> Generator[Progress, None, Path]:
        """Train `model` on `data` and return the folder of the outcome."""
        out = self.folder / act
        chosen = self.loop.dpo if act == "dpo" else self.loop.sft
        training = presets.resolve(
            self._preset(act),
            **{"method": "dpo" if act == "dpo" else "sft", "model": str(model), "data": str(data), "out": str(out)},
            **chosen,
        )
        title = {"sft": "Fine-tuning", "no_replay": "Fine-tuning without replay", "dpo": "Preference training"}[act]
        recipe = Recipe(name=act, title=f"{title}, round {self.number}", roles={})
        yield from self._run(act, TrainPlan(id=self.id_of(act), recipe=recipe, training=training))
        return out

    def forgotten(self, before: Path, without: Path, past: Path, total: int) -> Generator[Progress, None, Replay]:
        """Score the history by the model before and by the one that learnt without replay (CL-21..23)."""
        losses = []
        for name, model in (("before", before), ("without", without)):
            out = self.folder / f"losses-{name}.txt"
            command = ["engine.learning.training.scoring", str(model), str(past), str(out)]
            if len(scoring.read(out)) < total:
                yield from children.process(command, self.folder / "losses.log", "losses", out, total)
            losses.append(np.array(scoring.read(out)))
        known = np.isfinite(losses[0]) & np.isfinite(losses[1])
        # An answer that was cut off whole has no loss; it is neither hard nor forgotten.
        return replay.select(*(np.where(known, each, 0.0) for each in losses))

    def synthesise(self, model: Path) -> Generator[Progress, None, Path]:
        """Have `model` answer requests and solve its own questions; return the run directory."""
        directory = self._place("synthesis")
        if not children.ended(directory):
            name = self.id_of("synthesis")
            recipe = self._synthesis(name)
            engines = self.plan.engines | {name: self._engine(name, model)}
            total = self._drawn(directory, recipe)
            yield from self._run("synthesis", GeneratePlan(id=name, recipe=recipe, engines=engines, total=total))
        return directory

    def best(self, act: str) -> Generator[Progress, None, CheckpointChoice]:
        """Evaluate the checkpoints of the training `act`, and return the choice among them (FL-32)."""
        directory, trained = self._place(f"choose-{act}"), self._place(act)
        if not children.ended(directory):
            found = checkpoints.find(trained)
            asked = self._asked(str(trained))
            total = program.prepare(directory, asked) * len(found)
            wanted = Choosing(
                checkpoints=tuple(map(str, found)),
                training=trained.name,
                by=checkpoints.deciding(tuple(program.asked(directory)), self.loop.best_by),
                server=self.loop.server,
            )
            recipe = Recipe(name="choose", title=f"Choice of a checkpoint, round {self.number}", roles={})
            name = directory.name
            plan = ChoosePlan(id=name, recipe=recipe, evaluating=asked, choosing=wanted, total=total)
            yield from self._run(f"choose-{act}", plan)
        return checkpoint_choice.finished(directory)

    def evaluate(self, name: str, model: Path) -> Generator[Progress, None, dict[str, float]]:
        """Return the accuracy of `model` on each benchmark, 0 to 1."""
        act = f"evaluate-{name}"
        directory, engine = self._place(act), self.id_of(act)
        if not children.ended(directory):
            asked = self._asked(f"{engine}:{SERVED}")
            total = program.prepare(directory, asked)
            recipe = program.recipe(asked, self.plan.recipe.settings.running)
            engines = {engine: self._engine(engine, model)}
            plan = EvaluatePlan(id=engine, recipe=recipe, engines=engines, evaluating=asked, total=total)
            yield from self._run(act, plan)
        return program.accuracy(directory)

    def mark(self, name: str, model: Path, synthesis: Path) -> Generator[Progress, None, dict[str, float]]:
        """Have `model` answer the requests that `synthesis` held out; return the mean marks by dimension (CL-28)."""
        act = f"requests-{name}"
        directory, engine = self._place(act), self.id_of(act)
        if not children.ended(directory):
            held = str(synthesis / "inputs" / "evaluation.parquet")
            more = {"benchmarks": (), "samples": 1, "limit": 0, "requests": held, "judge": self.loop.judge}
            asked = self._asked(f"{engine}:{SERVED}").model_copy(update=more)
            total = program.prepare(directory, asked)
            recipe = program.recipe(asked, self.plan.recipe.settings.running)
            engines = self.plan.engines | {engine: self._engine(engine, model)}
            plan = EvaluatePlan(id=engine, recipe=recipe, engines=engines, evaluating=asked, total=total)
            yield from self._run(act, plan)
        return held_out.means(directory)

    def costs(self) -> dict[str, dict[str, float]]:
        """Return seconds, tokens and USD of every step that has a run of its own (CL-35)."""
        told = {}
        for directory in sorted(self.directory.parent.glob(f"{self.plan.id}-{self.number}-*")):
            if (directory / checkpoint_choice.FILE).exists():
                continue  # The time of a choice is that of its evaluations, which are runs of their own.
            status = load_status(directory)
            spent = {"seconds": held.seconds(status)}
            spent |= {"tokens_in": status.tokens_in, "tokens_out": status.tokens_out, "usd": status.cost}
            told[directory.name.removeprefix(f"{self.plan.id}-{self.number}-")] = spent
        return told

    def _asked(self, model: str) -> Evaluating:
        return Evaluating(
            model=model,
            benchmarks=self.loop.benchmarks,
            samples=self.loop.samples,
            limit=self.loop.limit,
            temperature=self.loop.temperature,
            max_tokens=self.loop.max_tokens,
            seed=self.plan.recipe.seed,
        )

    def _place(self, act: str) -> Path:
        return self.directory.parent / self.id_of(act)

    def _run(self, act: str, plan: P) -> children.Watch:
        return children.run(self._place(act), children.planned(self.plan, plan), act)

    def _preset(self, act: str) -> str:
        if self.loop.preset == "tiny":
            return f"tiny-{'dpo' if act == 'dpo' else 'sft'}"
        iteration = 1 if self.number == 1 else 2
        return f"continual-{'dpo' if act == 'dpo' else 'sft'}-{iteration}"

    def _synthesis(self, engine: str) -> Recipe:
        """Return the plan's recipe with the round's model in the roles that write, and a draw of its own."""
        before = self.plan.recipe
        roles = before.roles | dict.fromkeys(WRITTEN_BY_MODEL, f"{engine}:{SERVED}")
        settings = before.settings.model_copy(update={"continual": studied(before.settings.continual, self.loop.study)})
        return before.model_copy(update={"roles": roles, "seed": before.seed + self.number, "settings": settings})

    def _drawn(self, directory: Path, recipe: Recipe) -> int:
        """Write the inputs of the synthesis: requests, those held back, test problems; return how many requests."""
        given = self.directory / "inputs"
        drawn = registry.draw(recipe, Sources(partial(_graph, given), lambda: list(_seeds(given))))
        inputs.save(directory / "inputs" / "orders.parquet", WorkItem, drawn.work_items)
        inputs.save(directory / "inputs" / "evaluation.parquet", Request, drawn.evaluation)
        for name in ("benchmarks", "problems"):
            if (given / f"{name}.parquet").exists():
                (directory / "inputs" / f"{name}.parquet").write_bytes((given / f"{name}.parquet").read_bytes())
        return drawn.total

    def _engine(self, name: str, model: Path) -> EngineSpec:
        """Return the engine that serves `model` for the time of one step."""
        said = {"served_name": SERVED, **self.loop.server}
        return serving.for_one_run(self.project.servers, name, model.resolve(), **said)


def studied(chosen: Continual, study: Study) -> Continual:
    """Return the settings of a synthesis with no more examinations than the study has (CL-36)."""
    self_play, experts = sorting.EXAMINATIONS[study]
    fewer = {"self_play": chosen.self_play and self_play, "experts": chosen.experts and experts}
    return chosen.model_copy(update=fewer)


def hands(path: Path) -> dict[str, Hand]:
    """Return what people did to samples, by problem id; nothing where there is no file."""
    said: Mapping[str, Any] = orjson.loads(path.read_bytes()) if path.exists() else {}
    return {problem: Hand(**entry) for problem, entry in said.items()}


def _seeds(given: Path) -> Iterator[Seed]:
    return inputs.stream(given / "seeds.parquet", Seed)


def _graph(given: Path) -> KnowledgeGraph:
    """Return the project's graph as it was when the loop was planned."""
    rows = pq.read_table(given / "incidence.parquet")
    return KnowledgeGraph.from_incidence(zip(rows["seed_id"].to_pylist(), rows["point"].to_pylist(), strict=True))
