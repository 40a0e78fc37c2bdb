"""Read one value: number, percent, unit, ratio, number in a base, formula."""

from __future__ import annotations

import re
from fractions import Fraction

from engine.verification import formula
from engine.verification.answers.meaning import FixedWord, Meaning, Value
from engine.verification.answers.quantity import quantity
from engine.verification.formula import Formula, UnreadFormula

_DECIMAL = re.compile(r"[+-]?\d*\.\d+")
_SCIENTIFIC = re.compile(
    r"^([+-]?\d+(?:\.\d+)?)\s*(?:[eE]\s*([+-]?\d{1,3})|\*\s*10\s*\^\s*\{?\s*([+-]?\d{1,3})\s*\}?)$"
)
_MIXED = re.compile(r"\s*([+-]?)\s*(\d+)\s+(\d+)\s*/\s*(\d+)\s*")
_MIXED_FRACTION = re.compile(r"^-\s*(\d+)\s*(\\frac\s*(?:\d\d|\{\d+\}\s*\{\d+\}|\d\s*\{\d+\}|\{\d+\}\s*\d))$")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(?:\s*([ap])\.?m\.?)?", re.IGNORECASE)
_RATIO = re.compile(r"\d+(?:\.\d+)?(?:\s*(?::|\bto\b)\s*\d+(?:\.\d+)?)+")
_REPEATING = re.compile(
    r"(?<![\d.])(\d*)\.(\d*)(?:\\(?:overline|bar|dot)\s*\{?\s*(\d+)\s*\}?(?:(\d*)\\dot\s*\{?\s*(\d)\s*\}?)?|\((\d+)\))"
)
_ENDLESS = re.compile(r"(?<![\d.])(\d*)\.(\d*?)(\d|\d{2,8}?)\3\3+\s*…$")
_IN_BASE = re.compile(r"^\(?\s*([0-9A-Z]+(?:\.[0-9A-Z]{1,60})?)\s*\)?\s*_\s*\{?\s*\(?\s*(\d+|[a-z]+)\s*\)?\s*\}?$")
_SHAPE = re.compile(r"\d+(?:\s*\*\s*\d+)+|[a-z](?:\s*\*\s*[a-z])+")
_BASES = {"two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
          "ten": "10", "twelve": "12", "sixteen": "16"}  # fmt: skip


def one_value(text: str) -> Meaning:
    """Return the value; Unread where the whole of it is not understood."""
    if hit := _CLOCK.fullmatch(text):
        return FixedWord("time", f"{int(hit[1])}:{hit[2]}{(hit[3] or '').lower()}")
    if found := _based(text):
        return found
    if _RATIO.fullmatch(text) and not text.replace(".", "").isdigit():
        return _ratio(text)
    parts = quantity(_recurring(text))
    bare = parts.value.strip()
    if not bare:
        raise UnreadFormula("nothing but a unit")
    if parts.thing and _SHAPE.fullmatch(bare):
        raise UnreadFormula("a shape and no number: a 2 * 3 matrix")
    decimal = bare if _DECIMAL.fullmatch(bare) else ""
    if parts.unit.isalpha() and len(parts.unit) == 1 and re.fullmatch(r"[^()]*", text):
        return Value(formula.read(_expanded(bare)), parts.unit, parts.percent, decimal, _lettered(text))
    return Value(formula.read(_expanded(bare)), parts.unit, parts.percent, decimal, thing=parts.thing)


def _lettered(text: str) -> Formula | None:
    try:
        return formula.read(text)
    except UnreadFormula:
        return None


def _based(text: str) -> Value | None:
    hit = _IN_BASE.match(text)
    if not hit or not (hit[1][0].isdigit() or (len(hit[1]) > 1 and hit[2] in ("16", "sixteen", "12"))):
        return None
    base = _BASES.get(hit[2], hit[2])
    whole, _, behind = hit[1].partition(".")
    size = Fraction(formula.in_base(whole + behind, base), int(base) ** len(behind))
    return Value(Formula("number", number=size), base=(hit[1].lstrip("0") or "0", base))


def _ratio(text: str) -> Meaning:
    terms = [Fraction(one) for one in re.split(r"\s*(?::|\bto\b)\s*", text)]
    if len(terms) == 2:
        return Value(Formula("/", tuple(Formula("number", number=one) for one in terms)))
    if not terms[0]:
        raise UnreadFormula("a ratio that begins with nothing")
    return FixedWord("ratio", ":".join(str(one / terms[0]) for one in terms))


def _recurring(text: str) -> str:
    """Write a decimal that repeats as the fraction it is."""
    if hit := _ENDLESS.match(text):
        whole, before, block = hit.groups()
        return _as_fraction(whole, before, block)
    return _REPEATING.sub(_repeated, text)


def _repeated(hit: re.Match[str]) -> str:
    whole, before, first, between, last, round_ = hit.groups()
    return _as_fraction(whole, before, round_ or first + (between or "") + (last or ""))


def _as_fraction(whole: str, before: str, block: str) -> str:
    shift = 10 ** len(before)
    value = Fraction(int((whole + before) or "0"), shift) + Fraction(int(block), shift * (10 ** len(block) - 1))
    return f"({value.numerator}/{value.denominator})"


def _expanded(text: str) -> str:
    """Write 1.2e3, -1 1/2 and 2 1/2 as formulas."""
    if hit := _MIXED.fullmatch(text):
        return f"{hit[1]}({hit[2]}+{hit[3]}/{hit[4]})"
    if hit := _MIXED_FRACTION.match(text):
        return f"-({hit[1]}{hit[2]})"
    hit = _SCIENTIFIC.match(text)
    return f"({hit[1]})*10^({hit[2] or hit[3]})" if hit else text
