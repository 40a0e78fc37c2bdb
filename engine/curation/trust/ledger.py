"""The ledger as arrays: every labelled or drawn row of the project with its weight, ready for an estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from engine.core.records import LabelDraw
from engine.curation.trust.replay import faults
from engine.curation.trust.weights import NO_DRAW, shares, weights
from engine.store import Store

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LabelLedger:
    """The n rows of the frame that somebody has looked at, or was to look at, by row id; and the draws behind them."""

    ids: pa.Array
    """Ids of the rows (n,)."""
    good: Floats
    """1 good, 0 bad, NaN undecided: unsure, skipped, still open (n,)."""
    draw: NDArray[np.int64]
    """Index into `draws` of the draw in which the row was drawn; `weights.NO_DRAW` for convenience rows (n,)."""
    chance: Floats
    """Probability with which it was drawn; NaN for convenience rows (n,)."""
    weight: Floats
    """How many rows of its part of the frame it stands for (n,); 0 where it cannot be used yet."""
    variance: Floats
    """w^2 (1 - pi) / pi^2 of drawn rows, 0 of others (n,)."""
    share: Floats
    """Share of its draw among the draws of its part (n,); 0 for convenience rows."""
    part: NDArray[np.int64]
    """Frame in which the row's text first stood (n,): parts are strata, each with its own draws."""
    blind: NDArray[np.bool_]
    """Whether the row was read without the judges' scores, as far as that is known (n,)."""
    imported: NDArray[np.bool_]
    """Whether a label of the row came from a file, for a row that this ledger did not draw (n,)."""
    parts: dict[int, int]
    """Rows of the frame by part."""
    reached: frozenset[int]
    """Parts that some draw could draw from."""
    frame: int
    """Number of the frame."""
    draws: tuple[LabelDraw, ...]
    unreached: int
    """Rows of parts that no draw has reached."""
    lost: int
    """Rows whose labels are of a text that has changed since."""
    faults: tuple[str, ...]
    """Why no interval may rest on this ledger; empty for none."""

    @property
    def random(self) -> NDArray[np.bool_]:
        """Which rows were drawn at random (n,)."""
        drawn: NDArray[np.bool_] = self.draw != NO_DRAW
        return drawn

    @property
    def rows(self) -> int:
        """Rows of the whole frame."""
        return sum(self.parts.values())


def ledger(store: Store) -> LabelLedger:
    """Return the ledger of a project as it stands; every draw is drawn again to see whether it can be trusted."""
    frame = store.draws.frame()
    draws = tuple(store.draws.all())
    said, parts = store.draws.said(frame.seq), store.draws.parts(frame.seq)
    where = {draw.id: place for place, draw in enumerate(draws)}
    at = np.array([where.get(ident, NO_DRAW) for ident in said["draw_id"].to_pylist()], np.int64)
    chance = said["pi"].to_numpy(zero_copy_only=False).astype(np.float64)
    part = said["part"].to_numpy().astype(np.int64)
    weight, variance, share = _weighted(store, draws, said, at, chance, part)
    reached = frozenset(number for number in parts if _of_part(draws, number))
    return LabelLedger(
        ids=said["row_id"].combine_chunks(),
        good=_good(said["verdict"]),
        draw=at,
        chance=np.where(at == NO_DRAW, np.nan, chance),
        weight=weight,
        variance=variance,
        share=share,
        part=part,
        blind=_flags(said["blind"]),
        imported=_flags(said["imported"]),
        parts=parts,
        reached=reached,
        frame=frame.seq,
        draws=draws,
        unreached=sum(rows for number, rows in parts.items() if number not in reached),
        lost=store.draws.lost(frame.seq),
        faults=faults(store),
    )


def _good(verdicts: pa.ChunkedArray) -> Floats:
    worth = {"good": 1.0, "bad": 0.0}
    return np.array([worth.get(said, np.nan) for said in verdicts.to_pylist()], np.float64)


def _flags(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = pc.fill_null(column, False).to_numpy(zero_copy_only=False).astype(np.bool_)
    return flags


def _of_part(draws: tuple[LabelDraw, ...], part: int) -> list[int]:
    """Return the numbers of the draws that could draw rows of a part."""
    return [n for n, draw in enumerate(draws) if str(part) in orjson.loads(draw.constants)["parts"]]


def _weighted(
    store: Store,
    draws: tuple[LabelDraw, ...],
    said: pa.Table,
    at: NDArray[np.int64],
    chance: Floats,
    part: NDArray[np.int64],
) -> tuple[Floats, Floats, Floats]:
    """Return weight, variance factor and share of each row, worked out in each part on its own."""
    known = _known(store, draws, said, at)
    weight, variance, share = (np.zeros(len(at)) for _ in range(3))
    for number in np.unique(part).tolist():
        rows, mine = np.flatnonzero(part == number), _of_part(draws, number)
        planned = [orjson.loads(draws[n].constants)["parts"][str(number)][1] for n in mine]
        place = {n: index for index, n in enumerate(mine)}
        local = np.array([place.get(n, NO_DRAW) for n in at[rows].tolist()], np.int64)
        of = shares(planned)
        made = weights(of, local, chance[rows], known[mine][:, rows])
        weight[rows], variance[rows] = made.weight, made.variance
        if len(of):
            share[rows] = np.where(local == NO_DRAW, 0.0, of[local])
    return weight, variance, share


def _known(store: Store, draws: tuple[LabelDraw, ...], said: pa.Table, at: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (B, n) which rows had a verdict before each draw, or were drawn in an earlier one."""
    rows = list(zip(said["row_id"].to_pylist(), said["row_hash"].to_pylist(), strict=True))
    found = np.zeros((len(draws), len(rows)), np.bool_)
    for number, draw in enumerate(draws):
        mark = store.draws.mark_of(draw)
        if mark is None:
            continue
        before = store.draws.known(mark)
        seen = set(zip(before["row_id"].to_pylist(), before["row_hash"].to_pylist(), strict=True))
        found[number] = [row in seen for row in rows]
        found[number] |= (at != NO_DRAW) & (at < number)
    return found
