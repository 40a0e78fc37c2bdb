"""One text with holes, used both ways: filled with numbers it is a sentence, compiled it reads the numbers back.

Holes are written `<name>` for a whole number and `<name:kind>` for anything else: `<p:poly>`, `<who:name>`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from engine.abacus import notation

Value = int | Fraction | tuple[int, ...]
Params = tuple[Value, ...]

WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        "Mia", "Ben", "Lena", "Omar", "Ravi", "Sofia", "Tom", "Yuki", "Clara", "Hugo", "Ines", "Jonas", "Kofi",
        "Nora", "Pavel", "Zoe", "Amara", "Felix", "Greta",
    ),
    "item": ("pencils", "notebooks", "stickers", "postcards", "erasers", "marbles", "buttons", "candles", "badges",
             "ribbons", "whistles"),
    "fruit": ("apples", "oranges", "pears", "plums", "peaches", "lemons", "mangoes"),
    "flower": ("tulips", "roses", "lilies", "daisies", "asters"),
    "colour": ("red", "blue", "green", "yellow", "white", "black", "orange"),
    "shop": ("bookshop", "bakery", "toy shop", "sports shop", "garden centre", "craft shop", "music shop"),
    "goods": ("jacket", "backpack", "bicycle helmet", "desk lamp", "keyboard", "tent", "camera"),
    "vehicle": ("train", "bus", "cyclist", "truck", "motorcyclist", "coach", "tram"),
    "machine": ("printer", "pump", "harvester", "loom", "excavator"),
    "club": ("chess club", "drama club", "robotics club", "hiking club", "swimming team", "choir", "debate team"),
}  # fmt: skip
"""What may stand in a word hole; every list has a length prime to 3, so that neighbours in a text differ."""

_HOLE = re.compile(r"<([a-z]\w*)(?::([a-z]+))?>")


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of value is shown, recognised and read."""

    pattern: str
    show: Callable[[Any], str]
    read: Callable[[str], Value | None]


def _decimal(value: Fraction) -> str:
    text = f"{float(value):.4f}".rstrip("0")
    return text + "0" if text.endswith(".") else text


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _plus_coefficient(value: int) -> str:
    sign = "-" if value < 0 else "+"
    return f"{sign} {notation.coefficient(abs(value))}"


def _read_coefficient(text: str) -> int:
    bare = text.replace(" ", "")
    return int(bare + "1") if bare in ("", "+", "-") else int(bare)


def _read_fraction(text: str) -> Fraction:
    top, bottom = re.findall(r"-?\d+", text)
    sign = -1 if text.startswith("-\\") else 1
    return sign * Fraction(int(top), max(1, int(bottom)))


def _integers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


KINDS: dict[str, Kind] = {
    "int": Kind(r"-?\d{1,12}", str, int),
    "plus": Kind(r"[+-] \d{1,9}", notation.plus, lambda t: int(t.replace(" ", ""))),
    "minus": Kind(r"[+-] \d{1,9}", lambda v: notation.plus(-v), lambda t: -int(t.replace(" ", ""))),
    "coef": Kind(r"-?\d{0,9}", notation.coefficient, _read_coefficient),
    "pcoef": Kind(r"[+-] \d{0,9}", _plus_coefficient, _read_coefficient),
    "poly": Kind(r"-?[0-9x][0-9x^{} +-]{0,90}", notation.polynomial, notation.read_polynomial),
    "list": Kind(r"-?\d{1,9}(?:, -?\d{1,9}){1,40}", notation.listing, _integers),
    "frac": Kind(r"-?\\frac\{\d{1,9}\}\{\d{1,9}\}", notation.tex, _read_fraction),
    "dec": Kind(r"\d{1,9}\.\d{1,4}", _decimal, Fraction),
    "cents": Kind(r"\d{1,7}\.\d\d", _money, lambda t: int(t.replace(".", ""))),
    "ord": Kind(
        r"\d{1,6}(?:st|nd|rd|th)",
        notation.ordinal,
        lambda t: int(t[:-2]),
    ),
}


@dataclass(frozen=True, slots=True)
class Hole:
    """A place in the text; `maths` tells whether it lies between dollar signs."""

    name: str
    kind: str
    maths: bool


class Template:
    """A text with holes. `seed` picks the words, so that equal numbers and seeds give equal texts."""

    def __init__(self, text: str) -> None:
        """Cut the text into literal pieces and holes."""
        self.text = text
        self.pieces: list[str | Hole] = []
        self._cut(text)
        self.keyword = max((p for p in self.pieces if isinstance(p, str)), key=len, default="")
        """The longest literal piece: a text without it need not be tried."""
        self.holes = tuple(dict.fromkeys(p.name for p in self.pieces if isinstance(p, Hole)))

    def _cut(self, text: str) -> None:
        at = 0
        for hit in _HOLE.finditer(text):
            if hit.start() > at:
                self.pieces.append(text[at : hit.start()])
            maths = text.count("$", 0, hit.start()) % 2 == 1
            self.pieces.append(Hole(hit[1], hit[2] or "int", maths))
            at = hit.end()
        if at < len(text):
            self.pieces.append(text[at:])

    def kind_of(self, name: str) -> str:
        """Return the kind of the hole of that name, an empty text where there is none."""
        return next((p.kind for p in self.pieces if isinstance(p, Hole) and p.name == name), "")

    def fill(self, values: Mapping[str, Value], seed: int = 0, letters: Mapping[str, str] | None = None) -> str:
        """Return the sentence; `letters` names values that are to stand there as a letter (or `some`)."""
        letters = letters or {}
        words: dict[str, str] = {}
        shown: list[str] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                shown.append(piece)
            elif piece.name in letters:
                letter = letters[piece.name]
                shown.append(letter if piece.maths or letter == "some" else f"${letter}$")
            elif piece.kind in WORDS:
                pool = WORDS[piece.kind]
                shown.append(words.setdefault(piece.name, pool[(seed + 3 * len(words)) % len(pool)]))
            else:
                shown.append(KINDS[piece.kind].show(values[piece.name]))
        return "".join(shown)

    @cached_property
    def strict(self) -> re.Pattern[str]:
        """Pattern of the whole text with numbers in every hole."""
        return re.compile(self._pattern(loose=False))

    @cached_property
    def loose(self) -> re.Pattern[str]:
        """Pattern of the whole text where a hole may hold a letter or the word `some`."""
        return re.compile(self._pattern(loose=True))

    def _pattern(self, *, loose: bool) -> str:
        seen: set[str] = set()
        parts: list[str] = []
        for piece in self.pieces:
            if isinstance(piece, str):
                parts.append(re.escape(piece))
            elif piece.name in seen:
                parts.append(rf"(?:\$?(?P={piece.name})\$?)" if not piece.maths else f"(?P={piece.name})")
            else:
                seen.add(piece.name)
                parts.append(_group(piece, loose))
        return "".join(parts)

    def read(self, text: str) -> dict[str, Value] | None:
        """Return the values in the holes, None where the text is not this one."""
        hit = self.strict.fullmatch(text) if self.keyword in text else None
        return self._values(hit) if hit else None

    def read_loosely(self, text: str) -> tuple[dict[str, Value], dict[str, str]] | None:
        """Return the values, and the letters that stand in place of values; None where the text is not this one."""
        hit = self.loose.fullmatch(text) if self.keyword in text else None
        if not hit:
            return None
        letters = {n: t for n, t in hit.groupdict().items() if re.fullmatch(r"[a-zA-Z]|some", t or "")}
        letters = {n: t for n, t in letters.items() if self.kind_of(n) not in WORDS}
        values = self._values(hit, skip=frozenset(letters))
        return None if values is None else (values, letters)

    def _values(self, hit: re.Match[str], skip: frozenset[str] = frozenset()) -> dict[str, Value] | None:
        values: dict[str, Value] = {}
        for name, text in hit.groupdict().items():
            kind = self.kind_of(name)
            if kind in WORDS or name in skip:
                continue
            value = KINDS[kind].read(text)
            if value is None:
                return None
            values[name] = value
        return values


def _group(hole: Hole, loose: bool) -> str:
    if hole.kind in WORDS:
        return f"(?P<{hole.name}>{'|'.join(WORDS[hole.kind])})"
    pattern = KINDS[hole.kind].pattern
    if loose:
        pattern = f"{pattern}|[a-zA-Z]|some"
    return f"(?P<{hole.name}>{pattern})" if hole.maths else rf"\$?(?P<{hole.name}>{pattern})\$?"
