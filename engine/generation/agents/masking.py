"""Numbers of a statement and how one of them is hidden behind a letter (Self-Verification, FOBAR).

A token is what stands between blanks and Chinese characters. It is a number when nothing but digits is left of it
without the marks around it: `$1,200.` hides as `$x.` for 1200, while `2x`, `1/2`, `-5`, `5th` and `6:30` are left
alone. Where words count too, `three` and `Twenty-one` are numbers as well.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from engine.core.records import Seed

LETTERS = "xXyzwtuv"
"""The first that the statement does not use stands for the hidden number."""

MOST = 40
"""Numbers of one text that are hidden; a table of data does not become a hundred problems."""

_HAN = "\u3400-\u9fff\u3000-\u303f，。．？！；：（）「」“”‘’…—"
_TOKEN = re.compile(rf"[^\s{_HAN}]+")
_NUMERAL = re.compile(
    r"(?:[(\[{\"'$€£¥￥]|\\[$(])*"
    r"(\d{1,3}(?:(?:,|\{,\})\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\\?%|°)?(?:[.,;:!?)\]}\"']|\\?\$|\\\))*"
)
_SPELT = re.compile(r"[(\"']*([A-Za-z]+(?:-[A-Za-z]+)?)[.,;:!?)\"']*")
_FORMULA = re.compile(r"\${1,2}[^$]+\${1,2}")
_MONEY = re.compile(r"\$\d[\d,.]*(?:\s+[A-Za-z]{2,}|\s*$)")
"""`$12 an hour`: the dollar signs of such a text are no marks of formulas."""
_DRAWINGS = (("[asy]", "[/asy]"), ("\\begin{tikzpicture}", "\\end{tikzpicture}"))

_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
WORDS: dict[str, str] = {
    **{word: str(number) for number, word in enumerate(_ONES)},
    **{word: str(10 * number) for number, word in enumerate(_TENS, 2)},
    **{f"{ten}-{_ONES[one]}": str(10 * at + one) for at, ten in enumerate(_TENS, 2) for one in range(1, 10)},
}
"""Number words up to ninety-nine. Hundred and thousand count with what stands before them, so they are none."""
_SHARES = {
    "half": "1/2", "one-half": "1/2", "twice": "2", "double": "2", "thrice": "3", "triple": "3", "dozen": "12",
    "quarter": "1/4", "hundred": "100", "thousand": "1000", "一半": "1/2", "半": "1/2", "两": "2", "双": "2",
}  # fmt: skip
_DIGITS = {sign: number for number, sign in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text: where it stands, without the marks around it, and its value in plain digits."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with one number hidden. `letter` stands for it as the text shows it, perhaps between dollar signs."""

    text: str
    letter: str
    value: str


def numbers(text: str, words: bool = False) -> tuple[Number, ...]:
    """Return the numbers in order; with `words`, number words too. Drawings in a text are passed over."""
    bare = text
    for begin, end in _DRAWINGS:
        bare = _blanked(bare, begin, end)
    found = (_number(token, words) for token in _TOKEN.finditer(bare))
    return tuple(number for number in found if number)


def _blanked(text: str, begin: str, end: str) -> str:
    """Return the text with blanks in place of what stands between the marks; one that is never closed stays."""
    pieces, at = [], 0
    while (start := text.find(begin, at)) >= 0 and (stop := text.find(end, start)) >= 0:
        pieces += [text[at:start], " " * (stop + len(end) - start)]
        at = stop + len(end)
    return "".join((*pieces, text[at:]))


def _number(token: re.Match[str], words: bool) -> Number | None:
    hit = _NUMERAL.fullmatch(token[0])
    value = _plain(hit[1]) if hit else ""
    if not hit and words:
        hit = _SPELT.fullmatch(token[0])
        value = WORDS.get(hit[1].lower(), "") if hit else ""
    if not hit or not value:
        return None
    return Number(token.start() + hit.start(1), token.start() + hit.end(1), value)


def masked(text: str, words: bool = False, beside: str = "") -> tuple[Masked, ...]:
    """Return the text once for each of its first 40 numbers, with that number hidden (FL-09, FL-10).

    The letter is one that neither the text nor what stands `beside` it uses.
    """
    letter = unused(f"{text} {beside}")
    formulas = () if _MONEY.search(text) else tuple(hit.span() for hit in _FORMULA.finditer(text))
    return tuple(_hide(text, number, letter, formulas) for number in numbers(text, words)[:MOST])


def _hide(text: str, number: Number, letter: str, formulas: tuple[tuple[int, int], ...]) -> Masked:
    hidden = f"{text[: number.start]}{letter}{text[number.end :]}"
    typeset = any(start < number.start < end for start, end in formulas)
    return Masked(hidden, f"${letter}$" if typeset else letter, number.value)


def unused(text: str) -> str:
    """Return the letter that is to stand for the unknown: x, or X where x is taken, or a further one."""
    bare = re.sub(r"\\[A-Za-z]+", " ", text)
    return next((letter for letter in LETTERS if not _used(letter, bare)), "N")


def _used(letter: str, text: str) -> bool:
    """Letters count alone and in products of two or three such as `xy`; the x of a longer word does not."""
    near = "[A-Z]?" if letter.isupper() else "[a-z]?"
    return bool(re.search(rf"(?<![A-Za-z]){near}{letter}{near}(?![A-Za-z])", text))


def value_of(said: str) -> str | None:
    """Return the value of a number as people say it (`$1,200`, `twelve`, `half`, `十二`); None where it is none."""
    word = said.strip().strip("*_`\"'“”.,;").lower()
    hit = _NUMERAL.fullmatch(word)
    if hit:
        return _plain(hit[1])
    return WORDS.get(word) or _SHARES.get(word) or _chinese_value(word)


def spelt(seed: Seed) -> bool:
    """Tell whether number words count: GSM8K writes small numbers out, elsewhere `one` is rarely a quantity."""
    return "gsm8k" in seed.source.lower()


def told(answer: str) -> str:
    r"""Return the answer as a sentence shows it: formulas such as `\frac{1}{2}` between dollar signs."""
    bare = answer.strip()
    return f"${bare}$" if any(sign in bare for sign in "\\^_") and "$" not in bare else bare


def _plain(numeral: str) -> str:
    return unicodedata.normalize("NFKC", numeral).replace("{,}", "").replace(",", "")


def _chinese_value(word: str) -> str | None:
    """Return the value of 零 to 九十九."""
    tens, ten, ones = word.partition("十")
    if not word or any(sign not in _DIGITS for sign in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return None
    if not ten:
        return str(_DIGITS[tens])
    return str(10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[ones] if ones else 0))
