"""Corrects the ratings of a project by those of their neighbours: which are wrong, and what they should be (DS2).

Nothing is written: the answer is a report, and what is done with it is a curator's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.core.errors import UserError
from engine.core.settings import RecipeSettings
from engine.curation import Curated, long_tail, rank
from engine.curation.correction import corrected
from engine.curation.ratings import rating_class
from engine.similarity import embedder
from engine.store import Store

SCORES: dict[str, str] = {
    "seed_rating": "ratings of seeds",
    "joint": "joint evaluations of problems with their solutions",
    "review": "reviews of problems",
}
"""Verdicts on a scale from 0 to 5 that can be curated."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """The curated ratings of the subjects, in order, and everything that they rest on."""

    name: str
    subjects: tuple[str, ...]
    curated: Curated
    rarity: tuple[float, ...]
    """How far each text lies from the ten nearest."""
    doubt: str = ""
    """Why curation cannot act on these ratings, so that nothing would be overwritten; '' where it can."""

    def best(self, n: int) -> tuple[int, ...]:
        """Return the places of the best `n` by curated rating, then by rarity, then by id (SC-15)."""
        return tuple(rank(self.curated, self.rarity, n, self.subjects).tolist())


def rescore(store: Store, name: str, settings: RecipeSettings, *, seed: int = 0, cache: Path | None = None) -> Rescored:
    """Curate the latest ratings called `name`; UserError for an unknown name or where there are none."""
    if name not in SCORES:
        raise UserError(f"there are no scores called {name!r}.", do=f"Known: {', '.join(SCORES)}.")
    said = store.verdicts.arrow(name).to_pylist()
    values = {row["subject_id"]: row for row in said if row["value"] is not None}
    texts = _texts(store, name, values)
    subjects = tuple(ident for ident in values if ident in texts)
    if not subjects:
        raise UserError(f"there are no {SCORES[name]} yet.", do="Make some with: lemma run agenticmath")
    ratings = np.array([rating_class(values[ident]["value"]) for ident in subjects])
    said = [texts[ident] for ident in subjects]
    vectors = embedder.choose(settings.filter.embedder, said, cache).embed(said)
    done, doubt = corrected(vectors, ratings, settings.curation, seed)
    tail = long_tail(vectors, count_self=settings.curation.count_self)
    return Rescored(name, subjects, done, tuple(tail.tolist()), doubt)


def _texts(store: Store, name: str, rows: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return the text of each subject: a seed's statement, a problem's, or problem and solution together."""
    if name == "seed_rating":
        return {seed.id: seed.statement for seed in store.seeds.many(list(rows))}
    about = {subject: row["problem_id"] or subject for subject, row in rows.items()}
    found = store.problems.texts(sorted(set(about.values()))).to_pylist()
    both = name == "joint"
    said = {row["id"]: f"{row['statement']}\n\n{row['solution'] or ''}" if both else row["statement"] for row in found}
    return {subject: said[problem] for subject, problem in about.items() if problem in said}
