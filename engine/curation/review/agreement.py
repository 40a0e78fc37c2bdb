"""Which judges to trust: every set of judges against reference labels, and the set worth its losses (GSDP 3.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol, TypeVar

T = TypeVar("T")
R = TypeVar("R", bound="RatedSet")


class RatedSet(Protocol):
    """A set of judges of which precision and retention are known; precision may be None."""

    @property
    def judges(self) -> tuple[str, ...]:
        """Names of its judges."""

    @property
    def precision(self) -> float | None:
        """Share of the kept that ought to be kept."""

    @property
    def retention(self) -> float:
        """Share of all items that is kept."""


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How a set of judges does: which items it keeps by its rule, against which ought to be kept.

    Shares run from 0 to 1; None where there is nothing to divide by, as the precision of a set that keeps nothing.
    """

    judges: tuple[str, ...]
    accuracy: float
    precision: float | None
    recall: float | None
    f1: float | None
    retention: float
    """Share of all items that is kept."""
    items: int


def table(votes: Mapping[str, Sequence[bool | None]], labels: Sequence[bool]) -> tuple[AgreementRow, ...]:
    """Return a row for every set of judges that is not empty, single judges first (GSDP-30).

    A set keeps an item when each of its judges says yes, the rule for solutions: the lowest word counts (GSDP 2.5,
    3.8). Problems are kept by a weighted sum of scores instead: `by_rule`.

    Args:
        votes: judge -> (N) what it said of each item; None where it could not be had, which is no yes.
        labels: (N) what holds.

    Raises:
        ValueError: where a judge did not vote on exactly the labelled items.
    """
    return by_rule(votes, labels, lambda said: all(said.values()))


def by_rule(
    votes: Mapping[str, Sequence[T]], labels: Sequence[bool], keeps: Callable[[Mapping[str, T]], bool]
) -> tuple[AgreementRow, ...]:
    """Return a row for every set of judges, each of which keeps what the rule of a recipe keeps (GSDP 3.8, Table 4).

    Accuracy is the share of items on which set and label agree, precision the share of the kept that ought to be kept,
    recall the share of those that are kept, retention the share of all that is kept.

    Args:
        votes: judge -> (N) what it said of each item, such as a score from 0 to 1.
        labels: (N) what holds.
        keeps: told what each judge of a set said of an item; returns whether it is kept.

    Raises:
        ValueError: where a judge did not vote on exactly the labelled items.
    """
    wrong = sorted(judge for judge, said in votes.items() if len(said) != len(labels))
    if wrong:
        raise ValueError(f"{len(labels)} labels, but another number of votes by {', '.join(wrong)}")
    if not labels:
        return ()
    sets = [judges for size in range(1, len(votes) + 1) for judges in combinations(votes, size)]
    rows = []
    for judges in sets:
        said = zip(*(votes[judge] for judge in judges), strict=True)
        rows.append(_row(judges, [keeps(dict(zip(judges, each, strict=True))) for each in said], labels))
    return tuple(rows)


def _row(judges: tuple[str, ...], kept: Sequence[bool], labels: Sequence[bool]) -> AgreementRow:
    both = sum(k and label for k, label in zip(kept, labels, strict=True))
    same = sum(k == label for k, label in zip(kept, labels, strict=True))
    precision, recall = _share(both, sum(kept)), _share(both, sum(labels))
    score = None if precision is None or recall is None else f1(precision, recall)
    return AgreementRow(judges, same / len(labels), precision, recall, score, sum(kept) / len(labels), len(labels))


def _share(hits: int, of: int) -> float | None:
    return hits / of if of else None


def f1(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall; 0 where both are 0."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def best(rows: Iterable[R], min_retention: float = 0.4) -> R | None:
    """Return the row with the best precision among those that keep at least `min_retention` (GSDP-31).

    Of equal precision the one that keeps more is better; None where no row keeps enough.
    """
    enough = [row for row in rows if row.retention >= min_retention and row.precision is not None]
    return max(enough, key=lambda row: (row.precision or 0.0, row.retention, -len(row.judges)), default=None)
