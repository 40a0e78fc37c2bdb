"""What changed from one model to the next, and from one round's data to the next."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

import numpy as np

from engine.core.records import GradedAnswer
from engine.learning.rounds import training_rows
from engine.learning.training import scoring

Z95 = 1.959963984540054
FEWEST = 3
"""Questions of a concept below which no interval is given."""


@dataclass(frozen=True, slots=True)
class ConceptChange:
    """Accuracy of one concept before and after, 0 to 1, over the questions that both models answered.

    `low` and `high` bound the difference with 95 % confidence (normal, paired by question).
    """

    concept: str
    questions: int
    before: float
    after: float
    low: float
    high: float

    @property
    def gain(self) -> float:
        """Difference in accuracy."""
        return self.after - self.before

    @property
    def fell(self) -> bool:
        """Whether the whole interval lies below zero."""
        return self.high < 0


def changes(before: Iterable[GradedAnswer], after: Iterable[GradedAnswer]) -> tuple[ConceptChange, ...]:
    """Return the change of every concept, best gain first; a question's samples count as its mean."""
    first, second = _by_question(before), _by_question(after)
    grouped: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for key in first.keys() & second.keys():
        grouped[first[key][0]].append((first[key][1], second[key][1]))
    found = [_change(concept, pairs) for concept, pairs in grouped.items()]
    return tuple(sorted(found, key=lambda one: (-one.gain, one.concept)))


def _by_question(answers: Iterable[GradedAnswer]) -> dict[tuple[str, str], tuple[str, float]]:
    """Return concept and share of right answers by question; where no subject is given the benchmark stands for it."""
    said: dict[tuple[str, str], list[GradedAnswer]] = defaultdict(list)
    for answer in answers:
        said[answer.benchmark, answer.item_id].append(answer)
    return {key: (some[0].subject or some[0].benchmark, fmean(one.right for one in some)) for key, some in said.items()}


def _change(concept: str, pairs: Sequence[tuple[float, float]]) -> ConceptChange:
    scores = np.array(pairs)
    moved = scores[:, 1] - scores[:, 0]
    # With hardly any question the spread is not known; the widest interval says so.
    half = Z95 * moved.std(ddof=1) / math.sqrt(len(moved)) if len(moved) >= FEWEST else 1.0
    mean = float(moved.mean())
    low, high = max(-1.0, mean - half), min(1.0, mean + half)
    return ConceptChange(concept, len(moved), float(scores[:, 0].mean()), float(scores[:, 1].mean()), low, high)


@dataclass(frozen=True, slots=True)
class DataChange:
    """How the training data of two rounds differ."""

    name: str
    first: int
    second: int
    shared: int
    words: tuple[float, float]
    """Mean words of an answer, in the first and in the second."""
    only_second: tuple[str, ...]
    """A few answers that only the second holds."""


def data(first: Path, second: Path, examples: int = 5) -> tuple[DataChange, ...]:
    """Compare the folders of two rounds: what was learnt (`train`) and what comes next (`candidates`)."""
    found = []
    for name in ("train", "candidates"):
        old, new = (training_rows.load(folder / f"{name}.jsonl") for folder in (first, second))
        known = {one.id for one in old}
        fresh = [one for one in new if one.id not in known]
        words = tuple(fmean([len(one.answer.split()) for one in some] or [0.0]) for some in (old, new))
        shown = tuple(one.answer for one in fresh[:examples])
        found.append(DataChange(name, len(old), len(new), len(new) - len(fresh), (words[0], words[1]), shown))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses over the history, in nats per token: of the model before, and of the one trained without replay."""

    before: np.ndarray
    without: np.ndarray


def losses(folder: Path) -> Losses | None:
    """Return the losses that a round chose its replay by; None where it had no history."""
    before, without = (np.array(scoring.read(folder / f"losses-{name}.txt")) for name in ("before", "without"))
    return Losses(before, without) if len(before) and len(before) == len(without) else None
