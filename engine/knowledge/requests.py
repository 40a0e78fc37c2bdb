"""Requests: the task space of question types, knowledge points and difficulties (continual learning 2.3.1, app. B)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from math import comb

import numpy as np

from engine.core.errors import UserError
from engine.core.records import Request

TYPES: tuple[str, ...] = (
    "true or false",
    "proof",
    "problem set",
    "multiple choice",
    "problem solving",
    "fill in the blank",
)
"""The six question types (CL-01)."""
_ZH = dict(zip(TYPES, ("判断题", "证明题", "综合题组", "选择题", "解答题", "填空题"), strict=True))
BANDS: dict[str, tuple[float, float]] = {"easy": (0.1, 0.3), "medium": (0.4, 0.6), "difficult": (0.7, 0.9)}
"""Difficulties from 0 to 1, both ends in (CL-02)."""
_ZH_BANDS = {"easy": "容易", "medium": "中等", "difficult": "困难"}
_STEPS: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def band(difficulty: float) -> str:
    """Return the band of a difficulty; ValueError between the bands and outside of them (CL-02)."""
    for name, (low, high) in BANDS.items():
        if low - 1e-9 <= difficulty <= high + 1e-9:
            return name
    raise ValueError(f"a difficulty of {difficulty:g} lies in no band; bands: .1-.3, .4-.6, .7-.9")


def space(points: int, most_points: int = 3) -> int:
    """Return how many different requests there are over so many points."""
    return len(TYPES) * len(_STEPS) * sum(comb(points, size) for size in range(1, most_points + 1))


def draw(
    points: Sequence[str], count: int, seed: int, *, most_points: int = 3, forbidden: frozenset[str] = frozenset()
) -> tuple[Request, ...]:
    """Draw `count` requests that are all different: type, one to `most_points` points, difficulty (CL-03).

    Args:
        points: names of knowledge points; repeats count once.
        count: how many.
        seed: the same seed gives the same requests.
        most_points: most points in one request.
        forbidden: ids of requests that must not come, such as those held back for evaluation (CL-05).

    Raises:
        UserError: where the space holds fewer requests than are asked for.
    """
    names = tuple(dict.fromkeys(points))
    there = space(len(names), most_points) - len(forbidden)
    if count > there:
        raise UserError(
            f"{count:,} different requests are asked, {max(0, there):,} there are over {len(names):,} points.",
            do="Ask for fewer, or add knowledge points.",
        )
    rng = np.random.default_rng(seed)
    found: dict[str, Request] = {}
    while len(found) < count:
        for request in _drawn(names, count - len(found), most_points, rng):
            if request.id not in forbidden:
                found.setdefault(request.id, request)
        # Listing the space is for small ones, of which most is asked; drawing on would take ever longer there.
        if len(found) < count and 2 * (len(found) + len(forbidden)) > space(len(names), most_points):
            _fill(found, names, count, most_points, forbidden, rng)
    return tuple(found.values())[:count]


def _drawn(names: tuple[str, ...], count: int, most: int, rng: np.random.Generator) -> list[Request]:
    types = rng.integers(0, len(TYPES), count).tolist()
    levels = rng.integers(0, len(_STEPS), count).tolist()
    sizes = rng.integers(1, min(most, len(names)) + 1, count).tolist()
    rows = rng.integers(0, len(names), (count, most)).tolist()
    return [
        Request.make(TYPES[kind], tuple(names[n] for n in row[:size]), _STEPS[level])
        for kind, level, size, row in zip(types, levels, sizes, rows, strict=True)
        if len(set(row[:size])) == size
    ]


def _fill(
    found: dict[str, Request],
    names: tuple[str, ...],
    count: int,
    most: int,
    forbidden: frozenset[str],
    rng: np.random.Generator,
) -> None:
    """Take the rest of a space that is almost used up: everything that is left, in random order."""
    sets = [chosen for size in range(1, most + 1) for chosen in combinations(names, size)]
    left = [
        request
        for kind, chosen, level in product(TYPES, sets, _STEPS)
        if (request := Request.make(kind, chosen, level)).id not in forbidden and request.id not in found
    ]
    for row in rng.permutation(len(left))[: count - len(found)].tolist():
        found[left[row].id] = left[row]


def text(request: Request, language: str = "en") -> str:
    """Return the request as it is put to a model: type, points, difficulty, reasoning and box (CL-04)."""
    level = band(request.difficulty)
    if language == "zh":
        return (
            f"请出一道{_ZH[request.type]}，考查知识点：{'、'.join(request.points)}。"
            f"难度为 {request.difficulty:g}（{_ZH_BANDS[level]}）。"
            "先给出题目，再给出逐步推理的解答，最终答案放在 \\boxed{} 中。"
        )
    points = "; ".join(request.points)
    return (
        f"Write a {request.type} question on these knowledge points: {points}. "
        f"Its difficulty is {request.difficulty:g} on a scale from 0 to 1 ({level}). "
        "Give the question first, then a solution that reasons step by step, with the final answer in \\boxed{}."
    )
