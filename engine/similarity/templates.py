"""Finds problems that are one problem with other numbers, other names or other units of money.

Whether such variants count as repeats is for a curator to say: for practice they are wanted, for diversity not.
"""

from __future__ import annotations

import re

from engine.similarity.words import without_number_words, without_numbers

_MATHS = re.compile(r"(\$\$.*?\$\$|\$[^$]*\$|\\\[.*?\\\]|\\\(.*?\\\))", re.DOTALL)
_NAME = re.compile(r"\b[A-Z][a-zà-ÿ]+(?:'s|’s)?\b")
_ZH_NAME = re.compile(r"小[\u4e00-\u9fff]|[甲乙丙丁]")
_PRONOUN = re.compile(r"\b(?:he|she|they|him|her|them|his|hers|their|theirs|himself|herself)\b", re.IGNORECASE)
_ARTICLE = re.compile(r"\ban\b")
"""Eight and eleven have another article than the other numbers."""
_MONEY = re.compile(r"\b(?:dollars?|euros?|pounds?|yuan|rupees?|cents?|pesos?)\b|[€£¥]|元", re.IGNORECASE)
_BEGINNINGS = frozenset(
    (
        "a", "after", "all", "also", "an", "and", "another", "any", "approximately", "are", "as", "assume", "at",
        "because", "before", "between", "both", "but", "by", "calculate", "call", "choose", "compute", "consider",
        "denote", "describe", "determine", "does", "during", "each", "evaluate", "every", "express", "find",
        "first", "five", "following", "for", "four", "from", "given", "has", "have", "how", "however", "if", "in",
        "is", "it", "its", "last", "later", "let", "many", "more", "most", "much", "next", "no", "now", "of", "on",
        "once", "one", "only", "or", "other", "out", "over", "prove", "recall", "right", "second", "several",
        "show", "simplify", "since", "six", "solve", "some", "ten", "that", "the", "then", "there", "these", "they",
        "this", "those", "three", "thus", "to", "together", "total", "two", "under", "until", "using", "we", "what",
        "when", "where", "which", "while", "who", "whose", "why", "will", "with", "without", "work", "write", "you",
        "your",
    )
)  # fmt: skip
"""Words that begin sentences and are no names."""


def template(text: str) -> str:
    """Return what is left of a problem when numbers, names, pronouns and kinds of money do not count."""
    pieces = _MATHS.split(text)
    plain = "".join(piece if place % 2 else _unnamed(piece) for place, piece in enumerate(pieces))
    return " ".join(without_numbers(plain).casefold().split())


def _unnamed(text: str) -> str:
    counted = _ARTICLE.sub("a", without_number_words(text))
    named = _NAME.sub(lambda hit: hit[0] if _begins(hit[0]) else "@", counted)
    return _MONEY.sub("¤", _PRONOUN.sub("@", _ZH_NAME.sub("@", named)))


def _begins(word: str) -> bool:
    return re.split(r"['’]", word)[0].casefold() in _BEGINNINGS
