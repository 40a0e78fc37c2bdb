"""Numbers that are written in words, and what is written in several parts: `24 R 3`, `1 hour 30 minutes`, `5P2`."""

from __future__ import annotations

import re
from fractions import Fraction

from engine.verification.answers.meaning import FixedWord, Value
from engine.verification.answers.quantity import measure
from engine.verification.answers.values import SCALE
from engine.verification.formula import Formula, number

_ONES = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SMALL = {word: at for at, word in enumerate(_ONES)} | {word: 10 * at for at, word in enumerate(_TENS, 2)}
_LARGE = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PARTS = {"half": 2, "quarter": 4, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
          "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "sixteenth": 16, "twentieth": 20, "hundredth": 100,
          "thousandth": 1000}  # fmt: skip
_PARTS |= {"halves": 2} | {f"{word}s": size for word, size in _PARTS.items()}
_WORD = re.compile(r"(?:\s*-\s*|\s*)([a-z]+)", re.IGNORECASE)
_BEGINS = re.compile(
    rf"(?:minus\s|negative\s)?\s*(?:(?:{'|'.join(_SMALL)})\b|half\b|an?[\s-](?:{'|'.join(_PARTS)}|hundred|thousand|million"
    r"|billion)\b)",
    re.IGNORECASE,
)
_REMAINDER = re.compile(
    r"(\d+)\s*,?\s*(?:R\.?|rem\.?|(?:(?:and|with)\s+)?(?:an?\s+|the\s+)?remainder(?:\s+(?:of|is)|\s*[:=])?|余(?:数(?:是|为)?)?)\s*(\d+)",
    re.IGNORECASE,
)
_CHOICES = re.compile(r"(\d{1,4})\s*([CP])\s*(\d{1,4})")
_AMOUNT = r"(\d+(?:\.\d+)?|\d+/\d+)\s*([A-Za-z]+|[一-龥]+)"
_AMOUNTS = re.compile(rf"(-?)\s*({_AMOUNT}(?:\s*,?\s*(?:and\s+)?{_AMOUNT}){{1,3}})")
_ONE_AMOUNT = re.compile(_AMOUNT)


def in_digits(text: str) -> str | None:
    """Return a text that begins with a number in words with that number in digits; None for any other."""
    if not _BEGINS.match(text):
        return None
    words = _Words(text)
    negative = words.take("minus", "negative")
    found = _number(words)
    rest = text[words.at :].strip()
    if found is None or _goes_on(rest):
        return None
    sign = "-" if negative else ""
    if isinstance(found, str):
        return f"{sign}{found} {rest}".strip()
    written = f"{found.numerator}" if found.denominator == 1 else f"({found.numerator}/{found.denominator})"
    return f"{sign}{written} {rest}".strip()


def _goes_on(rest: str) -> bool:
    """Whether what follows belongs to the number, or makes it one of many: `seven thirty`, `one-to-one`, `one of`."""
    first = re.match(r"[A-Za-z]+", rest)
    return rest[:1] == "-" or (
        first is not None and first[0].casefold() in {*_SMALL, *_PARTS, *_LARGE, "hundred", "of"}
    )


class _Words:
    """The words of a text one after the other; `at` is where the last one that was taken ends."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.at = 0

    def peek(self, ahead: int = 0) -> str:
        at, word = self.at, ""
        for _ in range(ahead + 1):
            hit = _WORD.match(self._text, at)
            if not hit:
                return ""
            at, word = hit.end(), hit[1].casefold()
        return word

    def take(self, *wanted: str) -> str:
        word = self.peek()
        if not word or (wanted and word not in wanted):
            return ""
        hit = _WORD.match(self._text, self.at)
        self.at = hit.end() if hit else self.at
        return word


def _number(words: _Words) -> Fraction | str | None:
    """Take a whole number, a fraction, a mixed number, or a decimal, which is returned as it is written."""
    if words.take("a", "an"):
        part = _part(words)
        return Fraction(1, part) if part else _whole(words, 1)
    if part := _part(words) if words.peek() == "half" else 0:
        return Fraction(1, part)
    whole = _whole(words, 0)
    if whole is None:
        return None
    if words.peek() == "point" and words.peek(1) in _ONES[:10]:
        words.take()
        return f"{whole}." + _digits(words)
    if part := _part(words):
        return whole / part
    return whole + _fraction_behind(words)


def _digits(words: _Words) -> str:
    found = ""
    while (word := words.take(*_ONES[:10])) and len(found) < 30:
        found += str(_SMALL[word])
    return found


def _part(words: _Words) -> int:
    """Take `thirds`; a fraction of something is that fraction: half an hour, two thirds of a mile."""
    part = words.take(*_PARTS)
    if part:
        words.take("of")
        words.take("a", "an")
    return _PARTS.get(part, 0)


def _fraction_behind(words: _Words) -> Fraction:
    """Take `and a half` and `and two thirds`; anything else behind "and" is a second answer."""
    start = words.at
    if words.take("and"):
        top = 1 if words.take("a", "an") else _SMALL.get(words.take(*_ONES[1:20]), 0)
        part = _part(words)
        if top and part:
            return Fraction(top, part)
    words.at = start
    return Fraction(0)


def _whole(words: _Words, begun: int) -> Fraction | None:
    """Take `two hundred and five thousand and one`; None where no number stands."""
    total, group, start = 0, begun, words.at
    while True:
        word = words.peek()
        if word in _SMALL and _fits(group, _SMALL[word], words.at > start):
            group += _SMALL[word]
        elif word == "hundred" and 0 < group < 100:
            group *= 100
        elif word in _LARGE and group and (not total or total >= 1000 * _LARGE[word]):
            total, group = total + group * _LARGE[word], 0
        elif word == "and" and (total or group >= 100) and words.peek(1) in _SMALL and words.peek(2) not in _PARTS:
            pass
        else:
            break
        words.take()
    return Fraction(total + group) if words.at > start else None


def _fits(group: int, small: int, begun: bool) -> bool:
    """Whether twenty may be followed by three, and two hundred by both; two numbers side by side are two."""
    if not begun:
        return True
    last = group % 100
    return (last == 0 and small > 0) or (last >= 20 and last % 10 == 0 and 0 < small < 10)


def in_parts(text: str) -> FixedWord | Value | None:
    """Return a quotient with its remainder, a number of choices, or a quantity in several units; None for others."""
    if hit := _REMAINDER.fullmatch(text):
        return FixedWord("remainder", f"{int(hit[1])} {int(hit[2])}")
    if (hit := _CHOICES.fullmatch(text)) and int(hit[1]) >= int(hit[3]):
        op = "choose" if hit[2] == "C" else "arranged"
        return Value(Formula(op, (number(hit[1]), number(hit[3]))))
    hit = _AMOUNTS.fullmatch(text)
    return _amounts(hit[2], -1 if hit[1] else 1) if hit else None


def _amounts(text: str, sign: int) -> Value | None:
    """Return `1 hour 30 minutes` in its smallest unit; None where units are of several kinds or do not become smaller.

    A bare number that is compared with it may be meant in the largest unit or in the smallest.
    """
    found = [(Fraction(hit[1]), measure(hit[2]) or "") for hit in _ONE_AMOUNT.finditer(text)]
    scales = [SCALE.get(unit) for _, unit in found]
    known = [one for one in scales if one]
    sizes = [Fraction(1) / size for _, size in known]
    if len(known) != len(found) or len({kind for kind, _ in known}) > 1 or sizes != sorted(set(sizes), reverse=True):
        return None
    total = sign * sum((amount * size for (amount, _), size in zip(found, sizes, strict=True)), Fraction(0))
    smallest, largest = (Formula("number", number=total / size) for size in (sizes[-1], sizes[0]))
    return Value(smallest, found[-1][1], also=largest)
