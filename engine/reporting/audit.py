"""What is wrongly rejected: good problems that rules or a judge turn away, level by level (FLAMES).

The share of good problems that are rejected is one less recall, and comes from labels that were drawn at random.
Problems that somebody picked and approved are counts: people look where they expect something.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from engine.curation.table import ScoreTable
from engine.curation.trust.estimate import estimate
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.from_ledger import labels_of
from engine.curation.trust.intervals import Flags
from engine.curation.trust.label_set import LabelSet
from engine.reporting.kept_set import ruled
from engine.reporting.shapes import Bars, Cell, Section, Series, missing, table
from engine.reporting.told import price, random_labels
from engine.store import Store

ALL = "all"
"""Name of the row over all levels."""
LEVELS = ((0.0, "easy"), (0.35, "medium"), (0.65, "difficult"))
UNRATED = "not rated"
_NAME, _TITLE = "rejections", "Wrong rejections by difficulty"
_POLICY, _JUDGE = "policy", "solvability judge"


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trusted problem's level, '' where unknown, and whether the judge accepts it; None where it can't tell."""

    level: str
    accepted: bool | None


@dataclass(frozen=True, slots=True)
class Audited:
    """The trusted problems of one level, and how many of them are rejected."""

    level: str
    trusted: int
    """Those that the judge could be read on."""
    rejected: int
    unclear: int
    """Trusted problems the judge could not be read on; they are in no count."""

    @property
    def accepted(self) -> int:
        """Trusted problems that are accepted."""
        return self.trusted - self.rejected


@dataclass(frozen=True, eq=False)
class _Word:
    """What rules or a judge say of some problems, with the labels on them."""

    by: str
    level: np.ndarray
    accepted: Flags
    labels: LabelSet
    reachable: Flags

    @property
    def trusted(self) -> list[Trusted]:
        """The problems that people approved."""
        good = self.labels.row[self.labels.answered & (self.labels.good > 0)]
        return [Trusted(str(self.level[row]), bool(self.accepted[row])) for row in good]

    def recall(self, level: str) -> Estimated:
        """Return the share of good problems of a level that is accepted; of the rows of this level alone."""
        mine = np.ones(len(self.level), np.bool_) if level == ALL else self.level == level
        place = np.cumsum(mine) - 1
        labels = self.labels.where(mine[self.labels.row])
        moved = LabelSet(
            place[labels.row], labels.verdict, labels.provenance, labels.draw, labels.pi, labels.weight, labels.share,
            labels.stale, labels.faults,
        )  # fmt: skip
        return estimate("recall", self.accepted[mine], moved, reachable=self.reachable[mine])


def false_rejections(trusted: Iterable[Trusted]) -> tuple[Audited, ...]:
    """Return a row per level in the order of their names, and one over all (FL-29); none without any problem."""
    known = list(trusted)
    if not known:
        return ()
    levels = sorted({one.level for one in known})
    rows = [_audited(level or "no level", [one for one in known if one.level == level]) for level in levels]
    return (*rows, _audited(ALL, known))


def _audited(level: str, mine: list[Trusted]) -> Audited:
    said = [one.accepted for one in mine if one.accepted is not None]
    return Audited(level, len(said), said.count(False), len(mine) - len(said))


def rejections(store: Store) -> Section:
    """Return what the policy and the solvability judge reject of problems that people approved (FL-29)."""
    if not store.labels.counts():
        return missing(_NAME, _TITLE, "approve some problems on the review desk.")
    words = [word for word in _words(store) if word.trusted]
    if not words:
        return missing(_NAME, _TITLE, "approve some problems on the review desk.")
    levels = {word.by: _in_order(false_rejections(word.trusted)) for word in words}
    found = {(word.by, one.level): word.recall(one.level) for word in words for one in levels[word.by]}
    numbers = any(one.value is not None for one in found.values())
    lines = [_line(by, one, found[by, one.level], numbers) for by, audited in levels.items() for one in audited]
    every = found[words[0].by, ALL]
    notes = ["A problem without a score that the policy asks for counts as rejected."]
    notes += ["From and to: 95 % interval of the share of good problems that is rejected."] if numbers else []
    notes += [price(every)] if price(every) else []
    return Section(
        _NAME, _TITLE, _finding(words[0].by, levels[words[0].by][-1], every),
        table(tuple(lines[0]), [tuple(line.values()) for line in lines]), _chart(words[0].by, levels, found, numbers),
        tuple(notes),
    )  # fmt: skip


def _words(store: Store) -> tuple[_Word, ...]:
    rows = ruled(store)
    level = _level(rows.board)
    policy = _Word(_POLICY, level, rows.kept, rows.labels, rows.reachable)
    asked = store.figures.solvable()
    asked = asked[asked["solvable"].notna()]
    at = pc.index_in(pa.array(asked["id"].astype(str).tolist(), pa.string()), value_set=rows.board.ids)
    there = at.is_valid().to_numpy(zero_copy_only=False)
    places = at.drop_null().to_numpy(zero_copy_only=False)
    if not len(places):
        return (policy,)
    accepted = asked["solvable"].to_numpy()[there] > 0
    labels, reachable = labels_of(store).on(rows.board.ids.take(pa.array(places)))
    return policy, _Word(_JUDGE, level[places], accepted, labels, reachable)


def _level(board: ScoreTable) -> np.ndarray:
    """Return the level of each problem; scores are 32-bit, and so are the limits here, that one of .35 is medium."""
    difficulty = board.scores["difficulty"]
    limits = np.array([low for low, _ in LEVELS[1:]], np.float32)
    names = np.array([name for _, name in LEVELS])
    return np.where(np.isnan(difficulty), UNRATED, names[np.searchsorted(limits, difficulty, side="right")])


def _in_order(audited: Iterable[Audited]) -> list[Audited]:
    """Return the audit with levels from easy to difficult, then those without a rating, then all."""
    order = (*(word for _, word in LEVELS), UNRATED, ALL)
    return sorted(audited, key=lambda one: order.index(one.level))


def _line(by: str, one: Audited, recall: Estimated, numbers: bool) -> dict[str, Cell]:
    counts: dict[str, Cell] = {"by": by, "level": one.level, "approved": one.trusted, "rejected": one.rejected}
    if not numbers:
        return counts
    share, low, high = _rejected(recall)
    random = recall.labels.get("random", 0)
    why = recall.refusal.why if recall.refusal else ""
    return counts | {"share": share, "from": low, "to": high, "random labels": random, "why not": why}


def _rejected(recall: Estimated) -> tuple[float, float, float] | tuple[None, None, None]:
    if recall.value is None or recall.low is None or recall.high is None:
        return None, None, None
    return 1 - recall.value, 1 - recall.high, 1 - recall.low


def _finding(by: str, every: Audited, recall: Estimated) -> str:
    share, low, high = _rejected(recall)
    if share is None:
        return (
            f"The {by} rejects {every.rejected:,} of {every.trusted:,} approved problems, which are not a random "
            f"sample of the good ones."
            if not recall.labels.get("random")
            else f"The {by} rejects {every.rejected:,} of {every.trusted:,} approved problems. "
            f"{recall.refusal.why if recall.refusal else ''}"
        )
    return f"The {by} rejects {share:.1%} of good problems ({low:.1%} – {high:.1%}, {random_labels(recall)})."


def _chart(by: str, levels: dict[str, list[Audited]], found: dict[tuple[str, str], Estimated], numbers: bool) -> Bars:
    names = tuple(one.level for one in levels[by])
    if numbers:
        shares = [_rejected(found[by, name])[0] for name in names]
        drawn = tuple(float("nan") if share is None else share for share in shares)
        return Bars(names, (Series("wrongly rejected", drawn),), unit="share")
    series = (
        Series("approved and accepted", tuple(float(one.accepted) for one in levels[by])),
        Series("approved and rejected", tuple(float(one.rejected) for one in levels[by])),
    )
    return Bars(names, series, stacked=True)
