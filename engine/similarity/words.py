"""How texts become words for every check: small letters, no punctuation, Chinese characters one by one (FL-19).

A LaTeX command is a word by its name, so a fraction of LaTeX is "frac 1 2" however it is spaced.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+")
_BESIDE = re.compile(r"(?<=[㐀-鿿，。？！：；、（）“”])\s+|\s+(?=[㐀-鿿，。？！：；、（）“”])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")

_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_WRITTEN_OUT = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    f"eighteen nineteen {_TENS} hundred thousand million dozen half halves twice thrice double triple quarter quarters"
)
NUMBER_WORDS = frozenset([*_WRITTEN_OUT.split(), *"二三四五六七八九十百千万两半"])
"""Numbers written as words; 一 is left out, because it stands in words that mean no number."""
_ONE = f"(?:{'|'.join(_WRITTEN_OUT.split())})"
_SAID = re.compile(rf"\b{_ONE}(?:[- ]{_ONE})*\b", re.IGNORECASE)


def words(text: str) -> list[str]:
    """Return the words of a text in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a text in order, as they are written."""
    return tuple(_NUMBER.findall(unicodedata.normalize("NFKC", text)))


def without_numbers(text: str) -> str:
    """Return the text with every number masked."""
    return _NUMBER.sub("#", unicodedata.normalize("NFKC", text))


def without_number_words(text: str) -> str:
    """Return the text with every English number word masked, as figures are."""
    return _SAID.sub("#", text)


def tight(text: str) -> str:
    """Return the text without the spaces beside Chinese characters and their punctuation, where they say nothing."""
    return _BESIDE.sub("", text)
