"""Where the labels of a project stand for one policy: what is known, how far it is to the goal, what to draw next."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from engine.core.errors import BadInput
from engine.core.records import LabelDraw, Policy
from engine.curation import policy as policies
from engine.curation.judge_words import scores_of
from engine.curation.review.blind_review import Reviewing
from engine.curation.trust import drawing
from engine.curation.trust.draw_meter import draw_meter
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.next_draw import NextDraw, kept_of_draw, next_draw
from engine.curation.trust.outlook import LabelGoal, Outlook, outlook
from engine.store import Store


@dataclass(frozen=True, slots=True)
class BatchStanding:
    """What the labels say by now, and the draw that should come next."""

    found: Estimated
    outlook: Outlook
    proposed: NextDraw
    kept: int
    rows: int


def batch_standing(store: Store, policy: Policy, how: Reviewing) -> BatchStanding:
    """Return where labels stand for the rules of a policy, people's decisions above them left aside."""
    board = scores_of(store)
    kept = policies.apply(policy, board, override=False).kept
    labels, reachable = labels_of(store).on(board.ids)
    found = estimate("precision", kept, labels, reachable=reachable)
    size, rows = int(kept.sum()), len(board)
    share = size / rows if rows else 0.0
    planned = drawing.planned_uniformly(store.draws.all())
    proposed = next_draw(
        planned, found, share, rows, batch=how.batch, doubtful=how.doubtful, second_readers=how.second_readers
    )
    meter = draw_meter(store, policy, board.ids.filter(pa.array(np.asarray(kept))), how.target)
    goal = LabelGoal(how.half_width, how.target)
    ahead = outlook(found, size, kept_of_draw(proposed.mixture, share), goal, meter)
    return BatchStanding(found, ahead, proposed, size, rows)


def draw_next(store: Store, policy: Policy, how: Reviewing, by: str) -> LabelDraw:
    """Draw what should come next; BadInput where drawn rows wait for a verdict, or none is left."""
    proposed = batch_standing(store, policy, how).proposed
    return drawing.draw(store, policy, proposed.size, proposed.mixture, by=by)


def only_picked(store: Store) -> int:
    """Return how many labels there are of rows that somebody picked, where no row was ever drawn; 0 else."""
    counts = store.labels.counts()
    picked = counts.get("convenience", 0) + counts.get("import", 0)
    return picked if picked and not store.draws.all() else 0


def place_of(store: Store, draw_id: str) -> int:
    """Return the number of a draw among the draws of its project, from 1; BadInput where there is no such draw."""
    for place, draw in enumerate(store.draws.all(), start=1):
        if draw.id == draw_id:
            return place
    raise BadInput("there is no such draw.", where=draw_id)
