"""How texts become words for every check: small letters, no punctuation, Chinese characters one by one (FL-19).

A LaTeX command is a word by its name, so a fraction of LaTeX is "frac 1 2" however it is spaced.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[㐀-鿿]|[^\W_㐀-鿿]+")
_BESIDE = re.compile(r"(?<=[㐀-鿿，。？！：；、（）“”])\s+|\s+(?=[㐀-鿿，。？！：；、（）“”])")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def words(text: str) -> list[str]:
    """Return the words of a text in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).lower())


def numbers(text: str) -> tuple[str, ...]:
    """Return the numbers of a text in order, as they are written."""
    return tuple(_NUMBER.findall(unicodedata.normalize("NFKC", text)))


def without_numbers(text: str) -> str:
    """Return the text with every number masked."""
    return _NUMBER.sub("#", unicodedata.normalize("NFKC", text))


def tight(text: str) -> str:
    """Return the text without the spaces beside Chinese characters and their punctuation, where they say nothing."""
    return _BESIDE.sub("", text)
