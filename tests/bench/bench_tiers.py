"""Test problems tier by tier: 100,000 problems against 6,319 test items, beside one embedding and one product alone.

As many test items as GSM8K and MATH have together. A hundredth of the problems are test items with other numbers,
another hundredth such with a clause more; the rest have nothing to do with any. `ours` runs in a process of its own,
because its peak memory is measured.
"""

from __future__ import annotations

import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from tests.bench.result import BenchResult  # noqa: E402
from tests.bench.side import alone, peak_mb  # noqa: E402

PROBLEMS, ITEMS, PLANTED = 100_000, 6_319, 1_000
BAR, PEAK_BAR = 2.5, 2_000.0
MISSED_BAR, FALSE_BAR = 0.05, 0.001


@dataclass(frozen=True, slots=True)
class TestedCorpus:
    """Texts, test items, and the rows that were planted."""

    texts: list[str]
    items: list[str]
    numbers: frozenset[int]
    longer: frozenset[int]


def run() -> list[BenchResult]:
    """Measure CPU seconds beside the peer's, peak memory, and the shares missed and found wrongly."""
    ours, plain = (alone(__file__, side) for side in ("ours", "plain"))
    name = f"tiers: {PROBLEMS:,} x {ITEMS:,}"
    return [
        BenchResult.against(name, ours["cpu_s"], "CPU s", "embedding and one product", plain["cpu_s"], BAR),
        BenchResult.below("tiers: peak memory", ours["peak_mb"], "MB", PEAK_BAR),
        BenchResult.below("tiers: other numbers missed", ours["numbers_missed"], "share", MISSED_BAR),
        BenchResult.below("tiers: other numbers and a clause missed", ours["longer_missed"], "share", MISSED_BAR),
        BenchResult.below("tiers: unrelated problems found", ours["wrong"], "share", FALSE_BAR),
    ]


def corpus(seed: int = 5) -> TestedCorpus:
    """Return problems and test items of 25 to 60 words, six of them numbers."""
    rng = random.Random(seed)
    said = [
        f"{a}{b}{c}{d}" for a in "bdfgklmnprst" for b in "aeiou" for c in "dlmnrst" for d in ("a", "in", "or", "el")
    ]
    items = [_drawn(rng, said) for _ in range(ITEMS)]
    texts = [_drawn(rng, said) for _ in range(PROBLEMS)]
    spots = rng.sample(range(PROBLEMS), 2 * PLANTED)
    for spot in spots:
        texts[spot] = [str(rng.randint(2, 999)) if word.isdigit() else word for word in rng.choice(items)]
    for spot in spots[PLANTED:]:
        at = rng.randrange(len(texts[spot]))
        texts[spot][at:at] = rng.sample(said, 5)
    return TestedCorpus(
        [_written(one) for one in texts],
        [_written(one) for one in items],
        frozenset(spots[:PLANTED]),
        frozenset(spots[PLANTED:]),
    )


def _drawn(rng: random.Random, said: list[str]) -> list[str]:
    words = [rng.choice(said) for _ in range(rng.randint(25, 60))]
    for at in rng.sample(range(len(words)), 6):
        words[at] = str(rng.randint(2, 999))
    return words


def _written(said: list[str]) -> str:
    return " ".join(said).capitalize() + "."


def ours() -> dict[str, float]:
    """The product's check, every tier."""
    from engine.core.records import BenchmarkItem
    from engine.core.settings import OverlapTiers
    from engine.similarity.hashing import Hashing
    from engine.similarity.overlap import OverlapScreen

    made = corpus()
    start = time.process_time()
    screen = OverlapScreen([BenchmarkItem.make("held", text) for text in made.items], OverlapTiers(), Hashing())
    found = screen.look(made.texts)
    seconds = time.process_time() - start
    hits = {row for row, one in enumerate(found) if one}
    numbers = {row for row, one in enumerate(found) if any(hit.tier == "numbers" for hit in one)}
    return {
        "cpu_s": seconds,
        "peak_mb": peak_mb(),
        "numbers_missed": 1 - len(made.numbers & numbers) / PLANTED,
        "longer_missed": 1 - len(made.longer & hits) / PLANTED,
        "wrong": len(hits - made.numbers - made.longer) / (PROBLEMS - 2 * PLANTED),
    }


def plain() -> dict[str, float]:
    """The least that finds the nearest item of every problem: vectors of both sides, and the largest of each row."""
    from engine.similarity.hashing import Hashing

    made, model = corpus(), Hashing()
    start = time.process_time()
    items = model.embed(made.items)
    nearest = [
        int((model.embed(made.texts[at : at + 1_000]) @ items.T).argmax(axis=1)[0]) for at in range(0, PROBLEMS, 1_000)
    ]
    return {"cpu_s": time.process_time() - start, "blocks": len(nearest)}


if __name__ == "__main__":
    side = sys.argv[1] if len(sys.argv) > 1 else ""
    if side:
        print(json.dumps({"ours": ours, "plain": plain}[side]()))
    else:
        for result in run():
            print(result)
