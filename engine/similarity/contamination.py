"""Test problems inside generated ones: who holds nearly all n-grams of a test item is a copy (FL-18, GSDP-24).

An item of w words has w - n + 1 n-grams, counted once each. A problem is a copy when it holds at least `share` of them,
rounded up; where the item is inside the problem it does not matter what stands around it. Items of fewer than n words
have no n-gram and are compared whole.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson

from engine.core.errors import BadSetting
from engine.core.records import BenchmarkItem, Problem, Seed
from engine.similarity.words import words

RULE = "ngram-1"
"""Changes whenever the same texts would give another verdict."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Length of the n-grams in words, and the share of an item's n-grams that makes a copy."""

    n: int = 8
    share: float = 0.95

    def __post_init__(self) -> None:
        if self.n < 1 or not 0 < self.share <= 1:
            raise BadSetting(f"n = {self.n}, share = {self.share:g} do not fit.", do="Give n >= 1 and 0 < share <= 1.")


@dataclass(frozen=True, slots=True)
class NgramMatch:
    """The test item that a problem comes closest to: `shared` of its `total` n-grams, and the longest common run."""

    item: BenchmarkItem
    share: float
    shared: int
    total: int
    copied: bool
    longest: str
    n: int

    @property
    def reason(self) -> str:
        """One sentence that a curator can read."""
        name = self.item.benchmark or "a test set"
        if self.total == 0:
            return f"is word for word an item of {name} that is shorter than {self.n} words"
        found = f"holds {self.shared} of the {self.total} {self.n}-grams of an item of {name}"
        return f"{found}, which makes it a copy" if self.copied else f"{found}, too few for a copy"

    @property
    def evidence(self) -> str:
        """What the reason rests on, as JSON text."""
        return orjson.dumps(
            {
                "item": self.item.id,
                "benchmark": self.item.benchmark,
                "statement": self.item.statement,
                "shared": self.shared,
                "total": self.total,
                "longest": self.longest,
            }
        ).decode()


@dataclass(frozen=True, slots=True)
class ContaminatedRow:
    """A copy: the row (and, for records, the id) of the problem, and the test item."""

    row: int
    problem_id: str | None
    match: NgramMatch


class NgramIndex:
    """Test items by their n-grams. Lookups cost as much as the problem has words; items cost only when they are hit."""

    def __init__(self, items: Iterable[BenchmarkItem], limits: Limits | None = None) -> None:
        """Read the items once; the same statement in two benchmarks is two items."""
        self.limits = limits or Limits()
        self._items: list[BenchmarkItem] = []
        self._sizes: list[int] = []
        self._holders: dict[int, list[int]] = {}
        self._short: dict[tuple[str, ...], int] = {}
        for item in items:
            self._add(item)

    @property
    def version(self) -> str:
        """Rule and limits, so that old verdicts can be told from new ones."""
        return f"{RULE}-n{self.limits.n}-s{self.limits.share:g}"

    def __len__(self) -> int:
        return len(self._items)

    def match(self, statement: str) -> NgramMatch | None:
        """Return the item with the largest share of its n-grams in `statement`, None where none is shared."""
        said = words(statement)
        hits: Counter[int] = Counter()
        for gram in filter(self._holders.__contains__, grams(said, self.limits.n)):
            hits.update(self._holders[gram])
        best = min(hits, key=lambda row: (-hits[row] / self._sizes[row], -hits[row], row), default=None)
        whole = self._short.get(tuple(said)) if len(said) < self.limits.n else None
        if whole is not None:
            return NgramMatch(self._items[whole], 1.0, 0, 0, True, " ".join(said), self.limits.n)
        if best is None:
            return None
        shared, total = hits[best], self._sizes[best]
        longest = _longest_run(words(self._items[best].statement), said)
        copied = shared >= needed(total, self.limits.share)
        return NgramMatch(self._items[best], shared / total, shared, total, copied, longest, self.limits.n)

    def _add(self, item: BenchmarkItem) -> None:
        row, said = len(self._items), words(item.statement)
        held = grams(said, self.limits.n)
        self._items.append(item)
        self._sizes.append(len(held))
        for gram in held:
            self._holders.setdefault(gram, []).append(row)
        if said and not held:
            self._short.setdefault(tuple(said), row)


def find(
    problems: Sequence[str | Problem | Seed],
    benchmark: Iterable[str | BenchmarkItem],
    n: int = 8,
    share: float = 0.95,
) -> tuple[ContaminatedRow, ...]:
    """Return every problem that is a copy of a test item, with the item and the evidence (FL-18, GSDP-24)."""
    items = (item if isinstance(item, BenchmarkItem) else BenchmarkItem.make("", item) for item in benchmark)
    index = NgramIndex(items, Limits(n, share))
    found = []
    for row, problem in enumerate(problems):
        match = index.match(problem if isinstance(problem, str) else problem.statement)
        if match and match.copied:
            found.append(ContaminatedRow(row, None if isinstance(problem, str) else problem.id, match))
    return tuple(found)


def needed(total: int, share: float) -> int:
    """Return how many of `total` n-grams make a copy: 13 of 13 and 89 of 93 at .95."""
    return math.ceil(total * share - 1e-9)


def grams(said: Sequence[str], n: int) -> set[int]:
    """Return the hashes of the different n-grams; 64 bits, so that two of them practically never meet."""
    return set(map(hash, zip(*(said[at:] for at in range(n)), strict=False)))


def _longest_run(left: Sequence[str], right: Sequence[str]) -> str:
    """Return the longest run of words that both hold."""
    best_end = best = 0
    before: dict[int, int] = {}
    places: dict[str, list[int]] = {}
    for at, word in enumerate(right):
        places.setdefault(word, []).append(at)
    for end, word in enumerate(left, 1):
        here = {at: before.get(at - 1, 0) + 1 for at in places.get(word, ())}
        length = max(here.values(), default=0)
        if length > best:
            best, best_end = length, end
        before = here
    return " ".join(left[best_end - best : best_end])
