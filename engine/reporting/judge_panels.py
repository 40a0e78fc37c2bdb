"""Panels of judges: who spoke of which rows, and what people said of them; in the project itself, and in checks.

The rows of a panel of the project are the problems of which at least one of its judges spoke, each with the solution
that stands; labels come from the ledger, so they are as random as they were drawn. The rows of a check were drawn with
equal chances from a file in which all are labelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from engine.core.settings import Judging
from engine.curation.judge_words import About, JudgeWords, StoredWords
from engine.curation.panel import votes_of
from engine.curation.trust.combining import Votes
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.intervals import Floats
from engine.curation.trust.label_set import LabelSet
from engine.curation.trust.subsets import MOST
from engine.store import Store

Origin = Literal["project", "check"]
PROJECT = "this project"


@dataclass(frozen=True, eq=False)
class VotedPanel:
    """N rows of which judges spoke."""

    about: str
    """solution, problem or solvability."""
    source: str
    """Whose rows: `PROJECT`, or the material of a check."""
    origin: Origin
    judges: tuple[str, ...]
    """Roles in a project, models in a check."""
    ids: pa.Array
    said: Floats
    """(N, judges) what each said, NaN where it was not asked or could not be read."""
    limit: float
    """From which a word counts as True."""
    labels: LabelSet
    weights: tuple[float, ...] = ()
    """Of the recipe, where judges give scores."""
    silent: int = 0
    """Rows beside these of which none of the judges spoke."""
    beyond: tuple[str, ...] = ()
    """Judges beyond the most of whom every set is listed."""
    models: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Models that spoke for each judge; of several, or of several prompts, a figure is a mixture."""

    @property
    def key(self) -> str:
        """A name that no other panel has."""
        return f"{self.origin}:{self.about}:{self.source}"

    @property
    def title(self) -> str:
        """What is judged, and whose rows."""
        return f"{self.about}s of {self.source}" if self.origin == "project" else f"{self.about} · {self.source}"

    @cached_property
    def votes(self) -> Votes:
        """(N, judges) 1 True, 0 False, -1 unread."""
        return votes_of(self.said, self.limit)

    @property
    def scored(self) -> bool:
        """Whether judges give scores, whose weighted mean keeps a row."""
        return self.about == "problem" and bool(self.weights)

    def __len__(self) -> int:
        return len(self.said)


def project_panels(store: Store, judging: Judging | None = None) -> Iterator[VotedPanel]:
    """Yield the panels of the judges of solutions and of problems, those that spoke at all."""
    ids = store.problems.scoreboard()["id"].combine_chunks()
    words = StoredWords(store).on(ids)
    for about in ("solution", "problem"):
        made = _of_project(store, words, about, judging or Judging())
        if made is not None:
            yield made


def _of_project(store: Store, words: JudgeWords, about: About, judging: Judging) -> VotedPanel | None:
    columns = words.solution if about == "solution" else words.problem
    weights = {judge: weight for judge, weight in judging.weights.items() if weight > 0}
    heard = [judge for judge in columns if about == "solution" or judge in weights]
    judges = tuple(heard[:MOST])
    if not judges:
        return None
    said = np.column_stack([columns[judge] for judge in judges])
    spoken = ~np.isnan(said).all(axis=1)
    ids = words.ids.filter(pa.array(spoken))
    labels, _ = labels_of(store).on(ids)
    return VotedPanel(
        about, PROJECT, "project", judges, ids, said[spoken],
        limit=judging.keep_at if about == "problem" else 0.5, labels=labels,
        weights=tuple(weights[judge] for judge in judges) if about == "problem" else (),
        silent=int(np.count_nonzero(~spoken)), beyond=tuple(columns.keys() - set(judges)),
        models=_models(words.stored.said(about)),
    )  # fmt: skip


def _models(said: pa.Table) -> dict[str, tuple[str, ...]]:
    pairs = said.group_by(["by", "model", "version"]).aggregate([])
    found: dict[str, list[str]] = {}
    for row in pairs.to_pylist():
        found.setdefault(str(row["by"]), []).append(str(row["model"]))
    return {judge: tuple(sorted(models)) for judge, models in found.items()}


def check_panels(said: pd.DataFrame) -> Iterator[VotedPanel]:
    """Yield a panel for each judge and material of checks; `said` is `JudgeChecks.latest`, present prompts alone.

    Rows count that all of its models were asked about, and were read or not.
    """
    for (judge, source), rows in said.groupby(["judge", "source"], sort=True):
        asked = rows.assign(asked=1).pivot_table(index="item_id", columns="model", values="asked", aggfunc="max")
        models = tuple(map(str, asked.columns))[:MOST]
        asked = asked[list(models)].dropna()
        if asked.empty:
            continue
        last = rows.drop_duplicates(["item_id", "model"], keep="last").set_index(["item_id", "model"])
        wide = last["value"].unstack("model").reindex(index=asked.index, columns=list(models))
        good = rows.groupby("item_id")["good"].first().reindex(asked.index).to_numpy(dtype=np.int8)
        count = len(asked)
        yield VotedPanel(
            str(judge), str(source), "check", models, pa.array(list(map(str, asked.index)), pa.string()),
            wide.to_numpy(dtype=np.float64), float(rows["limit"].iloc[-1]),
            LabelSet.uniform(np.arange(count), good, count), beyond=tuple(sorted(set(rows["model"]) - set(models))),
        )  # fmt: skip


def labels_told(panel: VotedPanel) -> dict[str, int]:
    """Return how many labels the rows have, by where they come from; those without a verdict are not counted."""
    return panel.labels.where(panel.labels.answered).counts()


def names_of(panel: VotedPanel, judges: Sequence[int]) -> str:
    """Return the names of some of its judges."""
    return " + ".join(panel.judges[judge] for judge in judges)


def drawn(panel: VotedPanel) -> NDArray[np.bool_]:
    """Return which labels a number may rest on: decided, and drawn or made countable by a later draw."""
    labels = panel.labels
    kept: NDArray[np.bool_] = labels.answered & labels.countable & (labels.weight > 0)
    return kept
