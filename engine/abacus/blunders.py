"""Bad knowledge points: those a careless extractor writes, and the signs by which a careful reader knows them.

A point is wrong (a false statement, or no mathematics), vague (fits any problem), or over-detailed (bound to one).
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine.abacus.lexicon import lexicon, words_of
from engine.core import toml

_SPECIAL = re.compile(
    r"\b(?:30-60-90|45-45-90|3-4-5|\d[- ]?d\b|\d\s?[x×]\s?\d matri|divisib\w+ (?:by|rule)|base[- ]\d+|mod(?:ulo)? \d+)"
    r"|\(\d+(?:[/,、] ?\d+)+\)",
    re.I,
)
_EQUATION = re.compile(r"\d[^=<>≤≥]*[=<>≤≥]|[=<>≤≥][^=<>≤≥]*\d")
_EXPONENT = re.compile(r"\^\{?\d\}?|[²³]")
_SUM = re.compile(r"\d\s*(?:[+*/×÷]|\\(?:times|cdot|div)|\s-\s)\s*\d")
_COUNTED = re.compile(
    r"[$€£]\s?\d|\b\d+(?:\.\d+)? "
    r"(?!degree|digit|dimension|variable|linear|equation|unknown|point|side|set|by|and|or|to)[a-z]{3,}",
    re.I,
)
_THIS = re.compile(r"\b(?:in|of|for|from) this (?:problem|question|case|exercise)\b|\bthe given\b", re.I)
_FORMULA = re.compile(r"\$([^$\n]{3,40}=[^$\n]{1,30})\$")
_NOTE = re.compile(r"<<([^<>=]{3,25})=([^<>]{1,12})>>")
_NUMBER = re.compile(r"\d{1,6}")
_LONGEST = 14
"""Words from which a name is a sentence about one problem rather than a name."""


@dataclass(frozen=True, slots=True)
class Blunder:
    """A bad point and what is bad about it: vague, wrong or over-detailed."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a point does not belong in a list."""

    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class _Falsehood:
    says: str
    sign: re.Pattern[str]
    truth: str


@dataclass(frozen=True, slots=True)
class _Book:
    vague: tuple[str, ...]
    vague_words: frozenset[str]
    not_mathematics: frozenset[str]
    falsehoods: tuple[_Falsehood, ...]


@cache
def _book() -> _Book:
    raw = toml.read(Path(__file__).with_name("blunders.toml"))
    false = tuple(_Falsehood(row["says"], re.compile(row["sign"], re.I), row["truth"]) for row in raw["false"])
    words = frozenset(words_of(" ".join(raw["vague"]["words"])))
    other = frozenset(words_of(" ".join(raw["other"]["words"])))
    return _Book(tuple(raw["vague"]["points"]), words, other, false)


def vague(rng: random.Random) -> Blunder:
    """Return a point that fits any problem."""
    return Blunder(rng.choice(_book().vague), "vague")


def false(rng: random.Random) -> Blunder:
    """Return a statement that is not true."""
    return Blunder(rng.choice(_book().falsehoods).says, "wrong")


def detailed(problem: str, solution: str, rng: random.Random) -> Blunder:
    """Return a point that is bound to this problem by its numbers."""
    notes, formulas = _NOTE.findall(solution), _FORMULA.findall(problem)
    if notes:
        left, right = rng.choice(notes)
        return Blunder(f"Calculating {left} = {right}", "over-detailed")
    if formulas:
        return Blunder(f"Solving {rng.choice(formulas)}", "over-detailed")
    numbers = _NUMBER.findall(problem) or ["12", "7"]
    return Blunder(f"Working with the numbers {numbers[0]} + {numbers[-1]} of this problem", "over-detailed")


def fault(point: str) -> Fault | None:
    """Return what is bad about a point, None where nothing is. Names of the lexicon are never bad."""
    if lexicon().named(point):
        return None
    return _wrong(point) or _vague(point) or _detailed(point)


def _wrong(point: str) -> Fault | None:
    for falsehood in _book().falsehoods:
        if falsehood.sign.search(point):
            return Fault("wrong", f"“{_short(point)}” is false: {falsehood.truth}.")
    words = words_of(point)
    strange = next((word for word in words if word in _book().not_mathematics), None)
    if strange:
        return Fault("wrong", f"“{_short(point)}” is about {strange}, not about mathematics.")
    return None


def _vague(point: str) -> Fault | None:
    words = [word for word in words_of(point) if word not in ("and", "of", "the", "in", "a", "to", "for", "with", "on")]
    if not words or (all(word in _book().vague_words for word in words) and not _NUMBER.search(point)):
        return Fault("vague", f"“{_short(point)}” is a general skill that fits almost any problem.")
    return None


def _detailed(point: str) -> Fault | None:
    bare = _EXPONENT.sub("", _SPECIAL.sub("", point))
    hit = _EQUATION.search(bare) or _SUM.search(bare) or _COUNTED.search(bare) or _THIS.search(bare)
    if hit:
        return Fault("over-detailed", f"“{_short(point)}” is bound to one problem by “{_short(hit[0].strip())}”.")
    if len(point.split()) > _LONGEST:
        return Fault("over-detailed", f"“{_short(point)}” describes one situation instead of naming a concept.")
    return None


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."
