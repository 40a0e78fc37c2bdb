"""The six keep strategies of FLAMES: from the answers of several solutions to the one that is kept (FL-20..25).

Answers count as equal by meaning, not by spelling. A solution without an answer agrees with nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import numpy as np

from engine.verification.answers import sorted_out

Answers = Sequence[str | None]
Strategy = Callable[..., int | None]


def strict(answers: Answers, *, rounded_from: int = 0) -> int | None:
    """Keep the first solution where all answers are equal (FL-20); what cannot be told is not equal."""
    groups = sorted_out(answers, rounded_from).groups
    return 0 if len(groups) == 1 and len(groups[0]) == len(answers) else None


def majority(answers: Answers, *, rounded_from: int = 0) -> int | None:
    """Keep the first solution of a strict majority: more than half, two of three (FL-21)."""
    best = max(sorted_out(answers, rounded_from).groups, key=len, default=())
    return best[0] if 2 * len(best) > len(answers) else None


def first(answers: Answers, *, literal: bool = False) -> int | None:
    """Keep the first solution that ends in an answer (FL-24): a refusal would teach to refuse.

    The paper says the first of every problem; `literal` keeps it whether it answers or not.
    """
    usable = [place for place, answer in enumerate(answers) if literal or answer]
    return usable[0] if usable else None


def majority_first(answers: Answers, *, literal: bool = False, rounded_from: int = 0) -> int | None:
    """Keep a solution of the majority, the first one where there is none (FL-25)."""
    found = majority(answers, rounded_from=rounded_from)
    return first(answers, literal=literal) if found is None else found


def solvability_first(answers: Answers, *, solvable: bool | None = None, literal: bool = False) -> int | None:
    """Keep the first solution where a judge holds the problem solvable; without its word nothing is kept (FL-23)."""
    return first(answers, literal=literal) if solvable else None


def solvability_reward(
    answers: Answers,
    *,
    solvable: bool | None = None,
    rewards: Sequence[float | None] | None = None,
    literal: bool = False,
) -> int | None:
    """Keep the solution with the highest reward where a judge holds the problem solvable (FL-22).

    `rewards` holds one value per answer, None where a solution was not scored; equal rewards go to the earlier one.
    Without any reward the choice is the first solution. A solution without an answer is chosen only by `literal`.
    """
    if not solvable:
        return None
    scored = [
        (value, -place)
        for place, value in enumerate(rewards or ())
        if value is not None and (literal or answers[place])
    ]
    return -max(scored)[1] if scored else first(answers, literal=literal)


STRATEGIES: Mapping[str, Strategy] = {
    "strict": strict,
    "majority": majority,
    "solvability_reward": solvability_reward,
    "solvability_first": solvability_first,
    "first": first,
    "majority_first": majority_first,
}
"""Every strategy by its name, in the order of the study."""
VOTES = frozenset({"strict", "majority", "majority_first"})
"""Strategies that compare the answers."""


def kept(
    name: str,
    answers: Answers,
    *,
    solvable: bool | None = None,
    rewards: Sequence[float | None] | None = None,
    literal: bool = False,
    rounded_from: int = 0,
) -> int | None:
    """Return what strategy `name` keeps; judge, rewards, `literal` and rounding reach the strategies that use them."""
    if name == "solvability_reward":
        return solvability_reward(answers, solvable=solvable, rewards=rewards, literal=literal)
    if name == "solvability_first":
        return solvability_first(answers, solvable=solvable, literal=literal)
    if name == "first":
        return first(answers, literal=literal)
    if name == "majority_first":
        return majority_first(answers, literal=literal, rounded_from=rounded_from)
    return STRATEGIES[name](answers, rounded_from=rounded_from)


def equal_size(kept_ids: Mapping[str, Sequence[str]], n: int, seed: int) -> dict[str, tuple[str, ...]]:
    """Return `n` of the problems that each strategy keeps, so that strategies compare at one size (FL-27).

    The draw is the same permutation for all, so that what two strategies keep is drawn in the same order; a strategy
    that keeps fewer than `n` gives all it has.
    """
    everything = sorted({ident for ids in kept_ids.values() for ident in ids})
    order = np.random.default_rng(seed).permutation(len(everything)).tolist()
    place = {everything[row]: rank for rank, row in enumerate(order)}
    return {name: tuple(sorted(ids, key=place.__getitem__)[:n]) for name, ids in kept_ids.items()}


def alarms(before: int, after: int, share: float = 0.30) -> bool:
    """Say whether a filter that leaves `after` of `before` problems removes more than `share` of them (FL-28)."""
    return before > 0 and (before - after) / before > share


def losses(stages: Mapping[str, int], share: float = 0.30) -> tuple[str, ...]:
    """Return a sentence for each step between two stages that removes more than `share` of what reached it (FL-28)."""
    names = list(stages)
    return tuple(
        f"{1 - stages[after] / stages[before]:.0%} of the problems are lost between {before} and {after}: "
        f"{stages[before] - stages[after]:,} of {stages[before]:,}. The alarm is at {share:.0%}."
        for before, after in pairwise(names)
        if alarms(stages[before], stages[after], share)
    )
