"""Which cards are read twice: some by a second person, a few by the same person again, neither of them told.

What a blind reading says is kept apart from decisions (engine.store.blind_reviews); here is only the draw.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from engine.core import permission, toml
from engine.core.project import Project
from engine.core.settings import Settings, chosen, explain
from engine.curation.review.queues import Queue
from engine.store import Store
from engine.store.decisions import DOUBLE, REPEAT

Kind = Literal["double", "repeat"]
CATCH_UP = 2.0
"""Second readings come this much more often than their share, so that two people keep up with each other."""


class Reviewing(Settings):
    """How often a card is read twice, and what is hidden on cards that were drawn at random."""

    second_readers: float = chosen(0.10, ge=0, le=1)
    """Share of decided problems that a second person reads without seeing the first decision."""
    repeats: float = chosen(0.02, ge=0, le=0.5)
    """Share of cards that come back to the same person unannounced, to see how constant they are."""
    repeat_after: int = chosen(20, ge=1, le=10_000)
    """So many acts lie at least between a card and its return."""
    blind: bool = chosen(True)
    """On cards of a random draw the judges' scores are hidden until the verdict. Each label says whether they were."""


@dataclass(frozen=True, slots=True)
class BlindDraw:
    """Problems for a blind reading, the first choice first."""

    kind: Kind
    ids: tuple[str, ...]


def load(project: Project) -> Reviewing:
    """Return how this project is reviewed; BadInput names file and key of a bad entry."""
    path = _path(project)
    if not path.exists():
        return Reviewing()
    try:
        return Reviewing.model_validate(toml.read(path))
    except ValidationError as error:
        raise explain(error, where=str(path)) from error


def save(project: Project, reviewing: Reviewing) -> None:
    """Write how this project is reviewed."""
    permission.require("change", "Setting how cards are reviewed")
    toml.write(_path(project), reviewing.model_dump())


def draw(store: Store, queue: Queue, curator: str, reviewing: Reviewing) -> BlindDraw | None:
    """Return what to read blind instead of the next card of the queue; None for most cards.

    The draw hangs on the curator's last act alone, so a reload of the page draws the same.
    """
    last = store.decisions.history(curator, 1)
    lot = _lot(f"{curator}|{last[0].id if last else ''}")
    if lot < reviewing.repeats:
        again = store.readings.for_again(queue.ids, curator, reviewing.repeat_after)
        return BlindDraw(REPEAT, tuple(sorted(again, key=_lot))) if again else None
    if lot < reviewing.repeats + CATCH_UP * reviewing.second_readers:
        return left(store, queue, curator, reviewing)
    return None


def left(store: Store, queue: Queue, curator: str, reviewing: Reviewing) -> BlindDraw | None:
    """Return the second readings that wait for this curator in a queue; None where there are none."""
    if queue.kind == "draw":
        # Which rows two people read was drawn with them, and is kept with the draw.
        marked = store.draws.for_second(queue.ids)
    else:
        marked = [ident for ident in queue.ids if _lot(f"second|{ident}") < reviewing.second_readers]
    waiting = store.readings.for_another(marked, curator) if marked else []
    return BlindDraw(DOUBLE, tuple(waiting)) if waiting else None


def measured(queue: Queue) -> bool:
    """Whether cards of this queue are read twice; rows that somebody sent on purpose are read as they are."""
    return queue.kind not in ("ids", "second", "differ")


def _lot(text: str) -> float:
    """Return a number from 0 to 1 that hangs on the text alone."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") / 2**64


def _path(project: Project) -> Path:
    return project.root / "review.toml"
