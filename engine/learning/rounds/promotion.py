"""Rounds as the shell and the studio start and turn them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.core.errors import BadSetting
from engine.core.project import Project
from engine.core.records import GradedAnswer, RoundEvent, content_id
from engine.core.settings import explain
from engine.core.settings.training import Looping
from engine.generation import recipes
from engine.learning.rounds import promotion_state
from engine.store import Store


def looping(wanted: dict[str, Any], changes: dict[str, str]) -> Looping:
    """Return the settings of a loop with dotted changes applied; BadSetting names key, value and what is allowed."""
    table: dict[str, Any] = dict(wanted)
    for key, text in changes.items():
        section, dot, name = key.partition(".")
        if dot:
            table[section] = {**table.get(section, {}), name: recipes.value(text)}
        else:
            table[key] = recipes.value(text)
    missing = [name for name in ("model", "data") if not table.get(name)]
    if missing:
        raise BadSetting(f"--{missing[0]} is not given.", where="lemma round start", do="The first round needs it.")
    try:
        return Looping.model_validate(table)
    except ValidationError as error:
        raise explain(error, where="round") from error


def standing(store: Store, project: Project) -> dict[str, Any]:
    """Return where the next loop starts: model, data and history of the promoted round; nothing for the first."""
    here = promotion_state.current(store.rounds.events())
    if here is None:
        return {}
    folder = project.runs / here.run_id / "rounds" / str(here.number)
    return {
        "model": here.model,
        "data": str(folder / "candidates.jsonl"),
        "history": str(folder / "history.jsonl"),
        "first": here.number + 1,
    }


def turn(store: Store, chosen: promotion_state.Outcome, act: str, by: str = "") -> RoundEvent:
    """Promote, skip or roll back a round."""
    made = time.time()
    ident = content_id("RD", chosen.run_id, chosen.number, act, made)
    event = RoundEvent(ident, chosen.run_id, chosen.number, act, chosen.model, "", by, made)
    store.rounds.add([event])
    return event


def answers_of(store: Store, one: promotion_state.Outcome) -> list[GradedAnswer]:
    """Return the answers of a round's model: where a training was left out it is the one before, evaluated once."""
    runs = (f"{one.run_id}-{one.number}-evaluate-{name}" for name in ("model", "sft", "start"))
    return next((found for run in runs if (found := store.evaluations.answers(run))), [])


def fold(store: Store, project: Project, directory: Path) -> None:
    """Fold in the loop and the runs that it started."""
    store.ingest(directory)
    for plan in sorted(project.runs.glob(f"{directory.name}-*/plan.json")):
        store.ingest(plan.parent)
