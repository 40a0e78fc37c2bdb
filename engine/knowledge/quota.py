"""Seeds in equal numbers from every source, so that a large source does not drown a small one (FL-16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.errors import UserError


@dataclass(frozen=True, slots=True)
class Balanced:
    """Seed ids in random order, sources taking turns, and in words where a source had to be used again."""

    ids: tuple[str, ...]
    notes: tuple[str, ...] = ()


def balanced(by_source: Mapping[str, Sequence[str]], total: int, seed: int) -> Balanced:
    """Draw `total` seeds, as many from each source as from any other; what is left over goes to the first ones.

    A source with fewer seeds than its quota gives each of them as often as any other (the paper wrote 75,000 problems
    from 7,473 seeds), and a note says so. UserError where there is no seed at all.
    """
    sources = [source for source in sorted(by_source) if by_source[source]]
    if not sources:
        raise UserError("there is no seed that this agent can use.", do="Add seeds with answers: lemma seeds add FILE")
    rng = np.random.default_rng(seed)
    quotas = [total // len(sources) + (place < total % len(sources)) for place in range(len(sources))]
    drawn = [_drawn(by_source[source], quota, rng) for source, quota in zip(sources, quotas, strict=True)]
    turns = [one for turn in range(max(quotas, default=0)) for one in (ids[turn : turn + 1] for ids in drawn)]
    notes = tuple(
        f"{source}: {quota:,} seeds asked, {len(by_source[source]):,} there; each is used up to "
        f"{-(-quota // len(by_source[source])):,} times."
        for source, quota in zip(sources, quotas, strict=True)
        if quota > len(by_source[source])
    )
    return Balanced(tuple(ident for turn in turns for ident in turn), notes)


def _drawn(ids: Sequence[str], quota: int, rng: np.random.Generator) -> list[str]:
    """Draw without repetition as long as there are seeds, then begin anew."""
    found: list[str] = []
    while len(found) < quota:
        order = rng.permutation(len(ids))[: quota - len(found)].tolist()
        found += [ids[row] for row in order]
    return found
