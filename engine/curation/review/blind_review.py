"""Which cards are read twice: some by a second person, a few by the same person again, neither of them told.

What a blind reading says is kept apart from decisions (engine.store.blind_reviews); here is only the draw.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
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

Kind = Literal["double", "repeat", "gold"]
CATCH_UP = 2.0
"""Second readings come this much more often than their share, so that two people keep up with each other."""
BEHIND = 0.5
"""Chance of a repeat, or of a gold card, while fewer of them were read than their share."""
DAY_S = 86_400.0


class Reviewing(Settings):
    """How often a card is read twice, and what is hidden on cards that were drawn at random."""

    second_readers: float = chosen(0.10, ge=0, le=1)
    """Share of decided problems that a second person reads without seeing the first decision."""
    repeats: float = chosen(0.05, ge=0, le=0.5)
    """Share of cards that come back to the same person unannounced, to see how constant they are."""
    repeat_after: int = chosen(50, ge=1, le=10_000)
    """So many acts lie at least between a card and its return; a day, too, where there are cards that old."""
    gold: float = chosen(0.05, ge=0, le=0.5)
    """Share of cards whose truth is known, where labels were added with --gold: they test readers and never count."""
    blind: bool = chosen(True)
    """On cards of a random draw the judges' scores are hidden until the verdict. Each label says whether they were."""
    batch: int = chosen(40, ge=20, le=100)
    """About so many rows are drawn at a time, after a first draw of sixty."""
    doubtful: bool = chosen(True)
    """Later draws look more at rows of which judges are unsure; a part stays uniform, so that numbers hold."""
    half_width: float = chosen(0.05, gt=0, lt=0.5)
    """How well precision should be known, as a share up and down: labels to that are foretold."""
    target: float = chosen(0.9, gt=0, lt=1)
    """Precision that should be proven: the meter fills towards it."""


@dataclass(frozen=True, slots=True)
class BlindDraw:
    """Problems for a blind reading, the first choice first."""

    kind: Kind
    ids: tuple[str, ...]
    decided: frozenset[str] = frozenset()
    """Gold cards that somebody has decided: a further reading of them changes nothing."""


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


def draw(
    store: Store, queue: Queue, curator: str, reviewing: Reviewing, ahead: Sequence[Kind | None] = ()
) -> BlindDraw | None:
    """Return what to read blind instead of the next card of the queue; None for most cards.

    `ahead` are the cards that will be read before it, each with what it was drawn as. The draw hangs on the number of
    the act that it will be, so a card that was drawn ahead and one drawn after a reload of the page are the same.
    """
    seed, done = f"{curator}|{store.decisions.count(curator) + len(ahead)}", store.readings.tested(curator)
    acts, repeats, gold = done.acts + len(ahead), done.repeats + ahead.count("repeat"), done.gold + ahead.count("gold")
    if _lot(f"again|{seed}") < _chance(reviewing.repeats, repeats, acts) and (
        again := _again(store, queue, curator, reviewing)
    ):
        return again
    if _lot(f"gold|{seed}") < _chance(reviewing.gold, gold, acts) and (known := _gold(store, curator)):
        return known
    if _lot(seed) < CATCH_UP * reviewing.second_readers:
        return left(store, queue, curator, reviewing)
    return None


def _chance(share: float, read: int, acts: int) -> float:
    """Return how likely the next card is such a one; more so while fewer were read than their share."""
    return max(share, BEHIND) if share > 0 and read < int(share * acts) else share


def _gold(store: Store, curator: str) -> BlindDraw | None:
    found = store.readings.for_gold(curator)
    decided = frozenset(ident for ident, by_others in found.items() if by_others)
    return BlindDraw("gold", tuple(sorted(found, key=_lot)), decided) if found else None


def _again(store: Store, queue: Queue, curator: str, reviewing: Reviewing) -> BlindDraw | None:
    """Return cards that this curator has decided, those of another day first; of a random draw from all draws."""
    ids = store.draws.drawn()["row_id"].to_pylist() if queue.kind == "draw" else queue.ids
    found = store.readings.for_again(ids, curator, reviewing.repeat_after)
    now = time.time()
    order = sorted(found, key=lambda ident: (found[ident] > now - DAY_S, _lot(ident)))
    return BlindDraw(REPEAT, tuple(order)) if order else None


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
    return queue.kind not in ("ids", "second", "differ", "audit")


def _lot(text: str) -> float:
    """Return a number from 0 to 1 that hangs on the text alone."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") / 2**64


def _path(project: Project) -> Path:
    return project.root / "review.toml"
