"""Sort several answers into groups that mean the same, whatever their notation (FL-26)."""

from __future__ import annotations

from collections.abc import Sequence

from engine.verification.answers.comparison import equivalent


def grouped(answers: Sequence[str | None]) -> tuple[tuple[int, ...], ...]:
    """Return the indices of equal answers, group by group, in order of first appearance."""
    groups: list[list[int]] = []
    for index, answer in enumerate(answers):
        if answer is None:
            continue
        for group in groups:
            first = answers[group[0]]
            if first is not None and equivalent(first, answer):
                group.append(index)
                break
        else:
            groups.append([index])
    return tuple(map(tuple, groups))
