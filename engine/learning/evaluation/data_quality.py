"""Human and synthetic data side by side: perplexity, BERTScore, marks in eight dimensions, both on one map.

Everything works on any local model; with none of them the map alone is drawn, by hashed words.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np
import numpy.typing as npt

from engine.core.errors import BadInput
from engine.generation.judges.dimensions import DIMENSIONS
from engine.learning.evaluation import bertscore, perplexity
from engine.similarity import embedder, map_projection
from engine.similarity.neighbours import top_k

SAMPLES = 5_000
"""Texts of each set, as in the published comparison (CL-31)."""
Likelihoods = Callable[[Sequence[str]], list[perplexity.Likelihood]]


@dataclass(frozen=True, slots=True)
class QualityExample:
    """A question with its worked answer."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class QualityRow:
    """One set in the table: what could not be measured for want of a model is None."""

    name: str
    samples: int
    perplexity: float | None
    bertscore: float | None
    """Mean F1 in percent against texts of the human set."""
    length: float
    """Mean characters of question and answer."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Places (n, 2) in 0..1 with the label of each text."""

    labels: tuple[str, ...]
    xy: npt.NDArray[np.float32]
    map_id: str
    mixed: float
    """How often near texts have another label, by how often chance would have it: 1 for sets that lie on each other."""


def table(
    sets: Mapping[str, Sequence[QualityExample]],
    likelihoods: Likelihoods | None = None,
    encode: bertscore.Encoder | None = None,
    samples: int = SAMPLES,
    seed: int = 0,
    human: str = "",
) -> tuple[QualityRow, ...]:
    """Return a row per set, each over the same number of samples drawn by `seed` (CL-31).

    BERTScore compares every set with the set called `human`, the first one unless it is named, and that one with
    itself (CL, appendix I, table 6). The paper does not say how texts are paired: here each one meets one human text
    by lot, never itself.
    """
    if not all(sets.values()):
        empty = next(name for name, examples in sets.items() if not examples)
        raise BadInput("holds no example.", where=empty)
    human = human or next(iter(sets))
    if human not in sets:
        raise BadInput("is none of the sets.", where=human, do=f"Choose from {', '.join(sets)}.")
    size = min(samples, *(len(examples) for examples in sets.values()))
    if encode and size < 2:
        raise BadInput("holds one example alone, so none can be compared with another.", where=human)
    texts = {name: [_whole(one) for one in drawn(examples, size, seed)] for name, examples in sets.items()}
    return tuple(_row(name, whole, partners(texts[human], seed), likelihoods, encode) for name, whole in texts.items())


def partners(texts: Sequence[str], seed: int) -> list[str]:
    """Return the texts in an order in which none stands where it stood: one step along a circle drawn by lot."""
    circle = random.Random(seed).sample(range(len(texts)), len(texts))
    after = dict(zip(circle, [*circle[1:], circle[0]], strict=True)) if texts else {}
    return [texts[after[place]] for place in range(len(texts))]


def _whole(one: QualityExample) -> str:
    return f"{one.question}\n{one.answer}"


def drawn(examples: Sequence[QualityExample], size: int, seed: int) -> list[QualityExample]:
    """Return `size` examples, the same for the same seed."""
    chosen = random.Random(seed).sample(range(len(examples)), size)
    return [examples[place] for place in sorted(chosen)]


def _row(
    name: str,
    whole: list[str],
    references: list[str],
    likelihoods: Likelihoods | None,
    encode: bertscore.Encoder | None,
) -> QualityRow:
    matches = bertscore.scores(whole, references, encode) if encode else []
    return QualityRow(
        name,
        len(whole),
        perplexity.perplexity(likelihoods(whole)) if likelihoods else None,
        bertscore.mean_f1(matches) if encode else None,
        fmean(map(len, whole)),
    )


def dimension_means(marks: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return the mean of each of the eight dimensions and of all, key `mean` (CL-28).

    `marks` gives the marks of one sample by the dimension's short name, all by one version of the judge's prompt.
    BadInput without any.
    """
    every = list(marks)
    if not every:
        raise BadInput("nothing was marked yet.", do="Run with --set continual.dimensions=true.")
    means = {key: fmean(each[key] for each in every) for key in DIMENSIONS}
    return means | {"mean": fmean(means.values())}


def overlay(
    sets: Mapping[str, Sequence[str]], model: str = "hashing", method: map_projection.Method = "umap", seed: int = 0
) -> Overlay:
    """Return all texts on one map with their labels, in the order given; the same seed gives the same map (CL-32)."""
    labels = tuple(name for name, texts in sets.items() for _ in texts)
    if len(labels) < 3:
        raise BadInput("fewer than three texts make no map.", where=", ".join(sets))
    vectors = embedder.load(model).embed([text for texts in sets.values() for text in texts])
    found = map_projection.fit(vectors, method, seed, model)
    return Overlay(labels, found.xy, found.map_id, _mixed(vectors, labels))


def _mixed(vectors: npt.NDArray[np.float32], labels: Sequence[str]) -> float:
    """Return how often the five nearest texts have another label, against chance."""
    codes = np.unique(np.asarray(labels), return_inverse=True)[1]
    shares = np.bincount(codes) / len(codes)
    chance = 1.0 - float((shares**2).sum())
    near = top_k(vectors, vectors, min(5, len(vectors) - 1), own=np.arange(len(vectors)))
    others = (codes[near.index] != codes[:, None]).mean()
    return float(others) / chance if chance else 0.0
