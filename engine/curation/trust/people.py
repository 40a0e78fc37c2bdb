"""How far each curator's word can be relied on: pace, self-agreement, agreement with others, rows whose truth is known.

Only labels are looked at: what came back unseen, what two people read, and gold rows. None of it is in an estimate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.core.records import Label
from engine.core.settings.trust import TrustSettings
from engine.curation.trust.agreement import RaterAgreement, alpha
from engine.curation.trust.concepts import AVERAGE, ConceptShares, concept_shares
from engine.curation.trust.curator_noise import NoiseCorrected, SelfAgreement, corrected, error_of, self_agreement
from engine.curation.trust.estimated import Estimated
from engine.curation.trust.intervals import wilson
from engine.curation.trust.reviewed import LabelledShare
from engine.store import ReaderAgreement, Store

Text = tuple[str, str]
_DECIDED = ("good", "bad")


@dataclass(frozen=True, slots=True)
class CuratorStanding:
    """One curator. Shares are None where nothing was read for them."""

    name: str
    verdicts: int
    """Rows that this curator found good or bad, repeats left out."""
    seconds: float | None
    """Median seconds from one act to the next; None for labels of files."""
    itself: SelfAgreement | None
    """What came back unseen, and was said of it again."""
    others: ReaderAgreement
    """Rows that somebody else read, too: this curator's verdict first."""
    gold_good: LabelledShare | None
    """Good gold rows that were called good."""
    gold_bad: LabelledShare | None
    """Bad gold rows that were called bad."""
    approved: LabelledShare | None
    """Drawn rows that were called good, of those read first: of the same rows for all, as far as chance goes."""
    judged: float | None = None
    """What judges say of those rows on the average: whoever got harder ones approves fewer."""


@dataclass(frozen=True, slots=True)
class PeopleStanding:
    """All curators of a project, and what their errors do to a precision."""

    curators: tuple[CuratorStanding, ...]
    alpha: RaterAgreement | None
    """Krippendorff's alpha of all rows that two or more read; None without any."""
    differences: tuple[tuple[str, str, int], ...]
    """What the one said, what the other, and how often, where two differ: reasons of rejections."""
    gold_right_good: tuple[int, int]
    gold_right_bad: tuple[int, int]
    averaged: bool
    """Whether approval rates lend each other strength: then they hold on the average over curators."""

    @property
    def together(self) -> SelfAgreement | None:
        """Repeats of all curators together; None without any."""
        said = [one.itself for one in self.curators if one.itself]
        repeats = sum(one.repeats for one in said)
        return self_agreement(sum(round(one.share * one.repeats) for one in said), repeats)

    @property
    def error(self) -> float | None:
        """Share of wrong verdicts that these repeats suggest, a lower limit; None without any."""
        return self.together.error if self.together else None

    @property
    def sure_error(self) -> float | None:
        """The least share of wrong verdicts that few repeats leave: that of the upper end of their agreement."""
        return error_of(self.together.high) if self.together else None

    def allowing(self, found: Estimated, settings: TrustSettings | None = None) -> NoiseCorrected | None:
        """Return the second line beside a precision, "allowing for curator error"; None where there is no first."""
        if found.value is None or found.low is None:
            return None
        worth = float("inf") if found.effective is None else found.effective
        return corrected(found.value, worth, self.gold_right_good, self.gold_right_bad, settings)


def people(store: Store, judged: dict[str, float] | None = None) -> PeopleStanding:
    """Return all curators by name; `judged` is what judges say of rows, by id."""
    labels = store.labels.standing()
    truth = _truth(labels)
    known = {label.id for label in labels if label.provenance == "gold" and label.decision_id is None}
    said = [one for one in labels if one.verdict in _DECIDED and one.id not in known]
    names = sorted({one.curator for one in said})
    pairs = _pairs(said)
    gold = {name: _gold(said, truth, name) for name in names}
    firsts = {name: _drawn_first(said, name) for name in names}
    shares = _approvals([firsts[name] for name in names])
    curators = tuple(
        CuratorStanding(
            name, len({(one.row_id, one.row_hash) for one in said if one.curator == name and one.role != "repeat"}),
            store.decisions.pace(name).median_seconds, _itself(said, name), _with_others(pairs, name),
            _share(gold[name][0]), _share(gold[name][1]), _approval(shares, place, firsts[name]),
            _mean([judged[one.row_id] for one in firsts[name] if judged and one.row_id in judged]),
        )
        for place, name in enumerate(names)
    )  # fmt: skip
    good, bad = (_sum(gold[name][side] for name in names) for side in (0, 1))
    differences = Counter((_word(one), _word(other)) for one, other in pairs if one.verdict != other.verdict)
    found = tuple((one, other, count) for (one, other), count in differences.most_common())
    return PeopleStanding(curators, _alpha(said, names), found, good, bad, shares.method == AVERAGE)


def _truth(labels: Iterable[Label]) -> dict[Text, tuple[str, frozenset[str]]]:
    """Return verdict and authors of texts whose truth is known; a text with two truths has none."""
    found: dict[Text, list[Label]] = defaultdict(list)
    for one in labels:
        if one.provenance == "gold" and one.decision_id is None and one.verdict in _DECIDED:
            found[one.row_id, one.row_hash].append(one)
    return {
        text: (ones[0].verdict, frozenset(one.curator for one in ones))
        for text, ones in found.items()
        if len({one.verdict for one in ones}) == 1
    }


def _pairs(said: Iterable[Label]) -> list[tuple[Label, Label]]:
    """Return second readings with what stood of the same text when they were made, by somebody else."""
    stood: dict[Text, Label] = {}
    found = []
    for one in said:
        text = one.row_id, one.row_hash
        if one.role == "second" and text in stood and stood[text].curator != one.curator:
            found.append((stood[text], one))
        elif one.role in ("first", "adjudicated"):
            stood[text] = one
    return found


def _with_others(pairs: Iterable[tuple[Label, Label]], name: str) -> ReaderAgreement:
    said = Counter(
        (mine.verdict, theirs.verdict)
        for one, other in pairs
        if name in (one.curator, other.curator)
        for mine, theirs in [(one, other) if one.curator == name else (other, one)]
    )
    return ReaderAgreement(
        *(said[pair] for pair in (("good", "good"), ("good", "bad"), ("bad", "good"), ("bad", "bad")))
    )


def _itself(said: Iterable[Label], name: str) -> SelfAgreement | None:
    """Compare each repeat with the last verdict of the same text by the same person before it."""
    before: dict[Text, str] = {}
    same = repeats = 0
    for one in said:
        if one.curator != name:
            continue
        text = one.row_id, one.row_hash
        if one.role == "repeat" and text in before:
            repeats, same = repeats + 1, same + (before[text] == one.verdict)
        elif one.role != "repeat":
            before[text] = one.verdict
    return self_agreement(same, repeats)


def _gold(
    said: Iterable[Label], truth: dict[Text, tuple[str, frozenset[str]]], name: str
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return right and all verdicts on good gold rows, and on bad ones: the first on each, none on one's own."""
    first: dict[Text, str] = {}
    for one in said:
        text = one.row_id, one.row_hash
        if one.curator == name and text in truth and name not in truth[text][1]:
            first.setdefault(text, one.verdict)
    right: Counter[str] = Counter(truth[text][0] for text, verdict in first.items() if verdict == truth[text][0])
    of: Counter[str] = Counter(truth[text][0] for text in first)
    return (right["good"], of["good"]), (right["bad"], of["bad"])


def _drawn_first(said: Iterable[Label], name: str) -> list[Label]:
    """Return the last verdict of this person on each drawn text, where it was a first reading."""
    found = {
        (one.row_id, one.row_hash): one
        for one in said if one.curator == name and one.provenance == "draw" and one.role == "first"
    }  # fmt: skip
    return list(found.values())


def _approvals(firsts: Sequence[Sequence[Label]]) -> ConceptShares:
    good = [sum(one.verdict == "good" for one in mine) for mine in firsts]
    return concept_shares(good, [len(mine) for mine in firsts])


def _approval(shares: ConceptShares, place: int, mine: Sequence[Label]) -> LabelledShare | None:
    if not mine:
        return None
    good = sum(one.verdict == "good" for one in mine)
    return LabelledShare(good, len(mine), float(shares.low[place]), float(shares.high[place]))


def _alpha(said: Iterable[Label], names: Sequence[str]) -> RaterAgreement | None:
    """Return alpha over all texts that several people read, each with the first verdict, repeats left out."""
    first: dict[Text, dict[str, float]] = defaultdict(dict)
    for one in said:
        if one.role in ("first", "second"):
            first[one.row_id, one.row_hash].setdefault(one.curator, float(one.verdict == "good"))
    texts = [by for by in first.values() if len(by) > 1]
    if not texts:
        return None
    return alpha([[by.get(name, np.nan) for by in texts] for name in names])


def _word(label: Label) -> str:
    return label.verdict if label.verdict == "good" else label.reason or "bad"


def _share(counts: tuple[int, int]) -> LabelledShare | None:
    hits, of = counts
    return LabelledShare(hits, of, *wilson(hits, of)) if of else None


def _sum(counts: Iterable[tuple[int, int]]) -> tuple[int, int]:
    given = list(counts)
    return sum(hits for hits, _ in given), sum(of for _, of in given)


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
