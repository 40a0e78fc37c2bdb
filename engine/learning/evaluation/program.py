"""The way of an evaluation: questions of benchmarks, each answered once or several times, every answer graded.

Questions are read and written into the run directory when the run is planned, so that a resume asks the same ones.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from engine.core import reply_parsing
from engine.core.errors import BadInput
from engine.core.protocol import Item, Phase, Program, Sampling, Way, ask
from engine.core.records import GradedAnswer, content_id
from engine.core.settings import Recipe, RecipeSettings, Running
from engine.core.settings.training import Evaluating
from engine.generation import inputs
from engine.learning.evaluation import asking, benchmark_files, figures, held_out
from engine.learning.evaluation.grading import grade
from engine.learning.evaluation.questions import BenchmarkQuestion
from engine.runs import journal
from engine.runs.plan import EvaluatePlan, load_plan_as

ROLE = "candidate"
QUESTIONS, WARNINGS = "questions.parquet", "warnings.txt"


def recipe(asked: Evaluating, running: Running | None = None) -> Recipe:
    """Return the recipe of an evaluation: the candidate; where requests are answered, writer and judge as well."""
    settings = RecipeSettings(running=running or Running())
    roles = {ROLE: asked.model}
    if asked.requests:
        roles |= {held_out.WRITER: asked.model, held_out.JUDGE: asked.judge}
    return Recipe(name="evaluate", title="Evaluation", roles=roles, seed=asked.seed, settings=settings)


def prepare(directory: Path, asked: Evaluating) -> int:
    """Read the benchmarks into the run directory; return how many answers will be asked for."""
    loaded = [benchmark_files.load(spec, asked.limit) for spec in asked.benchmarks]
    if not loaded and not asked.requests:
        raise BadInput("no benchmark is named.", where="evaluate", do="Give at least one NAME=FILE.")
    wanted = held_out.prepare(directory, asked) if asked.requests else 0
    every = _apart(question for one in loaded for question in one.questions)
    inputs.save(directory / "inputs" / QUESTIONS, BenchmarkQuestion, every)
    said = "".join(f"{warning}\n" for one in loaded for warning in one.warnings)
    (directory / "inputs" / WARNINGS).write_text(said, encoding="utf-8")
    return len(every) * asked.samples + wanted


def share(of: Path, directory: Path) -> None:
    """Give a run directory the questions that another one was prepared with."""
    (directory / "inputs").mkdir(parents=True, exist_ok=True)
    for name in (QUESTIONS, WARNINGS):
        shutil.copyfile(of / "inputs" / name, directory / "inputs" / name)


def _apart(every: Iterable[BenchmarkQuestion]) -> list[BenchmarkQuestion]:
    """Return the questions with different ids: two files of one benchmark may hold the same one."""
    times: Counter[str] = Counter()
    found = []
    for question in every:
        times[question.id] += 1
        again = times[question.id] - 1
        found.append(replace(question, id=content_id("B", question.id, again)) if again else question)
    return found


def warnings(directory: Path) -> tuple[str, ...]:
    """Return what differs between the questions of a run and the published benchmarks."""
    path = directory / "inputs" / WARNINGS
    return tuple(path.read_text(encoding="utf-8").splitlines()) if path.exists() else ()


def program(plan: EvaluatePlan, directory: Path) -> Program:
    """Ask every question, and grade what comes back."""
    path = directory / "inputs" / QUESTIONS
    every = inputs.stream(path, BenchmarkQuestion)
    yield Phase("answer", inputs.count(path) * plan.evaluating.samples, _items(plan, every))
    if plan.evaluating.requests:
        yield held_out.phase(plan, directory)


def _items(plan: EvaluatePlan, every: Iterator[BenchmarkQuestion]) -> Iterator[Item]:
    for question in every:
        for sample in range(plan.evaluating.samples):
            yield Item(f"{question.id}.{sample}", partial(way, plan, question, sample))


def way(plan: EvaluatePlan, question: BenchmarkQuestion, sample: int) -> Way[str]:
    """One answer: asked, read, graded."""
    asked = plan.evaluating
    packed = f"{asked.seed}|{question.id}|{sample}".encode()
    seed = int.from_bytes(hashlib.blake2b(packed, digest_size=4).digest(), "big") >> 1
    sampling = Sampling(asked.temperature, asked.top_p, -1, 1.0, asked.max_tokens, seed)
    text, reply = yield from ask(asking.chat(question, ROLE, sampling), reply_parsing.clean, 0)
    said = grade(text, question.answer, question.text, also=question.also, rounded=question.rounded)
    yield GradedAnswer(
        plan.id, question.benchmark, question.id, sample, question.text, question.answer, text, said.answer,
        said.right, asked.model, question.level, question.subject, reply.id, time.time(),
    )  # fmt: skip
    return "right" if said.right else "answered"


def answers(directory: Path) -> list[GradedAnswer]:
    """Return the graded answers of a run, each once."""
    said = (one for one in journal.records(directory / "journal") if isinstance(one, GradedAnswer))
    return list({one.id: one for one in said}.values())


def scores(directory: Path) -> tuple[figures.Score, ...]:
    """Return the scores of a run; answers that could not be had count as wrong."""
    samples = load_plan_as(directory, EvaluatePlan).evaluating.samples
    return figures.scores(answers(directory), asked(directory), samples)


def asked(directory: Path) -> dict[str, int]:
    """Return how many questions a run asks, by benchmark."""
    every = inputs.stream(directory / "inputs" / QUESTIONS, BenchmarkQuestion)
    return dict(Counter(question.benchmark for question in every))


def accuracy(directory: Path) -> dict[str, float]:
    """Return pass@1 by benchmark, 0 to 1."""
    return {one.benchmark: one.pass_1 for one in scores(directory)}
