"""Figures of the proof: sets of equal size and tokens, paired gains, intervals over seeds and questions, the table.

Needs neither torch nor a model, so that a table can be had while the arms are still being trained.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Z95 = 1.959963984540054
T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Two-sided 95 % quantiles of Student's t with 1, 2, 3 ... degrees of freedom: one less than there are seeds."""
TOKENS_APART = 0.005
"""Share by which the tokens of two arms may differ."""
_SWAPS = 200
Interval = tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class PairedGain:
    """How much more of the same questions one arm solves than another, 0 to 1.

    Intervals are 95 %: `seeds` is Student's t over the gains by seed (cluster = seed), `questions` is normal over the
    gains by question (cluster = question, a mean over seeds), `both` adds the two variances, which counts the noise
    of single answers twice and so errs on the wide side. None where there are fewer than two seeds.
    """

    gain: float
    by_seed: tuple[float, ...]
    seeds: Interval
    questions: Interval
    both: Interval

    @property
    def verdict(self) -> str:
        """`more`, `less`, or `can't tell` where the interval over seeds and questions holds 0 or there is none."""
        if self.both is None or self.both[0] <= 0 <= self.both[1]:
            return "can't tell"
        return "more" if self.gain > 0 else "less"


def paired(first: ArrayLike, second: ArrayLike) -> PairedGain:
    """Return the gain of `first` over `second`: right answers (1 or 0), shape (seeds, questions), paired in both.

    Raises:
        ValueError: where the shapes differ, or there is no question.
    """
    one, other = (np.asarray(side, dtype=np.float64) for side in (first, second))
    if one.shape != other.shape or one.ndim != 2 or not one.size:
        raise ValueError(f"answers of {one.shape} beside {other.shape}; both need (seeds, questions)")
    moved = one - other
    by_seed, by_question = moved.mean(axis=1), moved.mean(axis=0)
    gain = float(moved.mean())
    over_seeds, over_questions = _error(by_seed), _error(by_question)
    if over_seeds is None:
        return PairedGain(gain, tuple(by_seed.tolist()), None, _about(gain, over_questions, Z95), None)
    t = T95[len(by_seed) - 2] if len(by_seed) - 2 < len(T95) else Z95
    both = None if over_questions is None else ((t * over_seeds) ** 2 + (Z95 * over_questions) ** 2) ** 0.5
    return PairedGain(
        gain,
        tuple(by_seed.tolist()),
        _about(gain, over_seeds, t),
        _about(gain, over_questions, Z95),
        _about(gain, both, 1.0),
    )


def _error(means: NDArray[np.float64]) -> float | None:
    return stdev(means.tolist()) / len(means) ** 0.5 if len(means) > 1 else None


def _about(gain: float, error: float | None, times: float) -> Interval:
    return None if error is None else (gain - times * error, gain + times * error)


def balanced(first: Sequence[int], second: Sequence[int], count: int, seed: int) -> tuple[list[int], list[int]]:
    """Return which rows of two sets to take, `count` of each, so that their tokens are as good as equal.

    `first` and `second` are lengths in tokens. Rows are drawn by lot; then single rows of one set are swapped for
    spare ones of the same set until the sums differ by no more than TOKENS_APART, or no swap brings them nearer.

    Raises:
        ValueError: where a set has fewer rows than `count`.
    """
    if min(len(first), len(second)) < count:
        raise ValueError(f"{count} rows of each are asked, there are {len(first)} and {len(second)}")
    rng = np.random.default_rng(seed)
    sides = [(np.asarray(lengths), rng.permutation(len(lengths))) for lengths in (first, second)]
    for _ in range(_SWAPS):
        sums = [int(lengths[order[:count]].sum()) for lengths, order in sides]
        gap = sums[0] - sums[1]
        near = abs(gap) <= TOKENS_APART * max(sums)
        if near or not any(_swapped(*side, count, gap * sign) for side, sign in zip(sides, (1, -1), strict=True)):
            break
    chosen = [sorted(order[:count].tolist()) for _, order in sides]
    return chosen[0], chosen[1]


def _swapped(lengths: NDArray[np.int64], order: NDArray[np.int64], count: int, surplus: int) -> bool:
    """Swap the row for a spare one that takes most of the surplus away; False where none makes it smaller."""
    taken, spare = lengths[order[:count]], lengths[order[count:]]
    if not len(spare):
        return False
    left = np.abs(surplus - (taken[:, None] - spare[None, :]))
    row, place = np.unravel_index(int(left.argmin()), left.shape)
    if left[row, place] >= abs(surplus):
        return False
    order[row], order[count + place] = order[count + place], order[row]
    return True


@dataclass(frozen=True, slots=True)
class ArmComparison:
    """Two arms on the held-out problems of one skill. `says` is what the comparison is about."""

    name: str
    first: str
    second: str
    skill: str
    says: str


COMPARISONS = (
    ArmComparison("curated against none", "curated", "student", "first", "what training on curated rows brings"),
    ArmComparison("curated against raw", "curated", "raw", "first", "what the studio's policy keeps, or all rows"),
    ArmComparison("strict against first", "strict", "first", "first", "three solutions agree, or the first of any"),
    ArmComparison("SFT + DPO against SFT", "dpo", "curated", "first", "pairs on top of the same SFT"),
    ArmComparison("SFT + DPO against SFT + SFT", "dpo", "round 2", "first", "pairs, or their chosen answers alone"),
    ArmComparison("round 2 against round 1", "round 2", "curated", "first", "a second round on fresh rows"),
    ArmComparison("replay against none", "replay", "none", "first", "what is left of the first skill"),
    ArmComparison("replay against none, new skill", "replay", "none", "second", "what replay costs the second skill"),
    ArmComparison("forgetting without replay", "none", "curated", "first", "a second skill after the first"),
)
STUDENT = "student"
"""The arm that is not trained, so it is asked once and stands beside every seed."""
Results = Mapping[tuple[int, str], Mapping[str, Any]]
"""What every finished arm came to, by seed and name; the student's seed is 0."""


def told(found: Results) -> list[dict[str, Any]]:
    """Return each comparison with the seeds that have both arms, as the report reads it; none without a seed."""
    seeds = sorted({seed for seed, name in found if name != STUDENT})
    every = []
    for one in COMPARISONS:
        pairs = [(_of(found, seed, one.first), _of(found, seed, one.second)) for seed in seeds]
        whole = [(a, b) for a, b in pairs if a and b and a["right"].get(one.skill) and b["right"].get(one.skill)]
        if whole:
            every.append(_told(one, whole))
    return every


def _of(found: Results, seed: int, name: str) -> dict[str, Any]:
    return dict(found.get((0 if name == STUDENT else seed, name), {}))


def _told(one: ArmComparison, pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    sides = [[arm["right"][one.skill] for arm in side] for side in zip(*pairs, strict=True)]
    result = paired(*sides)
    low, high = result.both or (None, None)
    return {
        "name": one.name,
        "arms": [one.first, one.second],
        "skill": one.skill,
        "says": one.says,
        "questions": len(sides[0][0]),
        "rows": [a["rows"] for a, _ in pairs],
        "rows_second": [b["rows"] for _, b in pairs],
        "tokens": [[a["tokens"] for a, _ in pairs], [b["tokens"] for _, b in pairs]],
        "first": [fmean(right) for right in sides[0]],
        "second": [fmean(right) for right in sides[1]],
        "gain": result.gain,
        "low": low,
        "high": high,
        "over_seeds": result.seeds,
        "over_questions": result.questions,
        "verdict": result.verdict,
    }


def lines(experiments: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the table as Markdown, in points of accuracy."""
    head = ("comparison", "questions x seeds", "first", "second", "gain", "seeds and questions", "over seeds",
            "over questions", "rows", "tokens", "verdict")  # fmt: skip
    made = [head, ("---",) * len(head)]
    for one in experiments:
        sides = [100 * fmean(one[side]) for side in ("first", "second")]
        made.append(
            (
                str(one["name"]),
                f"{one['questions']} x {len(one['first'])}",
                *(f"{side:.1f}" for side in sides),
                f"{100 * one['gain']:+.1f}",
                *(_bounds(given) for given in ((one["low"], one["high"]), one["over_seeds"], one["over_questions"])),
                " / ".join(f"{fmean(one[side]):.0f}" for side in ("rows", "rows_second")),
                " / ".join(f"{fmean(side):,.0f}" for side in one["tokens"]),
                str(one["verdict"]),
            )
        )
    return [f"| {' | '.join(row)} |" for row in made]


def _bounds(given: object) -> str:
    if not isinstance(given, list | tuple) or given[0] is None:
        return "no interval"
    return f"{100 * given[0]:+.1f} to {100 * given[1]:+.1f}"
