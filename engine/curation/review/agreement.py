"""Which judges to trust: every set of judges against reference labels, and the set worth its losses (GSDP 3.8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """How a set of judges does: an item is kept when every judge of the set says yes.

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

    Args:
        votes: judge -> (N) what it said of each item; None where it could not be had, which is no yes.
        labels: (N) what holds.

    Raises:
        ValueError: where a judge did not vote on exactly the labelled items.
    """
    wrong = sorted(judge for judge, said in votes.items() if len(said) != len(labels))
    if wrong:
        raise ValueError(f"{len(labels)} labels, but another number of votes by {', '.join(wrong)}")
    if not labels:
        return ()
    sets = [judges for size in range(1, len(votes) + 1) for judges in combinations(votes, size)]
    return tuple(_row(judges, [votes[judge] for judge in judges], labels) for judges in sets)


def _row(judges: tuple[str, ...], votes: Sequence[Sequence[bool | None]], labels: Sequence[bool]) -> AgreementRow:
    kept = [all(opinions) for opinions in zip(*votes, strict=True)]
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


def best(rows: Iterable[AgreementRow], min_retention: float = 0.4) -> AgreementRow | None:
    """Return the row with the best precision among those that keep at least `min_retention` (GSDP-31).

    Of equal precision the one that keeps more is better; None where no row keeps enough.
    """
    enough = [row for row in rows if row.retention >= min_retention and row.precision is not None]
    return max(enough, key=lambda row: (row.precision or 0.0, row.retention, -len(row.judges)), default=None)
