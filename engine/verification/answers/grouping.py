"""Sort several answers into groups that mean the same, whatever their notation (FL-26)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.verification.answers.comparison import judged


@dataclass(frozen=True, slots=True)
class Sorted:
    """The groups in order of first appearance, and how often two answers could not be told apart or together.

    `unsure` counts the answers that stand alone or in their group although it cannot be told whether they belong to
    another; `rounded` those that joined a group as a rounding of its value.
    """

    groups: tuple[tuple[int, ...], ...]
    unsure: int = 0
    rounded: int = 0


def grouped(answers: Sequence[str | None]) -> tuple[tuple[int, ...], ...]:
    """Return the indices of equal answers, group by group, in order of first appearance."""
    return sorted_out(answers).groups


def sorted_out(answers: Sequence[str | None], rounded_from: int = 0) -> Sorted:
    """Return the groups and what could not be told; an answer of which that is so is equal to none (FL-26)."""
    groups: list[list[int]] = []
    first: dict[str, list[int]] = {}
    unsure = rounded = 0
    for index, answer in enumerate(answers):
        if answer is None:
            continue
        if answer in first:
            first[answer].append(index)
            continue
        doubted = False
        for group in groups:
            found = judged(answers[group[0]], answer, rounded_from)
            doubted |= found.verdict == "can't tell"
            if found.verdict == "same":
                rounded += found.rounded
                group.append(index)
                break
        else:
            group = [index]
            groups.append(group)
            unsure += doubted
        if answer.strip():
            first[answer] = group
    return Sorted(tuple(map(tuple, groups)), unsure, rounded)
