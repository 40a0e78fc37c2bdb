"""The meter over rows that were drawn for one policy: what a curator may stop at when it is full.

It speaks of limits that stood when the rows were drawn, so only uniform draws count that name this very policy. Rows
are taken in their random order up to the first that nobody has looked at: wherever somebody stops, what was read is a
random sample. Rows that could not be drawn any more count as they are known; one that nobody could decide is bad.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.core.records import LabelDraw, Policy
from engine.core.settings.trust import TrustSettings
from engine.curation.trust.drawing import mixture_of
from engine.curation.trust.meter import full, readings
from engine.store import Store
from engine.store.label_draws import LedgerMark


@dataclass(frozen=True, slots=True)
class DrawMeter:
    """How full the meter is. `refused` says why it tells nothing; '' where it does."""

    target: float
    good: int = 0
    labels: int = 0
    reading: float = 0.0
    """The fullest it has been, ln M."""
    full: float = 1.0
    refused: str = ""

    @property
    def filled(self) -> float:
        """Share of the way, from 0 to 1."""
        return min(max(self.reading / self.full, 0.0), 1.0)

    @property
    def reached(self) -> bool:
        """Whether the target is proven."""
        return not self.refused and self.reading >= self.full


def draw_meter(
    store: Store, policy: Policy, kept: pa.Array, target: float, settings: TrustSettings | None = None
) -> DrawMeter | None:
    """Return the meter of the last draws that were made for a policy which keeps these rows; None without any."""
    draws = _own(store, policy)
    first, last = (store.draws.mark_of(draws[0]), store.draws.mark_of(draws[-1])) if draws else (None, None)
    if first is None or last is None or not len(kept):
        return None
    level = full((settings or TrustSettings()).certificate_error)
    picked = _picked(store, draws, first, last, kept)
    if picked:
        why = f"{picked} kept rows were picked and labelled between the draws."
        return DrawMeter(target, full=level, refused=why)
    verdicts = {
        (row, made): said
        for row, made, said in zip(*(store.labels.now()[name].to_pylist() for name in _SAID), strict=True)
    }
    open_rows = kept.filter(pc.is_in(kept, value_set=store.draws.eligible(first)["row_id"].combine_chunks()))
    known_good = _known_good(kept, open_rows, verdicts)
    tau = (target * len(kept) - known_good) / len(open_rows) if len(open_rows) else 1.0
    if not 0 < tau < 1:
        return DrawMeter(target, full=level, refused="The rows that are known decide it.")
    said = _in_order(store, draws, set(open_rows.to_pylist()), verdicts)
    good = np.cumsum(said, dtype=np.int64)
    best = float(readings(good, np.arange(1, len(said) + 1), tau).max()) if said else 0.0
    return DrawMeter(target, sum(said), len(said), max(best, 0.0), level)


_SAID = ("row_id", "row_hash", "verdict")


def _own(store: Store, policy: Policy) -> list[LabelDraw]:
    """Return the last uniform draws of this policy with none of another kind between them."""
    found: list[LabelDraw] = []
    for draw in store.draws.all():
        made_for = store.policies.get(draw.policy_id)
        if mixture_of(draw).uniform and made_for is not None and _same(made_for, policy):
            found.append(draw)
        else:
            found.clear()
    return found


def _same(one: Policy, other: Policy) -> bool:
    return replace(one, id="", at=0.0, by="") == replace(other, id="", at=0.0, by="")


def _picked(store: Store, draws: list[LabelDraw], first: LedgerMark, last: LedgerMark, kept: pa.Array) -> int:
    """Return how many kept rows got a verdict between the draws without having been drawn."""
    drawn = {ident for draw in draws for ident in store.draws.rows(draw.id)["row_id"].to_pylist()}
    before, after = (set(store.draws.known(mark)["row_id"].to_pylist()) for mark in (first, last))
    between = pa.array(sorted(after - before - drawn), pa.string())
    return int(pc.sum(pc.is_in(between, value_set=kept)).as_py() or 0)


def _known_good(kept: pa.Array, open_rows: pa.Array, verdicts: dict[tuple[str, str], str]) -> int:
    good = pa.array(sorted({row for (row, _), said in verdicts.items() if said == "good"}), pa.string())
    known = good.filter(pc.and_(pc.is_in(good, value_set=kept), pc.invert(pc.is_in(good, value_set=open_rows))))
    return len(known)


def _in_order(store: Store, draws: list[LabelDraw], rows: set[str], verdicts: dict[tuple[str, str], str]) -> list[bool]:
    """Return whether each drawn row of these was found good, up to the first that nobody has looked at."""
    said: list[bool] = []
    for draw in draws:
        for row in store.draws.rows(draw.id).to_pylist():
            if row["row_id"] not in rows:
                continue
            verdict = verdicts.get((row["row_id"], row["row_hash"]))
            if verdict is None:
                return said
            said.append(verdict == "good")
    return said
