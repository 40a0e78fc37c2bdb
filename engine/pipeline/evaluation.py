"""The way of an evaluation: questions of benchmarks, each answered once or several times, every answer graded.

Questions are read and written into the run directory when the run is planned, so that a resume asks the same ones.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from engine import journal, seeds
from engine.contracts import Item, Phase, Program, Sampling, Way
from engine.errors import BadInput
from engine.evaluation import figures
from engine.evaluation.benchmarks import BENCHMARKS
from engine.evaluation.grading import grade
from engine.pipeline import inputs
from engine.plans import Plan
from engine.records import Answered, Seed, content_id
from engine.settings import Recipe, RecipeSettings, Running
from engine.solving import self_play
from engine.training_settings import Evaluating

ROLE = "candidate"
STAGES = ("answered", "right")
"""What an answer reaches."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one benchmark."""

    id: str
    benchmark: str
    text: str
    answer: str
    level: str = ""
    subject: str = ""


def questions(spec: str, limit: int = 0) -> tuple[Question, ...]:
    """Return the questions of NAME=FILE or FILE; the file's stem is the name of the second.

    BadInput names the file, and the line of the first question that has no answer.
    """
    name, _, file = spec.rpartition("=")
    path = Path(file).expanduser()
    if not path.is_file():
        known = f"{spec} is a registered benchmark" if spec in BENCHMARKS else f"there is no file {file}"
        raise BadInput(f"{known}, and no file of it is given.", where=spec, do="Write NAME=FILE.")
    found: list[Question] = []
    times: Counter[str] = Counter()
    for seed in seeds.read(path):
        if limit and len(found) >= limit:
            break
        if not isinstance(seed, Seed):
            raise BadInput(f"a question cannot be used: {seed.detail}", where=seed.where)
        if not (seed.answer or "").strip():
            raise BadInput("a question has no answer.", where=f"{path}, {seed.origin}", do="Add it, or drop the row.")
        found.append(_question(name or path.name.partition(".")[0], seed, times[seed.statement]))
        times[seed.statement] += 1
    if not found:
        raise BadInput("holds no question.", where=str(path))
    return tuple(found)


def _question(benchmark: str, seed: Seed, time: int) -> Question:
    """Return a question; one that a benchmark holds twice is asked twice, as its published size says."""
    subject = seed.subject or (seed.points[0] if seed.points else "")
    ident = content_id("B", benchmark, seed.statement, *([time] if time else []))
    return Question(ident, benchmark, seed.statement, seed.answer or "", seed.level or "", subject)


def recipe(asked: Evaluating, running: Running | None = None) -> Recipe:
    """Return the recipe of an evaluation: one role, the candidate."""
    settings = RecipeSettings(running=running or Running())
    return Recipe(name="evaluate", title="Evaluation", roles={ROLE: asked.model}, seed=asked.seed, settings=settings)


def prepare(directory: Path, asked: Evaluating) -> int:
    """Read the benchmarks into the run directory; return how many answers will be asked for."""
    every = [question for spec in asked.benchmarks for question in questions(spec, asked.limit)]
    if not every:
        raise BadInput("no benchmark is named.", where="evaluate", do="Give at least one NAME=FILE.")
    inputs.save(directory / "inputs" / "questions.parquet", Question, every)
    return len(every) * asked.samples


def program(plan: Plan, directory: Path) -> Program:
    """Ask every question, and grade what comes back."""
    asked = plan.evaluating
    if asked is None:
        raise BadInput("plans no evaluation.", where=plan.id)
    yield Phase(
        "answer", plan.total, _items(plan, asked, inputs.stream(directory / "inputs" / "questions.parquet", Question))
    )


def _items(plan: Plan, asked: Evaluating, every: Iterator[Question]) -> Iterator[Item]:
    for question in every:
        for sample in range(asked.samples):
            yield Item(f"{question.id}.{sample}", partial(way, plan, asked, question, sample))


def way(plan: Plan, asked: Evaluating, question: Question, sample: int) -> Way[str]:
    """One answer: asked, read, graded."""
    packed = f"{asked.seed}|{question.id}|{sample}".encode()
    seed = int.from_bytes(hashlib.blake2b(packed, digest_size=4).digest(), "big") >> 1
    sampling = Sampling(asked.temperature, asked.top_p, -1, 1.0, asked.max_tokens, seed)
    worked = yield from self_play.solve(question.text, ROLE, sampling, 0)
    said = grade(worked.text, question.answer, question.text)
    yield Answered(
        plan.id, question.benchmark, question.id, sample, question.text, question.answer, worked.text, said.answer,
        said.right, asked.model, question.level, question.subject, worked.reply.id, time.time(),
    )  # fmt: skip
    return "right" if said.right else "answered"


def answers(directory: Path) -> list[Answered]:
    """Return the graded answers of a run, each once."""
    said = (one for one in journal.records(directory / "journal") if isinstance(one, Answered))
    return list({one.id: one for one in said}.values())


def scores(directory: Path) -> tuple[figures.Score, ...]:
    """Return the scores of a run; questions that could not be answered count as wrong."""
    said = answers(directory)
    known = {(one.benchmark, one.item_id) for one in said}
    every = list(inputs.stream(directory / "inputs" / "questions.parquet", Question))
    return figures.scores(said, _missing(every, known))


def _missing(every: Sequence[Question], known: set[tuple[str, str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for question in every:
        if (question.benchmark, question.id) not in known:
            found[question.benchmark] = found.get(question.benchmark, 0) + 1
    return found


def accuracy(directory: Path) -> dict[str, float]:
    """Return pass@1 by benchmark, 0 to 1."""
    return {one.benchmark: one.pass_1 for one in scores(directory)}
