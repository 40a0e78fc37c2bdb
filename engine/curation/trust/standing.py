"""What a judge is worth by people's labels, in plain words: better than chance, no better, worse, or not to be told.

Balanced accuracy is the mean of two shares: of the good rows that a judge lets pass, and of the bad ones that it turns
away. It is one half for every judge whose word does not depend on the row, whatever it says most of the time and
however rare bad rows are; kappa is 0 for the same judges. Its interval is made of the Wilson intervals of both shares
by square-and-add (Newcombe 1998; Zou and Donner 2008), so that it keeps a width where a judge always says the same.

The intervals speak of rows like those of the material, from which rows were drawn with equal chances.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from engine.core.settings.trust import TrustSettings
from engine.curation.trust import agreement
from engine.curation.trust.agreement import LABEL, PairAgreement
from engine.curation.trust.intervals import wilson
from engine.curation.trust.reviewed import LabelledShare

Word = Literal["better", "chance", "worse", "can't tell", "unreadable"]
WORDS: dict[Word, str] = {
    "better": "better than chance",
    "chance": "no better than chance",
    "worse": "worse than chance",
    "can't tell": "can't tell",
    "unreadable": "mostly unreadable",
}
HALF = 0.5


@dataclass(frozen=True, slots=True)
class JudgeStanding:
    """A judge against people's labels of rows that were drawn with equal chances."""

    rows: int
    """Rows that it was asked about and answered, readable or not."""
    unreadable: int
    good: LabelledShare | None
    """Base rate: good rows among those that could be read."""
    passed: LabelledShare | None
    """Rows that the judge let pass."""
    good_passed: LabelledShare | None
    """Good rows that it let pass: sensitivity."""
    bad_passed: LabelledShare | None
    """Bad rows that it let pass: one less specificity."""
    agreed: PairAgreement
    balanced: float | None
    balanced_interval: tuple[float, float] | None
    word: Word
    least: int = TrustSettings().judge_class
    """Rows of each sort below which nothing is said of it."""

    @property
    def leans(self) -> str:
        """Return True or False where the judge says so to most rows of the other sort, beyond doubt; '' else."""
        if self.bad_passed and self.bad_passed.low > HALF:
            return "True"
        return "False" if self.good_passed and self.good_passed.high < HALF else ""

    @property
    def needs_attention(self) -> bool:
        """Whether a curator must be told before trusting it."""
        return self.word in ("chance", "worse", "unreadable") or bool(self.leans)


def standing(
    said: Sequence[bool | None], labels: Sequence[bool], seed: int = 0, settings: TrustSettings | None = None
) -> JudgeStanding:
    """Return what a judge is worth.

    Args:
        said: (N) whether it let each row pass; None where its reply could not be read.
        labels: (N) what people said.
        seed: of the intervals that are drawn.
        settings: from how many rows of each sort something is said, and how wide an interval may be.
    """
    known = settings or TrustSettings()
    votes = [float("nan") if vote is None else float(vote) for vote in said]
    agreed = agreement.pair(votes, [float(label) for label in labels], ("judge", LABEL), seed=seed)
    both, judge_only, label_only, neither = map(
        round, (agreed.both, agreed.first_only, agreed.second_only, agreed.neither)
    )
    good, bad = both + label_only, judge_only + neither
    good_passed, bad_passed = _share(both, good), _share(judge_only, bad)
    value, interval = balanced(good_passed, bad_passed)
    unreadable = sum(vote is None for vote in said)
    return JudgeStanding(
        rows=len(said), unreadable=unreadable, good=_share(good, good + bad),
        passed=_share(both + judge_only, good + bad), good_passed=good_passed, bad_passed=bad_passed, agreed=agreed,
        balanced=value, balanced_interval=interval, least=known.judge_class,
        word=_word(len(said), unreadable, min(good, bad), interval, known),
    )  # fmt: skip


def balanced(
    good_passed: LabelledShare | None, bad_passed: LabelledShare | None
) -> tuple[float | None, tuple[float, float] | None]:
    """Return balanced accuracy and its 95 % interval; None without rows of either sort."""
    if good_passed is None or bad_passed is None:
        return None, None
    turned, low, high = 1 - bad_passed.value, 1 - bad_passed.high, 1 - bad_passed.low
    value = (good_passed.value + turned) / 2
    down = sqrt((good_passed.value - good_passed.low) ** 2 + (turned - low) ** 2) / 2
    up = sqrt((good_passed.high - good_passed.value) ** 2 + (high - turned) ** 2) / 2
    return value, (max(0.0, value - down), min(1.0, value + up))


def _word(
    rows: int, unreadable: int, fewest: int, interval: tuple[float, float] | None, settings: TrustSettings
) -> Word:
    if rows and unreadable / rows >= settings.judge_unread and rows >= settings.judge_class:
        return "unreadable"
    if interval is None or fewest < settings.judge_class:
        return "can't tell"
    low, high = interval
    if low > HALF:
        return "better"
    if high < HALF:
        return "worse"
    return "chance" if (high - low) / 2 <= settings.judge_widest else "can't tell"


def sentences(one: JudgeStanding) -> tuple[str, ...]:
    """Return what is to be said of a judge: its worth first, then which way it leans and what could not be read."""
    said = [_worth(one)]
    if one.leans == "True" and one.bad_passed:
        said.append(f"Biased to True: {_of(one.bad_passed)} of the bad rows pass this judge.")
    if one.leans == "False" and one.good_passed:
        said.append(f"Biased to False: only {_of(one.good_passed)} of the good rows pass this judge.")
    if one.unreadable and one.word != "unreadable":
        share = f"{one.unreadable:,} of {one.rows:,} replies could not be read"
        said.append(f"{share}: they are in no figure, neither as True nor as False.")
    return tuple(said)


def _worth(one: JudgeStanding) -> str:
    counted = one.agreed.rows
    if one.word == "unreadable":
        return f"No judge for this project: {one.unreadable:,} of {one.rows:,} replies could not be read."
    if one.balanced is None or one.balanced_interval is None:
        return f"Can't tell (n = {counted:,}): there are no labels of both sorts."
    low, high = one.balanced_interval
    # Digits enough to see on which side of one half an end lies.
    places = 2 if min(abs(low - HALF), abs(high - HALF)) >= 0.005 else 3
    figure = f"balanced accuracy {one.balanced:.{places}f} ({low:.{places}f} – {high:.{places}f}, n = {counted:,})"
    if one.word == "better":
        return f"Better than chance: {figure} lies above .50."
    if one.word == "worse":
        return f"Worse than chance: {figure} lies below .50. The opposite of its word is right more often."
    if one.word == "chance":
        return f"No better than chance, as far as these labels tell: {figure} contains .50."
    fewest = min(one.good.hits, counted - one.good.hits) if one.good else 0
    if fewest < one.least:
        sort = "good" if one.good and one.good.hits == fewest else "bad"
        return f"Can't tell (n = {counted:,}): only {fewest} {sort} rows, at least {one.least} are needed; {figure}."
    return f"Can't tell (n = {counted:,}): {figure} is too wide to say anything."


def _of(share: LabelledShare) -> str:
    return f"{share.value:.0%} ({share.low:.0%} – {share.high:.0%}; {share.hits:,} of {share.of:,})"


def _share(hits: int, of: int) -> LabelledShare | None:
    return LabelledShare(hits, of, *wilson(hits, of)) if of else None
