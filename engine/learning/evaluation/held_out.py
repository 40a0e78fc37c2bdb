"""Held-out requests answered by a model and marked by a judge in eight dimensions (CL-28).

What is written here is looked at and never becomes a problem of the project: requests that are held back would
otherwise find their way into training.
"""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from engine.core.errors import BadInput
from engine.core.protocol import Item, Phase, Sampling, Way
from engine.core.records import Request, Verdict, content_id
from engine.core.settings.training import Evaluating
from engine.generation import inputs
from engine.generation.agents import request_problem
from engine.generation.judges import dimensions
from engine.knowledge import requests
from engine.learning.evaluation import data_quality
from engine.runs import journal
from engine.runs.plan import EvaluatePlan
from engine.seeds.files import kind_of, rows
from engine.seeds.rows import BrokenRow

WRITER, JUDGE = "writer", "judge"
FILE = "requests.parquet"


def load(path: str | Path, limit: int = 0) -> tuple[Request, ...]:
    """Return the requests of a file with the columns type, points and difficulty, such as a run's evaluation.parquet.

    BadInput names the line and field of the first row that is no request.
    """
    file = Path(path).expanduser()
    found: list[Request] = []
    for row in rows(file, kind_of(file)):
        where = f"{file}, line {row.line}"
        if isinstance(row, BrokenRow):
            raise BadInput(f"{row.reason}: {row.detail}.", where=where)
        said = row.fields
        if field := _unfit(said):
            raise BadInput("is no request.", where=f"{where}, field {field}", do="Needed: type, points, difficulty.")
        found.append(Request.make(str(said["type"]), tuple(map(str, said["points"])), float(said["difficulty"])))
    return tuple(found[:limit] if limit else found)


def _unfit(said: Mapping[str, Any]) -> str:
    """Return the first field by which a row is no request; '' where it is one."""
    if not isinstance(said.get("type"), str) or said["type"] not in requests.TYPES:
        return "type"
    if not said.get("points") or not isinstance(said["points"], list):
        return "points"
    try:
        return "" if said.get("difficulty") and math.isfinite(float(said["difficulty"])) else "difficulty"
    except (ValueError, TypeError, OverflowError):
        return "difficulty"


def prepare(directory: Path, asked: Evaluating) -> int:
    """Write the requests into the run directory; return how many."""
    return inputs.save(directory / "inputs" / FILE, Request, load(asked.requests, asked.limit))


def phase(plan: EvaluatePlan, directory: Path) -> Phase:
    """Return the phase in which every request is answered and marked."""
    path = directory / "inputs" / FILE
    return Phase("requests", inputs.count(path), _items(plan, inputs.stream(path, Request)))


def _items(plan: EvaluatePlan, every: Iterable[Request]) -> Iterator[Item]:
    for request in every:
        yield Item(request.id, partial(way, plan, request))


def way(plan: EvaluatePlan, request: Request) -> Way[str]:
    """One request: answered by the model, marked by the judge."""
    asked = plan.evaluating
    text = requests.text(request, "en")
    sampling = Sampling(asked.temperature, asked.top_p, -1, 1.0, asked.max_tokens, asked.seed)
    draft = yield from request_problem.write(text, request.points, sampling)
    said = yield from dimensions.judge(text, draft.statement, draft.solution or "", JUDGE, sampling)
    for mark in said.marks:
        yield Verdict.make(
            plan.id, "request", content_id("H", plan.id, request.id), f"{dimensions.NAMED}{mark.key}", JUDGE,
            float(mark.value), mark.reason, kind="rating", model=said.reply.model, version=dimensions.version(),
            reply_id=said.reply.id, at=time.time(),
        )  # fmt: skip
    return "answered"


def means(directory: Path) -> dict[str, float]:
    """Return the mean of each dimension and of all, key `mean`; empty where no sample was marked.

    Marks by an earlier prompt are left out: they measure something else under the same names.
    """
    now, _ = _marks(directory)
    return data_quality.dimension_means(now.values()) if now else {}


def earlier(directory: Path) -> int:
    """Return how many samples were marked by an earlier prompt alone, which `means` leaves out."""
    now, before = _marks(directory)
    return len(before.keys() - now.keys())


def _marks(directory: Path) -> tuple[dict[str, dict[str, float]], dict[str, dict[str, float]]]:
    """Return the marks of each sample by dimension: those of today's prompt, and those of earlier ones."""
    now: dict[str, dict[str, float]] = defaultdict(dict)
    before: dict[str, dict[str, float]] = defaultdict(dict)
    for said in journal.records(directory / "journal"):
        if isinstance(said, Verdict) and said.name.startswith(dimensions.NAMED) and said.value is not None:
            marks = now if said.version in dimensions.versions() else before
            marks[said.subject_id][said.name.removeprefix(dimensions.NAMED)] = said.value
    return now, before
