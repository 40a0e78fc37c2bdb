"""Texts held against test problems in four tiers, each with its evidence (FL-18, RR-19).

| tier | what it finds | what it rests on |
|---|---|---|
| ngrams | copies, as the papers define them | share of an item's n-grams of words |
| numbers | the same problem with other numbers, names or kinds of money | words in the same order |
| judged | the same problem in other words | what a model said of it beside its nearest items, where one was asked |
| near | what is nearer than unrelated problems are to each other | cosine, limit measured for each set |

None of them surely finds a problem told in other words, or in another language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.core.records import BenchmarkItem, OverlapVerdict
from engine.core.settings import Act, OverlapTiers
from engine.similarity import Embedder, Vectors, background, contamination, neighbours
from engine.similarity.background import CosineLimit
from engine.similarity.variants import VariantIndex
from engine.similarity.words import words

Tier = Literal["ngrams", "numbers", "judged", "near"]
TIERS: tuple[Tier, ...] = ("ngrams", "numbers", "judged", "near")
"""The surest first; a text that several find counts for the first of those that do most about it."""
PROPOSED = 5
"""Nearest items that are compared word for word, or shown to a judge, as many as NeMo-Skills shows its own."""
BATCH = 1_000
UNFOUND = "problems told in other words, and translations, are not found"


@dataclass(frozen=True, slots=True)
class OverlapHit:
    """A tier found a test item: `figure` is a share of n-grams, of words, or a cosine."""

    tier: Tier
    item: BenchmarkItem
    figure: float
    reason: str

    @property
    def benchmark(self) -> str:
        """The test set, in words."""
        return self.item.benchmark or "a test set"


@dataclass(frozen=True, slots=True)
class OverlapLook:
    """How texts were held against test problems: little, and it outlives the test problems."""

    rules: OverlapTiers
    embedder: str
    """What the vectors were made by; '' where none were."""
    limits: Mapping[str, CosineLimit]
    """The limit of nearness for each test set; none where it is off."""
    judges: tuple[str, ...] = ()
    """Models that were asked about texts of the project."""
    judged: int = 0
    """Texts of the project, whether they go out or not, that they were asked about."""

    def act(self, tier: Tier) -> Act:
        """Return what becomes of what a tier finds."""
        found: Act = getattr(self.rules, tier)
        return found


@dataclass(slots=True)
class _TestSet:
    """The rows of one test set, their vectors, and the limit of nearness."""

    rows: list[int] = field(default_factory=list)
    vectors: Vectors = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    limit: CosineLimit = field(default_factory=lambda: CosineLimit(1.0, 0))


class OverlapScreen:
    """Test items, ready to be looked for; made once for any number of texts."""

    def __init__(
        self,
        items: Iterable[BenchmarkItem],
        rules: OverlapTiers,
        model: Embedder | None = None,
        verdicts: Iterable[OverlapVerdict] = (),
    ) -> None:
        """`model` makes the vectors; without one only n-grams, equal wordings and `verdicts` find anything."""
        self.rules, self._model = rules, model
        self._embedder = model.name if model else ""
        self._items = list(items)
        self._judged = _Judged(self._items, verdicts if rules.judged != "off" else ())
        wanted = self._items if rules.ngrams != "off" else ()
        self.index = contamination.NgramIndex(wanted, contamination.Limits(rules.n, rules.share))
        self._sets: dict[str, _TestSet] = {}
        self._variants = VariantIndex((), rules.overlap, rules.least_words)
        if self._items and {rules.numbers, rules.near} != {"off"}:
            self._variants = VariantIndex(self._items, rules.overlap, rules.least_words)
            self._embed_items()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def how(self) -> OverlapLook:
        """How texts are looked at."""
        limits = {name: one.limit for name, one in self._sets.items()} if self.rules.near != "off" else {}
        return OverlapLook(self.rules, self._embedder, limits, self._judged.models, len(self._judged.asked))

    @property
    def limits(self) -> Mapping[str, CosineLimit]:
        """The limit of nearness for each test set; none where it is off."""
        return self.how.limits

    def act(self, tier: Tier) -> Act:
        """Return what becomes of what a tier finds."""
        found: Act = getattr(self.rules, tier)
        return found

    def look(self, texts: Sequence[str]) -> list[tuple[OverlapHit, ...]]:
        """Return for each text what each tier found, at most one test item each, in the order of the tiers."""
        found: list[tuple[OverlapHit, ...]] = []
        for start in range(0, len(texts), BATCH):
            some = texts[start : start + BATCH]
            for text, hits in zip(some, self.beyond_ngrams(some), strict=True):
                copy = self.copy(text)
                found.append((copy, *hits) if copy else hits)
        return found

    def copy(self, text: str) -> OverlapHit | None:
        """Return what the first tier finds."""
        match = self.index.match(text) if len(self.index) else None
        return OverlapHit("ngrams", match.item, match.share, match.reason) if match and match.copied else None

    def beyond_ngrams(self, texts: Sequence[str]) -> list[tuple[OverlapHit, ...]]:
        """Return for each text what the other tiers found."""
        proposed: list[list[int]] = [[] for _ in texts]
        nearest: list[OverlapHit | None] = [None] * len(texts)
        if self._sets and self._model and texts:
            vectors = self._model.embed(texts)
            for one in self._sets.values():
                self._search(one, vectors, proposed, nearest)
        numbers = [self._numbers(text, rows) for text, rows in zip(texts, proposed, strict=True)]
        judged = [self._judged.hit(text) for text in texts]
        return [tuple(filter(None, found)) for found in zip(numbers, judged, nearest, strict=True)]

    def nearest(self, texts: Sequence[str], most: int = PROPOSED) -> list[list[tuple[BenchmarkItem, float]]]:
        """Return for each text the items that come nearest, of all test sets, with their cosines, the nearest first."""
        found: list[list[tuple[BenchmarkItem, float]]] = [[] for _ in texts]
        if not (self._model and texts):
            return found
        vectors = self._model.embed(texts)
        for one in self._sets.values():
            near = neighbours.top_k(vectors, one.vectors, min(most, len(one.rows)))
            for at, (places, cosines) in enumerate(zip(near.index.tolist(), near.cosine.tolist(), strict=True)):
                found[at] += [(self._items[one.rows[n]], value) for n, value in zip(places, cosines, strict=True)]
        return [sorted(some, key=lambda pair: -pair[1])[:most] for some in found]

    def decisive(self, hits: Sequence[OverlapHit]) -> OverlapHit | None:
        """Return the hit that says what becomes of a text: the surest that drops it, else the surest."""
        return next((hit for hit in hits if self.act(hit.tier) == "drop"), hits[0] if hits else None)

    def _numbers(self, text: str, proposed: Sequence[int]) -> OverlapHit | None:
        if self.rules.numbers == "off":
            return None
        found = self._variants.match(text, proposed)
        if found is None:
            return None
        item = self._items[found.item]
        how = "the same wording" if found.same_wording else f"{found.overlap:.0%} of the words in the same order"
        return OverlapHit(
            "numbers", item, found.overlap, f"is an item of {_name(item)} with other numbers or names: {how}"
        )

    def _search(
        self, one: _TestSet, vectors: Vectors, proposed: list[list[int]], nearest: list[OverlapHit | None]
    ) -> None:
        """Note the items of a test set that are worth a look, and the nearest one beyond the limit."""
        near = neighbours.top_k(vectors, one.vectors, min(PROPOSED, len(one.rows)))
        typical = one.limit.median
        for row, (places, cosines) in enumerate(zip(near.index.tolist(), near.cosine.tolist(), strict=True)):
            proposed[row] += [one.rows[at] for at, value in zip(places, cosines, strict=True) if value >= typical]
            best, before = cosines[0], nearest[row]
            if self.rules.near != "off" and best >= one.limit.limit and (before is None or best > before.figure):
                nearest[row] = self._near(self._items[one.rows[places[0]]], best, one.limit.limit)

    def _near(self, item: BenchmarkItem, cosine: float, limit: float) -> OverlapHit:
        reason = f"comes near an item of {_name(item)}: cosine {cosine:.2f} ({self._embedder}), from {limit:.2f} on"
        return OverlapHit("near", item, cosine, reason)

    def _embed_items(self) -> None:
        for row, item in enumerate(self._items):
            self._sets.setdefault(item.benchmark, _TestSet()).rows.append(row)
        if self._model is None:
            self._sets.clear()
            return
        for one in self._sets.values():
            one.vectors = self._model.embed([self._items[row].statement for row in one.rows])
            related = _Related(self._items, one.rows, self._variants, self.rules.n)
            one.limit = background.measure(one.vectors, related, self.rules)


class _Judged:
    """What models said, by text; a pair counts where any of them called it one problem."""

    def __init__(self, items: Sequence[BenchmarkItem], verdicts: Iterable[OverlapVerdict]) -> None:
        known = {item.id: item for item in items}
        said = [verdict for verdict in verdicts if verdict.item_id in known]
        self.asked = frozenset(verdict.text_id for verdict in said)
        self.models = tuple(sorted({verdict.model for verdict in said}))
        nearest_last = sorted(said, key=lambda verdict: verdict.cosine)
        self._same = {verdict.text_id: (verdict, known[verdict.item_id]) for verdict in nearest_last if verdict.same}

    def hit(self, text: str) -> OverlapHit | None:
        """Return the nearest item that a model called the same problem."""
        found = self._same.get(OverlapVerdict.text_of(text)) if self._same else None
        if found is None:
            return None
        verdict, item = found
        reason = f"is an item of {_name(item)} in other words, says {verdict.model or 'a model'}: {verdict.reason}"
        return OverlapHit("judged", item, verdict.cosine, reason)


class _Related:
    """Whether two items of a test set are related: they share an n-gram, or are one problem with other numbers."""

    def __init__(self, items: Sequence[BenchmarkItem], rows: Sequence[int], variants: VariantIndex, n: int) -> None:
        self._items, self._rows, self._variants, self._n = items, rows, variants, n
        self._grams: dict[int, frozenset[int]] = {}

    def __call__(self, left: int, right: int) -> bool:
        """Tell of two rows of the set."""
        pair = self._rows[left], self._rows[right]
        return not self._of(pair[0]).isdisjoint(self._of(pair[1])) or self._variants.related(*pair)

    def _of(self, row: int) -> frozenset[int]:
        if row not in self._grams:
            said = words(self._items[row].statement)
            self._grams[row] = frozenset(contamination.grams(said, self._n))
        return self._grams[row]


def _name(item: BenchmarkItem) -> str:
    return item.benchmark or "a test set"
