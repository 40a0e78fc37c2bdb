r"""Knowledge points that Abacus knows by name, by other names and by the words that betray them in a text.

Cues in lexicon.toml are of four kinds: words ("common factor", matched as whole words without regard to case and
plural), LaTeX commands ('\sqrt'), Chinese words (matched anywhere), and patterns ("~..." on the text in lower case).
"a & b" holds where both cues are found. Words are looked up in an index, so a scan costs a few hundred look-ups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from engine.core import toml

_FIGURE = re.compile(r"\[asy\].*?(?:\[/asy\]|\Z)", re.DOTALL)
_LONG_NUMBER = re.compile(r"(\d{15})\d+")
_TOKEN = re.compile(r"\\[a-zA-Z]+|[a-zA-Z]+|\d+(?:\.\d+)?|[\u4e00-\u9fff]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_KEEP_S = ("ss", "us", "is")
_SAME_COMMAND = {"\\dfrac": "\\frac", "\\tfrac": "\\frac", "\\dbinom": "\\binom", "\\tbinom": "\\binom"}
_SOFT_WORDS = "the a an on with and by using use finding calculating computing determining concept"
_SOFT = frozenset(_SOFT_WORDS.split())
_TURNS = frozenset({"of", "in", "for"})
"""Words around which a name may be turned: the area of a circle is the circle area."""


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A knowledge point: its standard name, its area, its other names, and how much a cue for it weighs."""

    name: str
    area: str
    level: float
    """Typical difficulty of a problem on it, 0 to 1."""
    also: tuple[str, ...]
    cues: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry found in a text and how strongly."""

    entry: LexiconEntry
    score: float


@dataclass(frozen=True, slots=True)
class _Cue:
    entry: int
    atoms: tuple[str, ...]
    weight: float


class Lexicon:
    """The entries of a lexicon file with an index over their cues and names."""

    def __init__(self, entries: tuple[LexiconEntry, ...]) -> None:
        """Build the indexes; two entries that share a name raise ValueError."""
        self.entries = entries
        self._cues_of: dict[str, list[_Cue]] = {}
        self._patterns: list[tuple[str, re.Pattern[str]]] = []
        self._longest = self._longest_han = 1
        self._by_name: dict[str, LexiconEntry] = {}
        for number, entry in enumerate(entries):
            self._index_names(entry)
            for cue in entry.cues:
                self._index_cue(number, cue)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Return the points that `text` shows, strongest first; figures in Asymptote code are not read."""
        # A run of thousands of digits says no more than its start, and patterns would try every place in it.
        bare = _LONG_NUMBER.sub(r"\1", _FIGURE.sub(" ", text))
        found = set(self._atoms_in(bare))
        scores: dict[int, float] = {}
        for atom in found:
            for cue in self._cues_of.get(atom, ()):
                if all(other in found for other in cue.atoms):
                    scores[cue.entry] = scores.get(cue.entry, 0.0) + cue.weight
        hits = (Hit(self.entries[number], score) for number, score in sorted(scores.items()))
        return tuple(sorted(hits, key=lambda hit: -hit.score))

    def named(self, name: str) -> LexiconEntry | None:
        """Return the entry that bears `name` among its names, whatever the spelling."""
        return self._by_name.get(key(name))

    def _index_names(self, entry: LexiconEntry) -> None:
        for name in (entry.name, *entry.also):
            other = self._by_name.setdefault(key(name), entry)
            if other.name != entry.name:
                raise ValueError(f"{name!r} names both {other.name!r} and {entry.name!r}")

    def _index_cue(self, number: int, text: str) -> None:
        atoms = tuple(self._atom(part.strip()) for part in text.split(" & "))
        words = sum(atom.count(" ") + 1 if not atom.startswith("~") else 2 for atom in atoms)
        cue = _Cue(number, atoms, self.entries[number].weight * (1.0 + 0.4 * (words - 1)))
        self._cues_of.setdefault(atoms[0], []).append(cue)

    def _atom(self, text: str) -> str:
        """Return the index key of one cue: a pattern, Chinese characters, or normal words."""
        if text.startswith("~"):
            if all(text != known for known, _ in self._patterns):
                self._patterns.append((text, re.compile(text[1:])))
            return text
        if _HAN.search(text):
            self._longest_han = max(self._longest_han, len(text))
            return text
        words = words_of(text)
        self._longest = max(self._longest, len(words))
        return " ".join(words)

    def _atoms_in(self, text: str) -> Iterator[str]:
        words = words_of(text)
        for size in range(1, self._longest + 1):
            for at in range(len(words) - size + 1):
                yield " ".join(words[at : at + size])
        for run in _HAN.findall(text):
            for size in range(1, self._longest_han + 1):
                for at in range(len(run) - size + 1):
                    yield run[at : at + size]
        lowered = text.lower()
        for name, pattern in self._patterns:
            if pattern.search(lowered):
                yield name


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that ships with Abacus, read once."""
    raw = toml.read(Path(__file__).with_name("lexicon.toml"))
    return Lexicon(tuple(_entries(raw)))


def _entries(raw: dict[str, Any]) -> Iterator[LexiconEntry]:
    for area, body in raw.items():
        level = float(body.pop("level"))
        for name, about in body.items():
            yield LexiconEntry(
                name,
                area,
                level,
                tuple(about.get("also", ())),
                tuple(about["cues"]),
                float(about.get("weight", 1.0)),
            )


def words_of(text: str) -> list[str]:
    """Return the words, numbers, LaTeX commands and Chinese characters of `text` in normal form."""
    return [normal(token) for token in _TOKEN.findall(text)]


@lru_cache(65536)
def _normal_word(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(_KEEP_S) else word


def normal(token: str) -> str:
    """Return a token in lower case and singular; variants of a LaTeX command become one."""
    if token.startswith("\\"):
        return _SAME_COMMAND.get(token, token)
    return _normal_word(token.lower()) if len(token) < 30 else token.lower()


@lru_cache(65536)
def key(name: str) -> str:
    """Return what two spellings of one name share: its telling words, turned around "of", "in" and "for".

    "Area of a circle" and "Circle area" have one key; "Sum of squares" and "Square of a sum" have two.
    """
    words = words_of(name.replace("'s ", " ").replace("’s ", " "))
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _TURNS:
            parts.append([])
        elif word not in _SOFT:
            parts[-1].append(word)
    return " ".join(word for part in reversed(parts) for word in part) or " ".join(words)
