"""How many pairs of points an embedder puts into each band of the dual filter, and limits that map it to another's.

The limits .90 and .70 "were determined through an analysis of the KP set" with one embedder (GSDP D.1). Another one
spreads its cosines differently, so the same limits merge and ask about other shares of the pairs. Given cosines of the
same pairs by an embedder that the limits hold for, `mapped` returns the limits at which as many pairs are merged and
asked about (equal shares). Given pairs of which somebody said whether they are the same, `labelled` returns the limits
that do what the bands are for: what is merged is the same, what is not asked about differs. Without either there is
nothing to anchor a mapping to; the paper's two pairs with their scores are too few for one, and are only shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput
from engine.knowledge import synonym_classes
from engine.similarity import Embedder

PAPER_PAIRS = (
    ("Geometric sequence", "Arithmetic sequence", 0.805),
    ("Sine function in trigonometry", "Cosine function in trigonometry", 0.865),
)
"""The only pairs whose scores by the paper's embedder are published (GSDP D.2); both were asked about."""
SURE = 0.95
"""Share of labelled pairs that must be on the right side of a limit."""
LEAST = 20
"""Pairs on either side of a limit below which nothing is mapped: a handful would be chance."""
MOST = 3_000
"""Points whose pairs are compared between two embedders; all pairs of more would fill the memory."""

Cosines = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class BandShares:
    """Pairs of points by what becomes of them."""

    embedder: str
    points: int
    """Points after names that are spelled alike were taken for one."""
    pairs: int
    same: int
    """Merged without asking."""
    asked: int
    paper: tuple[float, ...]
    """Cosines of the paper's pairs by this embedder, in the order of `PAPER_PAIRS`."""

    @property
    def shares(self) -> tuple[float, float]:
        """Shares of the pairs that are the same, and that are asked about."""
        return (self.same / self.pairs, self.asked / self.pairs) if self.pairs else (0.0, 0.0)


@dataclass(frozen=True, slots=True)
class MappedLimit:
    """A limit of the reference and the one at which as many pairs lie above it."""

    limit: float
    above: int
    """Pairs that the reference puts above its limit."""
    mapped: float | None
    """None where too few pairs lie on one side of it to tell."""
    shared: float | None
    """Of those pairs, the share that lies above the mapped limit too; .5 would mean that half of them are others."""


def count(names: Sequence[str], model: Embedder, merge_at: float = 0.90, ask_from: float = 0.70) -> BandShares:
    """Count the pairs of each band as the dual filter makes them."""
    found = synonym_classes.bands(names, model.embed(names), merge_at, ask_from)
    points = len(names) - len(found.spelled_alike)
    pairs = points * (points - 1) // 2
    said = model.embed([name for one, other, _ in PAPER_PAIRS for name in (one, other)])
    paper = tuple(float(said[row] @ said[row + 1]) for row in range(0, len(said), 2))
    return BandShares(model.name, points, pairs, len(found.sure), len(found.grey), paper)


def cosines(names: Sequence[str], model: Embedder) -> Cosines:
    """Return the cosines of all pairs of `names`, of an even sample of `MOST` where there are more."""
    some = names[:: -(-len(names) // MOST)] if len(names) > MOST else names
    vectors = model.embed(some)
    return np.asarray((vectors @ vectors.T)[np.triu_indices(len(some), 1)], np.float32)


def mapped(own: Cosines, reference: Cosines, limits: Sequence[float] = (0.90, 0.70)) -> tuple[MappedLimit, ...]:
    """Return the limits for `own` above which as many pairs lie as in `reference`, of the same pairs in one order."""
    if own.shape != reference.shape:
        raise BadInput(f"{len(own)} cosines were held against {len(reference)}.", do="Give cosines of the same pairs.")
    return tuple(_mapped(own, reference, limit) for limit in limits)


def _mapped(own: Cosines, reference: Cosines, limit: float) -> MappedLimit:
    above = reference >= np.float32(limit)
    many = int(above.sum())
    if min(many, len(reference) - many) < LEAST:
        return MappedLimit(limit, many, None, None)
    least = _down(np.partition(own, len(own) - many)[len(own) - many])
    return MappedLimit(limit, many, least, float((own[above] >= least).mean()))


def agreement(own: Cosines, reference: Cosines, most: int = 50_000, seed: int = 0) -> float:
    """Return how alike two embedders order pairs: Spearman's correlation over a seeded sample of them."""
    from scipy.stats import spearmanr

    if len(own) > most:
        drawn = np.random.default_rng(seed).choice(len(own), most, replace=False)
        own, reference = own[drawn], reference[drawn]
    return float(spearmanr(own, reference)[0])


@dataclass(frozen=True, slots=True)
class LabelledLimits:
    """What labelled pairs say of two limits, and the limits that they would set."""

    same: int
    different: int
    merged_right: float | None
    """Of labelled pairs above the upper limit, the share that is the same; None without any."""
    missed: float | None
    """Of pairs that are the same, the share below the lower limit, which is never asked about."""
    merge_at: float | None
    """The lowest cosine from which on `SURE` of the pairs are the same; None where no `LEAST` pairs reach that."""
    ask_from: float | None
    """The highest cosine below which no more than 1 - `SURE` of the same pairs lie; None with fewer than `LEAST`."""


def labelled(
    own: Cosines, same: npt.NDArray[np.bool_], merge_at: float = 0.90, ask_from: float = 0.70
) -> LabelledLimits:
    """Hold two limits against pairs of which somebody said whether they are the same."""
    order = np.argsort(-own, kind="stable")
    falling, right = own[order], np.cumsum(same[order])
    counted = np.arange(1, len(own) + 1)
    # A limit lies between two values: of equal cosines only the last place counts.
    ends = np.append(falling[1:] < falling[:-1], True) if len(own) else np.zeros(0, np.bool_)
    good = np.flatnonzero(ends & (counted >= LEAST) & (right >= SURE * counted))
    wanted = np.sort(own[same])
    above, below = own >= np.float32(merge_at), wanted < np.float32(ask_from)
    return LabelledLimits(
        len(wanted),
        len(own) - len(wanted),
        float(same[above].mean()) if above.any() else None,
        float(below.mean()) if len(below) else None,
        _down(falling[good[-1]]) if len(good) else None,
        _down(wanted[int((1 - SURE) * len(wanted))]) if len(wanted) >= LEAST else None,
    )


def _down(cosine: np.float32) -> float:
    """Return four digits, rounded down, so that the pair that sets a limit stays above it."""
    return float(np.floor(float(cosine) * 10_000) / 10_000)
