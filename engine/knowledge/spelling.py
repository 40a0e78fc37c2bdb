"""When two names are spelled alike: case, articles, punctuation, hyphens and the plural of the last word do not count.

Symbols of mathematics stay, so that "a^2 + b^2" and "a^2 - b^2" remain two points.
"""

from __future__ import annotations

import re
import unicodedata

_ARTICLES = {"a", "an", "the"}
_SILENT = re.compile(r"[\"'`´‘’“”.,;:!?。，、；：！？]+")
_HYPHEN = re.compile(r"(?<=[^\W\d_]{2})\s*[-‐‑–—]\s*(?=[^\W\d_]{2})")
_KEEP_S = ("ss", "us", "is", "ics")
"""Endings of words that are singular although they end in s: class, modulus, basis, statistics."""


def normal_form(name: str) -> str:
    """Return the folded spelling of a name; equal folded spellings are merged without asking."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _HYPHEN.sub(" ", _SILENT.sub("", text))
    words = text.split()
    # An article is followed by its noun: the last word of "angle A" is a name.
    words = [word for word in words[:-1] if word not in _ARTICLES] + words[-1:]
    if words:
        words[-1] = _singular(words[-1])
    return " ".join(words)


def _singular(word: str) -> str:
    if len(word) < 4 or not word.isascii() or not word.isalpha() or word.endswith(_KEEP_S):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word
