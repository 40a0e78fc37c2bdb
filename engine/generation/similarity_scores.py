"""What a problem is like among the others: nearest seed, nearest twin, rarity, and its place on the map.

None of it needs a model. Values are verdicts by rule: a later run over more problems speaks anew, the latest counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from engine.core.protocol import Program
from engine.core.records import Position, Problem, Seed, Solution
from engine.curation.ds2 import rarity
from engine.generation import inputs
from engine.generation.record_factory import RecordFactory
from engine.runs import journal
from engine.runs.plan import GeneratePlan, MapPlan
from engine.similarity import Embedder, duplicates, map_projection, neighbours
from engine.verification.checks import symbolic

Vectors = npt.NDArray[np.float32]
METHOD: map_projection.Method = "umap"


@dataclass(frozen=True, slots=True)
class Known:
    """A problem that existed before the run, as its inputs list it; x and y where it lies on the project's map."""

    id: str
    statement: str
    map_id: str = ""
    x: float = 0.0
    y: float = 0.0


def program(plan: GeneratePlan, directory: Path) -> Program:
    """Measure the problems of this run against the seeds, each other, and those that were there before."""
    fresh = _latest(directory)
    if not fresh:
        return
    folder = directory / "inputs"
    known = list(inputs.stream(folder / "problems.parquet", Known))
    seeds = list(inputs.stream(folder / "seeds.parquet", Seed))
    model = inputs.embedder_of(plan, directory, [*_statements(fresh), *_statements(known), *_statements(seeds)])
    mine, others = model.embed(_statements(fresh)), model.embed(_statements(known))
    yield from _rederived(plan, directory, fresh)
    yield from _repeated(plan, fresh, known)
    yield from _likeness(plan, fresh, mine, seeds, model)
    yield from _among(plan, fresh, mine, [p.id for p in known], others, model.name)
    yield from _placed(fresh, mine, known, others, plan.recipe.seed, model.name)


def _statements(stated: Sequence[Problem] | Sequence[Known] | Sequence[Seed]) -> list[str]:
    return [each.statement for each in stated]


def _latest(directory: Path) -> list[Problem]:
    """Return the problems of this run as they are now: a version that was revised is measured no more."""
    # An item that was made again has written its problems again, too.
    found = {r.id: r for r in journal.records(directory / "journal") if isinstance(r, Problem)}
    superseded = {problem.parent_id for problem in found.values()}
    return [problem for problem in found.values() if problem.id not in superseded]


def _rederived(plan: GeneratePlan, directory: Path, fresh: Sequence[Problem]) -> Program:
    """Re-derive the answers of solutions without a model, where that can be done; most cannot, and say so."""
    by_id = {problem.id: problem for problem in fresh}
    solutions = (r for r in journal.records(directory / "journal") if isinstance(r, Solution))
    for solution in solutions:
        problem = by_id.get(solution.problem_id)
        if problem is None:
            continue
        found = symbolic.check(problem.statement, solution.text, solution.answer)
        yield RecordFactory(plan, problem.item_id).ruled(
            solution, "symbolic", found.value, found.reason,
            version=symbolic.VERSION, evidence=found.evidence,
        )  # fmt: skip


def _repeated(plan: GeneratePlan, fresh: Sequence[Problem], known: Sequence[Known]) -> Program:
    """Say which problems repeat one that was there before or came earlier in this run (FL-17)."""
    chosen = plan.recipe.settings.repeats
    rules = duplicates.Nearness(
        case=chosen.fold_case, space=chosen.fold_space, near=chosen.near, overlap=chosen.overlap,
        merge_numbers=chosen.variants_count,
    )  # fmt: skip
    ids = [problem.id for problem in known] + [problem.id for problem in fresh]
    found = duplicates.find([p.statement for p in known] + [p.statement for p in fresh], rules)
    repeats = {repeat.row: repeat for repeat in (*found.near, *found.exact)}
    for number, problem in enumerate(fresh, len(known)):
        repeat = repeats.get(number)
        reason = f"{repeat.reason} as {ids[repeat.of]}" if repeat else "repeats no other problem"
        yield RecordFactory(plan, problem.item_id).ruled(
            problem, "duplicate", float(bool(repeat)), reason,
            evidence=ids[repeat.of] if repeat else "",
        )  # fmt: skip


def _likeness(
    plan: GeneratePlan, fresh: Sequence[Problem], mine: Vectors, seeds: Sequence[Seed], model: Embedder
) -> Program:
    """The nearest seed of each problem (GSDP-34)."""
    if not seeds:
        return
    near = neighbours.top_k(mine, model.embed([seed.statement for seed in seeds]), 1)
    for problem, row, cosine in zip(fresh, near.index[:, 0], near.cosine[:, 0], strict=True):
        factory = RecordFactory(plan, problem.item_id)
        reason = f"nearest seed {seeds[row].id}"
        yield factory.ruled(problem, "seed_similarity", _round(cosine), reason, kind="cosine", version=model.name)


def _among(
    plan: GeneratePlan, fresh: Sequence[Problem], mine: Vectors, known: Sequence[str], others: Vectors, version: str
) -> Program:
    """The nearest other problem of each, and how lonely it is (METHODS 1.7)."""
    everything = np.concatenate([mine, others]) if len(others) else mine
    ids = [problem.id for problem in fresh] + list(known)
    if len(ids) < 2:
        return
    near = neighbours.top_k(mine, everything, min(10, len(ids) - 1), own=np.arange(len(mine)))
    tails = rarity.from_cosines(near.cosine)
    for number, problem in enumerate(fresh):
        factory = RecordFactory(plan, problem.item_id)
        twin, cosine = ids[near.index[number, 0]], near.cosine[number, 0]
        yield factory.ruled(
            problem, "nearest_twin", _round(cosine), f"nearest problem {twin}",
            kind="cosine", version=version, evidence=twin,
        )  # fmt: skip
        reason = f"mean distance to the {near.index.shape[1]} nearest problems"
        yield factory.ruled(problem, "rarity", _round(tails[number]), reason, kind="rarity", version=version)


def _placed(
    fresh: Sequence[Problem], mine: Vectors, known: Sequence[Known], others: Vectors, seed: int, version: str
) -> Program:
    """Put new problems beside their neighbours on the project's map; draw a quick map where there is none."""
    on_map = [number for number, problem in enumerate(known) if problem.map_id]
    if on_map:
        map_id = known[on_map[-1]].map_id
        fitted = np.array([(known[n].x, known[n].y) for n in on_map if known[n].map_id == map_id], dtype=np.float32)
        rows = [n for n in on_map if known[n].map_id == map_id]
        places = map_projection.place(mine, others[rows], fitted)
    else:
        quick = map_projection.fit(mine, method="pca", seed=seed, embedder=version)
        map_id, places = quick.map_id, quick.xy
    for problem, (x, y) in zip(fresh, places, strict=True):
        yield Position(problem.id, map_id, float(x), float(y), placed=bool(on_map))


def draw(plan: MapPlan, directory: Path) -> Program:
    """Draw the project's map anew over all problems; every position gets the new map's id."""
    known = list(inputs.stream(directory / "inputs" / "problems.parquet", Known))
    if not known:
        return
    texts = [problem.statement for problem in known]
    model = inputs.embedder_of(plan, directory, texts)
    vectors = model.embed(texts)
    drawn = map_projection.fit(vectors, method=METHOD, seed=plan.recipe.seed, embedder=model.name)
    for problem, (x, y) in zip(known, drawn.xy, strict=True):
        yield Position(problem.id, drawn.map_id, float(x), float(y))


def _round(value: float) -> float:
    return round(float(value), 4)
