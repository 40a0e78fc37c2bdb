"""Makes a random draw of a project's rows and keeps all that is needed to make it again."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from engine.core.errors import BadInput
from engine.core.records import Label, LabelDraw, Policy, content_id
from engine.curation.trust.draws import UNIFORM, DrawDesign, DrawMixture, PoissonSample, allowed, design, sample
from engine.curation.trust.row_scores import MODEL, row_scores
from engine.store import Store
from engine.store.label_draws import LedgerMark, LedgerMoved

_TRIES = 5
UNREAD = "closed unread"
"""Reason of the label of a drawn row that nobody read before its draw was closed."""


@dataclass(frozen=True, slots=True, eq=False)
class DesignedRows:
    """The rows that can be drawn now, the chance of each, and what made it so."""

    rows: pa.Table
    """row_id, row_hash, part, by row_id."""
    design: DrawDesign
    model: str = ""

    @property
    def digest(self) -> str:
        """Hash of the rows and their chances, so that a replay knows whether it goes by the same scores."""
        hashed = hashlib.blake2b(np.round(self.design.chances, 12).tobytes(), digest_size=8)
        return hashed.hexdigest()

    def constants(self) -> dict[str, Any]:
        """Return eligible rows, planned rows of each part, normalising sums, digest of the chances."""
        parts = self.rows["part"].to_numpy()
        planned = {
            str(part): [int((parts == part).sum()), float(self.design.chances[parts == part].sum())]
            for part in np.unique(parts).tolist()
        }
        return {"eligible": self.rows.num_rows, "parts": planned, "chances": self.digest, **self.design.constants()}


def draw(
    store: Store, policy: Policy, size: int, mixture: DrawMixture = UNIFORM, *, by: str = "", salt: str = ""
) -> LabelDraw:
    """Draw about `size` rows that have no verdict and were in no draw, and keep the draw.

    The first 50 rows of a project are drawn uniformly, whatever the mixture. `salt` is a fresh random one unless given.

    Raises:
        BadInput: where the last draw has rows that nobody has looked at, no row is left, or a salt was used before.
    """
    if size < 1:
        raise BadInput(f"{size} rows cannot be drawn.", where="size", do="Give at least 1.")
    known = store.draws.all()
    if any(each.salt == salt for each in known):
        raise BadInput("this salt was used before.", where="salt", do="Give another, or none.")
    if left := store.draws.open():
        raise BadInput(
            f"{len(left)} drawn rows have no verdict yet.",
            where=left[0].draw_id,
            do="Label them first, or close the draw: they then count as undecided.",
        )
    used = allowed(mixture, planned_uniformly(known))
    saved = saved_policy(store, policy)
    for _ in range(_TRIES):
        try:
            return _drawn(store, saved, size, used, by, salt or secrets.token_hex(16))
        except LedgerMoved:
            continue
    raise BadInput("the labels change faster than rows can be drawn.", do="Try again in a moment.")


def planned_uniformly(draws: list[LabelDraw]) -> int:
    """Return how many rows were planned by uniform draws so far."""
    return sum(min(one.size, orjson.loads(one.constants)["eligible"]) for one in draws if mixture_of(one).uniform)


def mixture_of(made: LabelDraw) -> DrawMixture:
    """Return the mixture of a draw."""
    return DrawMixture.model_validate(orjson.loads(made.recipe))


def designed(store: Store, mark: LedgerMark, policy: Policy | None, size: int, mixture: DrawMixture) -> DesignedRows:
    """Return the chances of a draw of the rows that were eligible at a moment."""
    rows = store.draws.eligible(mark)
    if mixture.uniform or policy is None:
        return DesignedRows(rows, design(mixture, size, rows.num_rows))
    scores = row_scores(store, policy, rows["row_id"].combine_chunks(), mark)
    return DesignedRows(rows, design(mixture, size, rows.num_rows, scores), MODEL)


def drawn_rows(rows: pa.Table, found: PoissonSample) -> pa.Table:
    """Return row_id, row_hash, pi, place, second of a sample."""
    taken = rows.take(pa.array(found.rows))
    return pa.table(
        {
            "row_id": taken["row_id"],
            "row_hash": taken["row_hash"],
            "pi": pa.array(found.chances),
            "place": pa.array(np.arange(len(found.rows))),
            "second": pa.array(found.second),
        }
    )


def close(store: Store, by: str) -> int:
    """Mark the drawn rows that nobody has looked at as undecided, and return how many; they are never drawn again."""
    now = time.time()
    labels = []
    for row in store.draws.open():
        made = Label("", row.row_id, row.row_hash, by, "skipped", now, UNREAD, "draw", row.draw_id)
        labels.append(replace(made, id=made.derived()))
    return store.labels.add(labels).added


def _drawn(store: Store, policy: Policy, size: int, mixture: DrawMixture, by: str, salt: str) -> LabelDraw:
    frame = store.draws.frame()
    mark = store.draws.mark(frame)
    made = designed(store, mark, policy, size, mixture)
    if not made.rows.num_rows:
        raise BadInput("there is no row left to draw.", do="Every row has a verdict or was drawn; write more rows.")
    found = sample(salt, made.rows["row_id"].combine_chunks(), made.design.chances, mixture.second_readers)
    kept = LabelDraw(
        content_id("DR"), frame.id, policy.id, size, salt, _json(mixture.model_dump()), made.model,
        _json(made.constants()), len(found.rows), mark.labels, mark.decisions, time.time(), by,
    )  # fmt: skip
    kept = replace(kept, id=kept.derived())
    store.draws.record(kept, drawn_rows(made.rows, found), mark)
    return kept


def saved_policy(store: Store, policy: Policy) -> Policy:
    """Return the policy as the store keeps it; one that is the newest of its name is not saved again."""
    known = store.policies.get(policy.name)
    if known and replace(known, id="", at=0.0, by="") == replace(policy, id="", at=0.0, by=""):
        return known
    return store.policies.save(policy)


def _json(values: dict[str, Any]) -> str:
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
