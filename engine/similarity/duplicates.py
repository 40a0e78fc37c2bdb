"""Problems that repeat others: exactly after folding, nearly, or by their template.

Near repeats are proposed by MinHash over 3-word shingles with loose bands, because strict bands miss a third of the
small edits, and then every proposed pair is checked: the same sequence of numbers (a switch) and the overlap of words.
Without the first check "3 apples" and "5 apples" would be one problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rensa import RMinHash, RMinHashLSH

from engine.core.errors import BadSetting
from engine.core.records import Problem, Seed
from engine.similarity import templates
from engine.similarity.words import NUMBER_WORDS, numbers, tight, without_numbers, words

SHINGLE = 3
SMALL = 24
"""Up to this many rows every pair is looked at."""
BANDS, ROWS = 32, 2
"""Two equal values of two in any of 32 bands propose a pair: .95 of the pairs whose shingles agree to .3."""


TURNS = frozenset(
    (
        "not", "no", "never", "none", "except", "without", "cannot", "least", "most", "smallest", "largest", "minimum",
        "maximum", "fewer", "more", "less", "greater", "even", "odd", "increasing", "decreasing",
        "不", "没", "非", "无", "除", "最", "多", "少", "大", "小", "奇", "偶",
    )
)  # fmt: skip
"""Words that turn a question round: texts that differ in one of them are two problems, however much they share."""


@dataclass(frozen=True, slots=True)
class Nearness:
    """What makes a repeat."""

    case: bool = True
    """Small and capital letters count as the same."""
    space: bool = True
    """Runs of spaces and line breaks count as one space."""
    tight: bool = False
    """Spaces beside Chinese characters do not count at all."""
    near: bool = True
    """Look for near repeats as well."""
    overlap: float = 0.85
    """Share of words, with their numbers of occurrence, that two near repeats have in common."""
    merge_numbers: bool = False
    """The curator's switch: problems that differ in numbers, names and money only are repeats too."""

    def __post_init__(self) -> None:
        if not 0 < self.overlap <= 1:
            raise BadSetting(f"overlap {self.overlap:g} does not fit.", do="Give a share above 0, at most 1.")


@dataclass(frozen=True, slots=True)
class RepeatedRow:
    """Row `row` repeats the earlier row `of`; `kind` is exact, variant or near, `overlap` is 1 but for near ones."""

    row: int
    of: int
    kind: str
    overlap: float
    reason: str


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Exact repeats; near ones, variants among them; for every row the first one with its template (or its own)."""

    exact: tuple[RepeatedRow, ...]
    near: tuple[RepeatedRow, ...]
    template: tuple[int, ...]

    @property
    def dropped(self) -> frozenset[int]:
        """Rows that repeat an earlier one."""
        return frozenset(repeat.row for repeat in (*self.exact, *self.near))

    @property
    def first(self) -> tuple[int, ...]:
        """For every row the row that stays for it: its own, or the one at the end of what it repeats."""
        stays = list(range(len(self.template)))
        for repeat in sorted((*self.exact, *self.near), key=lambda repeat: repeat.row):
            stays[repeat.row] = stays[repeat.of]
        return tuple(stays)


def find(problems: Sequence[str | Problem | Seed], nearness: Nearness | None = None) -> Duplicates:
    """Return the repeats among `problems`; the first of several stays (X-05, FL-17)."""
    rules = nearness or Nearness()
    texts = [problem if isinstance(problem, str) else problem.statement for problem in problems]
    first = first_of(texts, rules)
    template = _first_rows([fold(without_numbers(text), rules) for text in texts])
    exact = tuple(RepeatedRow(row, of, "exact", 1.0, "the same text") for row, of in enumerate(first) if row != of)
    kept = [row for row, of in enumerate(first) if row == of]
    variants = _variants(texts, kept) if rules.merge_numbers else ()
    gone = {repeat.row for repeat in variants}
    near = _near(texts, [row for row in kept if row not in gone], rules) if rules.near else ()
    return Duplicates(exact, tuple(sorted((*variants, *near), key=lambda repeat: repeat.row)), tuple(template))


def first_of(texts: Sequence[str], nearness: Nearness | None = None) -> tuple[int, ...]:
    """Return for every text the row of the first equal one after folding; nothing near is looked for (FL-17)."""
    rules = nearness or Nearness()
    return tuple(_first_rows([fold(text, rules) for text in texts]))


def fold(text: str, rules: Nearness) -> str:
    """Return the text without the differences that do not count."""
    text = " ".join(text.split()) if rules.space else text
    text = tight(text) if rules.tight else text
    return text.casefold() if rules.case else text


def _first_rows(keys: Sequence[str]) -> list[int]:
    seen: dict[str, int] = {}
    return [seen.setdefault(key, row) for row, key in enumerate(keys)]


def _variants(texts: Sequence[str], kept: Sequence[int]) -> tuple[RepeatedRow, ...]:
    first = _first_rows([templates.template(texts[row]) for row in kept])
    reason = "the same problem with other numbers or names"
    return tuple(
        RepeatedRow(kept[place], kept[of], "variant", 1.0, reason) for place, of in enumerate(first) if place != of
    )


def _near(texts: Sequence[str], kept: Sequence[int], rules: Nearness) -> tuple[RepeatedRow, ...]:
    masked = {row: without_numbers(texts[row]) if rules.merge_numbers else texts[row] for row in kept}
    said = {row: words(masked[row]) for row in kept}
    found: dict[int, RepeatedRow] = {}
    for of, row in _candidates(texts, kept, said, rules):
        if row in found or of in found or _turns(said[row], rules) != _turns(said[of], rules):
            continue
        overlap = _overlap(said[row], said[of])
        if overlap >= rules.overlap:
            found[row] = RepeatedRow(row, of, "near", overlap, f"{overlap:.0%} of the words are the same")
    return tuple(found[row] for row in sorted(found))


def _candidates(
    texts: Sequence[str], kept: Sequence[int], said: dict[int, list[str]], rules: Nearness
) -> Iterator[tuple[int, int]]:
    """Pairs (earlier, later) to look at, for every group of rows that may repeat each other.

    Where numbers count, only equal sequences of numbers form a group: a thousand problems of one template with other
    numbers would otherwise propose half a million pairs.
    """
    groups: dict[tuple[str, ...], list[int]] = {}
    for row in kept:
        if said[row]:
            groups.setdefault(() if rules.merge_numbers else numbers(texts[row]), []).append(row)
    for rows in groups.values():
        if not rules.merge_numbers:
            yield from _pairs(rows, said)
            continue
        first: dict[tuple[str, ...], int] = {}
        for row in rows:
            of = first.setdefault(tuple(said[row]), row)
            if of != row:
                yield of, row
        yield from _pairs(list(first.values()), said)


def _pairs(rows: Sequence[int], said: dict[int, list[str]]) -> Iterator[tuple[int, int]]:
    """All pairs of a small group; of a large one those that share a band. Ordered by the later row."""
    if len(rows) <= SMALL:
        yield from ((of, row) for place, row in enumerate(rows) for of in rows[:place])
        return
    hashes = RMinHash.from_token_sets([_shingles(said[row]) for row in rows], BANDS * ROWS, 42)
    index = RMinHashLSH(0.3, BANDS * ROWS, BANDS)
    index.insert_many(hashes)
    for later, near in enumerate(index.query_all(hashes)):
        yield from ((rows[earlier], rows[later]) for earlier in sorted(near) if earlier < later)


def _shingles(said: Sequence[str]) -> list[str]:
    if len(said) < SHINGLE:
        return [" ".join(said)]
    return [" ".join(said[at : at + SHINGLE]) for at in range(len(said) - SHINGLE + 1)]


def _turns(said: Sequence[str], rules: Nearness) -> Counter[str]:
    """Words that make another problem: those that turn it round and, where numbers count, numbers written out."""
    return Counter(word for word in said if word in TURNS or (word in NUMBER_WORDS and not rules.merge_numbers))


def _overlap(left: Sequence[str], right: Sequence[str]) -> float:
    """Words in common, counted as often as both hold them, over the mean length (Dice)."""
    common = sum((Counter(left) & Counter(right)).values())
    return 2 * common / (len(left) + len(right))
