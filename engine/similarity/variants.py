"""Test problems with other numbers: the second tier of decontamination.

N-grams miss them, because every changed number breaks as many n-grams as it stands in (Yang et al. 2023, "Rethinking
Benchmark and Contamination for Language Models with Rephrased Samples"). What is compared here is the wording: the text
without numbers, names, pronouns and kinds of money. Equal wordings are one problem; where an article or a plural
changed with a number, nearly all words in the same order are. Bags of words would not do: two puzzles about ages share
nearly all of theirs. Where a text draws its figure in code, both the text and the whole have to agree: one program
draws many figures, and one sentence asks about many of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.core.records import BenchmarkItem
from engine.similarity import templates
from engine.similarity.duplicates import TURNS

_TOKEN = re.compile(r"\\[a-z]+|[\u3400-\u9fff]|[^\W\d_\u3400-\u9fff]+|[-+*/^=<>]")
_WORD = re.compile(r"[\u3400-\u9fff]|[^\W\d_]{2,}")
_DRAWING = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    """The tokens of a text, without its drawing and with it."""

    prose: Tokens
    whole: Tokens
    known: frozenset[str]
    """The different tokens of the prose."""

    @staticmethod
    def of(template: str) -> _Said:
        prose = tokens(_DRAWING.sub(" ", template))
        return _Said(prose, tokens(template) if "[asy]" in template else prose, frozenset(prose))


@dataclass(frozen=True, slots=True)
class Variant:
    """A test item that a text says with other numbers: the share of its words in their order, and which numbers."""

    item: int
    overlap: float
    same_wording: bool


class VariantIndex:
    """Test items by their wording."""

    def __init__(self, items: Iterable[BenchmarkItem], overlap: float = 0.85, least_words: int = 8) -> None:
        """Read the items once; of several with one wording the first is named."""
        self._overlap, self._least = overlap, least_words
        self._first: dict[str, int] = {}
        self._said: list[_Said] = []
        for row, item in enumerate(items):
            said = templates.template(item.statement)
            self._first.setdefault(said, row)
            self._said.append(_Said.of(said))

    def match(self, statement: str, proposed: Sequence[int] = ()) -> Variant | None:
        """Return the item that `statement` says with other numbers; None where it is none.

        Equal wordings are found among all items, nearly equal ones among the `proposed`.
        """
        said = templates.template(statement)
        known = self._first.get(said)
        if known is None and not proposed:
            return None
        spoken = _Said.of(said)
        enough = sum(map(bool, map(_WORD.fullmatch, spoken.prose)))
        if known is not None:
            return Variant(known, 1.0, True) if 2 * enough >= self._least else None
        if enough < self._least:
            return None
        found = max(((self._shared(spoken, self._said[row]), -row) for row in proposed), default=(0.0, 0))
        return Variant(-found[1], found[0], False) if found[0] >= self._overlap else None

    def related(self, left: int, right: int) -> bool:
        """Whether two items are the same problem with other numbers; short ones too, which no text is held against."""
        return self._shared(self._said[left], self._said[right]) >= self._overlap

    def _shared(self, left: _Said, right: _Said) -> float:
        """Return the share of words that two texts have in the same order; 0 where one turns the other."""
        # No more words can stand in the same order than stand in both: nearly all pairs end here.
        most = 2 * sum(map(right.known.__contains__, left.prose))
        if most < self._overlap * (len(left.prose) + len(right.prose)) or _turns(left.prose) != _turns(right.prose):
            return 0.0
        prose = self._in_order(left.prose, right.prose)
        if prose < self._overlap or (left.whole is left.prose and right.whole is right.prose):
            return prose
        return min(prose, self._in_order(left.whole, right.whole))

    def _in_order(self, left: Tokens, right: Tokens) -> float:
        """Return the share, or 0 where lengths alone say that it is too small."""
        both = len(left) + len(right)
        if 2 * min(len(left), len(right)) < self._overlap * both:
            return 0.0
        return 2 * longest_common(left, right) / both if both else 0.0


def tokens(template: str) -> Tokens:
    """Return the words and signs of a template, without its marks for numbers, names and money."""
    return tuple(_TOKEN.findall(template))


def longest_common(left: Tokens, right: Tokens) -> int:
    """Return the length of the longest common subsequence, all of `left` in one number (Hyyrö 2004)."""
    places: dict[str, int] = {}
    for at, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << at
    whole = (1 << len(left)) - 1
    row = whole
    for word in right:
        shared = row & places.get(word, 0)
        row = ((row + shared) | (row - shared)) & whole
    return len(left) - row.bit_count()


def _turns(said: Tokens) -> Counter[str]:
    return Counter(word for word in said if word in TURNS)
