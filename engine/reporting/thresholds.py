"""What the limit on seed ratings decides: how many seeds each one keeps."""

from __future__ import annotations

from engine.core.settings import Recipe
from engine.curation.ratings import limits, sweep
from engine.reporting.shapes import Curve, Section, Series, missing, table
from engine.store import Store


def seed_limits(store: Store, recipe: Recipe) -> Section:
    """Return how many seeds each limit keeps, by curated scores and as they were rated (AM-22)."""
    name, title = "limits", "Seeds kept by limit"
    found = store.seeds.scores()
    if found.empty:
        return missing(name, title, "run `lemma run agenticmath`.")
    chosen = recipe.settings.agenticmath
    tried = limits(0.5)
    kept, rated = sweep(found["score"], tried), sweep(found["rated"], tried)
    rows = [(limit, kept[limit], kept[limit] / len(found), rated[limit]) for limit in tried]
    at = sweep(found["score"], [chosen.seed_limit])[chosen.seed_limit]
    finding = f"The limit {chosen.seed_limit:g} keeps {at:,} of {len(found):,} rated seeds ({at / len(found):.0%})."
    series = (
        Series("curated", tuple(float(kept[limit]) for limit in tried)),
        Series("as rated", tuple(float(rated[limit]) for limit in tried)),
    )
    chart = Curve(tried, series, "limit", float(at))
    notes = ("The published run kept 7,001 of its seeds at 3 (AgenticMath stage 1, third-party note).",)
    return Section(name, title, finding, table(("limit", "kept", "share", "kept as rated"), rows), chart, notes)
