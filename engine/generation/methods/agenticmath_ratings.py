"""What AgenticMath does with ratings when all of them are there: correct, filter, rank (AM-04, AM-05, AM-18, AM-19).

No model is asked. Where there are too few ratings to estimate how raters err, they are taken as they are, and the
reason says so.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from engine.core.errors import BadInput
from engine.core.records import JournalRecord, Problem, Seed, Solution, Verdict
from engine.core.settings import AgenticMath
from engine.curation import Curated, long_tail, rank
from engine.curation.correction import corrected
from engine.curation.ratings import CLOSE, deciding, rating_class, uncurable
from engine.generation import inputs
from engine.generation.judges import marks
from engine.generation.record_factory import RecordFactory
from engine.runs import journal
from engine.runs.plan import GeneratePlan


@dataclass(frozen=True, slots=True)
class Graded:
    """Ratings after curation (N whole numbers), and why they are what they are, one reason each."""

    scores: npt.NDArray[np.int64]
    reasons: tuple[str, ...]


def seeds(plan: GeneratePlan, directory: Path, rated: Sequence[Seed]) -> Generator[JournalRecord, None, list[Seed]]:
    """Correct the ratings of seeds by their neighbours and return the seeds from the limit on."""
    chosen = plan.recipe.settings.agenticmath
    said = {v.subject_id: v for v in _verdicts(directory, "seed_rating") if v.value is not None}
    known = [seed for seed in rated if seed.id in said]
    if not known:
        return []
    means = [said[seed.id].value or 0.0 for seed in known]
    raw = np.array([rating_class(mean) for mean in means])
    texts = [seed.statement for seed in known]
    graded = graded_by_neighbours(plan, inputs.embedder_of(plan, directory, texts).embed(texts), raw)
    decides = [
        deciding(mean, score, chosen.seed_rounding) for mean, score in zip(means, graded.scores.tolist(), strict=True)
    ]
    for seed, score, reason in zip(known, decides, graded.reasons, strict=True):
        yield RecordFactory(plan, f"rate {seed.id}").of_seed(seed, "seed_curated", score, reason)
    return [seed for seed, score in zip(known, decides, strict=True) if score >= chosen.seed_limit - CLOSE]


def rated_anew(found: pd.DataFrame, chosen: AgenticMath) -> pd.Series[float]:
    """Return what `chosen` makes of the three marks of each seed (AM-03); the rating as it was given where they lack.

    `found` holds complexity, information, clarity and rated, as `store.seeds.scores` returns them.
    """
    marked = found[["complexity", "information", "clarity"]].astype(float)
    ratings = [
        marks.aggregate(row, chosen.rating, chosen.rating_weights) for row in marked.itertuples(index=False, name=None)
    ]
    made = pd.Series(ratings, index=found.index, dtype=float)
    return made.where(marked.notna().all(axis=1), found["rated"])


def pairs(plan: GeneratePlan, directory: Path) -> Generator[JournalRecord, None, None]:
    """Correct joint scores, order problems by score and rarity, mark what the ranking selects (AM-18, AM-19)."""
    chosen = plan.recipe.settings.agenticmath
    found = _solved(directory)
    made = [one for one in found if one[0].agent != "seed"]
    if not made:
        return
    texts = [f"{problem.statement}\n\n{solution.text}" for problem, solution, _ in made]
    vectors = inputs.embedder_of(plan, directory, texts).embed(texts)
    raw = np.array([rating_class(value) for _, _, value in made])
    flat = Graded(np.zeros(len(made), np.int64), ("not evaluated",) * len(made))
    graded = graded_by_neighbours(plan, vectors, raw) if chosen.evaluate else flat
    own = plan.recipe.settings.curation.count_self
    tail = long_tail(vectors, k=10, count_self=own) if len(made) > 2 else np.zeros(len(made))
    ranking = rank(graded.scores, tail, len(made)).tolist()
    for place, row in enumerate(ranking, 1):
        problem, solution, _ = made[row]
        factory = RecordFactory(plan, problem.item_id)
        score, reason = float(graded.scores[row]), graded.reasons[row]
        yield factory.ruled(problem, "joint_curated", score, reason, kind="rating")
        words = f"place {place:,} of {len(ranking):,} by score, then by rarity"
        yield factory.ruled(problem, "rank", float(place), words, kind="rank")
        taken = place <= chosen.pairs
        ranked = f"{words}; {chosen.pairs:,} are taken"
        yield factory.ruled(problem, "method", float(taken), ranked)
        yield factory.ruled(solution, "solution_veto", float(taken), ranked)


def graded_by_neighbours(plan: GeneratePlan, vectors: npt.NDArray[np.float32], raw: npt.NDArray[np.int64]) -> Graded:
    """Return the ratings with those overwritten that their neighbours contradict with confidence."""
    chosen = plan.recipe.settings.curation
    if not plan.recipe.settings.agenticmath.curate:
        return Graded(raw, ("as rated; curation is switched off",) * len(raw))
    if few := uncurable(len(raw), chosen.fewest):
        return Graded(raw, (f"as rated: {few}",) * len(raw))
    try:
        done, doubt = corrected(vectors, raw, chosen, plan.recipe.seed)
    except BadInput as error:
        return Graded(raw, (f"as rated: {error}",) * len(raw))
    if doubt:
        return Graded(raw, (f"as rated: {doubt}",) * len(raw))
    return Graded(done.scores.astype(np.int64), tuple(_why(done, n) for n in range(len(raw))))


def _why(done: Curated, row: int) -> str:
    old = int(done.reported[row])
    if done.scores[row] != old:
        return f"{old} overwritten, confidence {done.confidence[row]:.2f}"
    kept = done.flagged[row] and done.classes[old].kept_raw
    return f"as rated: {done.classes[old].doubt}" if kept else "as rated"


def _verdicts(directory: Path, name: str) -> list[Verdict]:
    return [r for r in journal.records(directory / "journal") if isinstance(r, Verdict) and r.name == name]


def _solved(directory: Path) -> list[tuple[Problem, Solution, float]]:
    """Return each solved problem with its best evaluated solution and that score; the first one where none has any."""
    problems: dict[str, Problem] = {}
    solutions: dict[str, list[Solution]] = {}
    scores: dict[str, float] = {}
    for record in journal.records(directory / "journal"):
        if isinstance(record, Problem):
            problems[record.id] = record
        elif isinstance(record, Solution):
            solutions.setdefault(record.problem_id, []).append(record)
        elif isinstance(record, Verdict) and record.name == "joint" and record.value is not None:
            scores[record.subject_id] = record.value
    found = []
    for ident in sorted(solutions):
        best = max(solutions[ident], key=lambda s: (scores.get(s.id, -1.0), -s.index))
        if ident in problems and best.answer:
            found.append((problems[ident], best, scores.get(best.id, 0.0)))
    return found
