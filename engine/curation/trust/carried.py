"""From a measured set to the rows that go out: what is sure of the one, carried over row by row.

The rows that go out are seldom exactly those that were measured: people drop what they found bad, mend it, or add what
they approved. Of every row that only one of the sets holds it is known whether it is good, or nothing is known; the
good rows of the one set are those of the other less the good ones that left, and the good ones that came. What nobody
read counts against the bound. That is arithmetic, it holds whatever made the sets differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor


@dataclass(frozen=True, slots=True)
class RowShift:
    """How the E rows that go out differ from the K rows that were measured."""

    measured: int
    """K."""
    exported: int
    """E."""
    lost_bad: int = 0
    """Rows of K that do not go out, by what people found of them."""
    lost_good: int = 0
    lost_unread: int = 0
    gained_bad: int = 0
    """Rows that go out and are not of K, or have another text there."""
    gained_good: int = 0
    gained_unread: int = 0

    @property
    def same(self) -> bool:
        """Whether these are the very rows."""
        return self.measured == self.exported and not self.gained

    @property
    def lost(self) -> int:
        """Rows of K that do not go out."""
        return self.lost_bad + self.lost_good + self.lost_unread

    @property
    def gained(self) -> int:
        """Rows that go out and are not of K."""
        return self.gained_bad + self.gained_good + self.gained_unread

    @property
    def unread(self) -> int:
        """Rows of only one of the sets of which nothing is known."""
        return self.lost_unread + self.gained_unread

    def sentence(self) -> str:
        """Say how the sets differ."""
        if self.same:
            return "exactly these rows go out"
        parts = [
            f"{count:,} {word}"
            for count, word in (
                (self.lost_bad, "that people found bad do not go out"),
                (self.lost_good, "that people found good do not go out"),
                (self.lost_unread, "that nobody read do not go out"),
                (self.gained_good, "others go out that people found good"),
                (self.gained_bad, "others go out that people found bad"),
                (self.gained_unread, "others go out that nobody read"),
            )
            if count
        ]
        return "; ".join(parts)


def least(share: float, shift: RowShift) -> float:
    """Return the least share of good rows among those that go out, where at least `share` of the measured are good."""
    if not shift.exported:
        return 0.0
    whole = ceil(share * shift.measured - 1e-9)
    good = whole - shift.lost_good - shift.lost_unread + shift.gained_good
    return min(max(good, shift.gained_good, 0) / shift.exported, 1.0)


def most(share: float, shift: RowShift) -> float:
    """Return the largest share of good rows among those that go out, where at most `share` of the measured are good."""
    if not shift.exported:
        return 0.0
    whole = floor(share * shift.measured + 1e-9)
    good = whole - shift.lost_good + shift.gained_good + shift.gained_unread
    return min(max(good, 0) / shift.exported, 1.0)


def between(share: float, shift: RowShift) -> float:
    """Return the share itself, with unread rows taken for rows like the measured ones."""
    if not shift.exported:
        return 0.0
    good = share * (shift.measured - shift.lost_unread + shift.gained_unread) - shift.lost_good + shift.gained_good
    return min(max(good / shift.exported, 0.0), 1.0)
