"""Score curation in a thread: it reads every rating and its neighbours, which no page waits for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st

from engine.core.settings import RecipeSettings
from engine.curation.correct_ratings import Rescored, rescore
from engine.store import Store
from studio.tasks.background import Background

Asked = tuple[str, int, str]
"""Store, its revision, and which ratings."""
_MOST = 4


@dataclass
class ScoreCurationJob(Background):
    """One kind of ratings on its way to curated ones; `found` is there when it has ended well."""

    store: Store
    name: str
    settings: RecipeSettings
    cache: Path
    found: Rescored | None = field(default=None)

    def work(self) -> None:
        """Curate, overwriting whatever is outvoted: how sure it must be is asked of what was found."""
        every = self.settings.curation.model_copy(update={"min_confidence": 0.0})
        settings = self.settings.model_copy(update={"curation": every})
        self.found = rescore(self.store, self.name, settings, cache=self.cache)


def curated(asked: Asked) -> ScoreCurationJob | None:
    """Return the job for these ratings as they stand, if it was begun."""
    return _jobs().get(asked)


def begin(asked: Asked, store: Store, settings: RecipeSettings, cache: Path) -> None:
    """Begin to curate, once."""
    known = _jobs()
    if asked in known and known[asked].error is None:
        return
    while len(known) >= _MOST:
        known.pop(next(iter(known)))
    known[asked] = ScoreCurationJob(store, asked[2], settings, cache).start()


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[Asked, ScoreCurationJob]:
    return {}
