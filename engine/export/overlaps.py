"""Test problems of a project, ready to be looked for, and what was found of them in words and figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from engine.core.settings import OverlapTiers, explain
from engine.similarity import embedder
from engine.similarity.overlap import BATCH, TIERS, OverlapHit, OverlapLook, OverlapScreen
from engine.store import Store


def rules_of(changes: Mapping[str, str]) -> OverlapTiers:
    """Return the rules with some settings changed, as a command names them; BadSetting for what is none."""
    try:
        return OverlapTiers.model_validate(dict(changes))
    except ValidationError as error:
        raise explain(error, where="--set") from error


def screen(store: Store, rules: OverlapTiers | None = None) -> OverlapScreen:
    """Return the test problems of a project, ready to be looked for.

    Vectors of a model are kept with those that runs made. Raises MissingExtra or BadSetting where it is not at hand.
    """
    asked = rules or OverlapTiers()
    items = store.benchmarks.all()
    looked = items and {asked.numbers, asked.near} != {"off"}
    kept = None if store.path == ":memory:" else Path(store.path).parent / "runs" / ".embeddings"
    model = embedder.load(asked.embedder, cache=kept) if looked else None
    return OverlapScreen(items, asked, model, store.benchmarks.verdicts())


def told(found: OverlapLook) -> dict[str, Any]:
    """Return what was looked for and how, for a manifest: what each tier does, its limits, and what they rest on."""
    rules = found.rules
    said: dict[str, Any] = {tier: found.act(tier) for tier in TIERS}
    if rules.numbers != "off":
        said |= {"overlap": rules.overlap, "least_words": rules.least_words}
    if found.judges:
        said |= {"judges": list(found.judges), "judged_texts": found.judged}
    if found.limits:
        said |= {"embedder": found.embedder, "false_hits": rules.false_hits}
        said["limits"] = {
            name: {
                "limit": one.limit,
                "measured": one.measured,
                "items": one.items,
                "ninetieth": one.ninetieth,
                "ninety_ninth": one.ninety_ninth,
            }
            for name, one in found.limits.items()
        }
    return said


@dataclass(frozen=True, slots=True)
class OverlapPair:
    """A text and the test problem that a tier found for it."""

    id: str
    statement: str
    hit: OverlapHit

    def told(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "id": self.id,
            "tier": self.hit.tier,
            "benchmark": self.hit.benchmark,
            "figure": round(self.hit.figure, 4),
            "reason": self.hit.reason,
            "statement": self.statement,
            "test_problem": self.hit.item.statement,
        }


@dataclass(slots=True)
class OverlapCounts:
    """How many texts were looked at, and for how many each tier found a test problem; a text counts once."""

    rows: int = 0
    tiers: dict[str, Counter[str]] = field(default_factory=lambda: {tier: Counter() for tier in TIERS})
    """For each tier the texts by test set."""
    every: Counter[str] = field(default_factory=Counter)
    """Texts that each tier finds, those of a surer one among them."""

    def by_set(self) -> dict[str, dict[str, int]]:
        """Return for each tier that found something how many texts, by test set."""
        return {tier: dict(sorted(found.items())) for tier, found in self.tiers.items() if found}


def pairs(
    texts: Iterable[tuple[str, str]], found: OverlapScreen, counts: OverlapCounts | None = None
) -> Iterator[OverlapPair]:
    """Yield every text that is a test problem or near to one, under its surest tier; `counts` is added to.

    `texts` are ids and statements, any number of them.
    """
    counted = counts or OverlapCounts()
    batch: list[tuple[str, str]] = []
    for one in texts:
        batch.append(one)
        if len(batch) == BATCH:
            yield from _looked(batch, found, counted)
            batch = []
    yield from _looked(batch, found, counted)


def _looked(batch: list[tuple[str, str]], found: OverlapScreen, counted: OverlapCounts) -> Iterator[OverlapPair]:
    counted.rows += len(batch)
    for (ident, text), hits in zip(batch, found.look([text for _, text in batch]), strict=True):
        if hits:
            counted.every.update(hit.tier for hit in hits)
            counted.tiers[hits[0].tier][hits[0].benchmark] += 1
            yield OverlapPair(ident, text, hits[0])
