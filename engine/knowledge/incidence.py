"""Which problem rests on which point, before and after the filter, and how well a filter cleaned it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

PUBLISHED_SHARES = (0.26, 0.45)
"""GSDP D.1: problems that met the standard after merging by embeddings alone, and after the dual filter."""


@dataclass(frozen=True, slots=True)
class FilterQuality:
    """Share of problems whose points meet the standard, without and with the model's part of the filter (GSDP-11)."""

    problems: int
    embedding_only: float
    dual: float
    published: tuple[float, float] = PUBLISHED_SHARES


def rewrite(pairs: Iterable[tuple[str, str]], now: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Return (problem, point) pairs with every point replaced by its representative (GSDP-10).

    A point that `now` maps to None was dropped, one that it does not know stays. Synonyms inside one problem become
    one pair, so they add no weight.
    """
    replaced = ((problem, now.get(point, point)) for problem, point in pairs)
    return tuple(dict.fromkeys((problem, point) for problem, point in replaced if point is not None))


def compare_filters(
    pairs: Iterable[tuple[str, str]],
    embedding_only: Mapping[str, str | None],
    dual: Mapping[str, str | None],
    standard: Callable[[tuple[str, ...]], bool],
) -> FilterQuality:
    """Return how many problems meet `standard` (a judgement of one problem's points) under each filter (GSDP-11).

    A problem that has lost all its points does not meet the standard. NaN-free: no problems give shares of 0.
    """
    given = tuple(pairs)
    problems = list(dict.fromkeys(problem for problem, _ in given))

    def share(now: Mapping[str, str | None]) -> float:
        points: dict[str, list[str]] = {problem: [] for problem in problems}
        for problem, point in rewrite(given, now):
            points[problem].append(point)
        good = sum(bool(names) and standard(tuple(names)) for names in points.values())
        return good / len(problems) if problems else 0.0

    return FilterQuality(len(problems), share(embedding_only), share(dual))
