"""Split what surrounds a value from the value: its unit, its percent sign, the name it was given.

Units of measure are kept, so that 5 cm is not 5 m; things that are counted (9 apples, 3 个) are dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_ALIASES = {
    "cm": "cm centimeter centimeters centimetre centimetres 厘米",
    "mm": "mm millimeter millimeters millimetre millimetres 毫米",
    "dm": "dm decimeter decimeters decimetre decimetres 分米",
    "m": "m meter meters metre metres 米",
    "km": "km kilometer kilometers kilometre kilometres 千米 公里",
    "in": "in inch inches",
    "ft": "ft foot feet",
    "yd": "yd yard yards",
    "mi": "mile miles",
    "g": "g gram grams 克",
    "kg": "kg kilogram kilograms 千克 公斤",
    "mg": "mg milligram milligrams",
    "t": "ton tons tonne tonnes 吨",
    "lb": "lb lbs pound pounds",
    "oz": "oz ounce ounces",
    "l": "L l liter liters litre litres 升",
    "ml": "mL ml milliliter milliliters millilitre millilitres 毫升",
    "s": "s sec second seconds 秒",
    "min": "min mins minute minutes 分钟",
    "h": "h hr hrs hour hours 小时",
    "d": "day days 天",
    "week": "week weeks 周",
    "month": "month months 月",
    "year": "year years 年",
    "mph": "mph",
    "km/h": "km/h kph",
    "m/s": "m/s",
    "cent": "cent cents 分",
    "dollar": "dollar dollars",
    "yuan": "yuan 元",
    "rad": "rad radian radians",
}
_UNITS = {word: unit for unit, words in _ALIASES.items() for word in words.split()}
_POWERS = {"square": "2", "sq": "2", "sq.": "2", "squared": "2", "cubed": "3", "cubic": "3", "平方": "2", "立方": "3"}
_SILENT = {"units", "unit"}
ANY_UNIT = "unit"
"""What stands for a unit that has no name of its own; `5 square units` are no `5 units`."""
_GLUED = frozenset("mgshL")
"""Letters that are units right behind a number: 79m; any other is a variable."""
_ANGLE = re.compile(r"^(.*\S)\s*(?:°\s*([CF])?|degrees?(?:\s+(Celsius|Fahrenheit))?)$", re.IGNORECASE | re.DOTALL)
_BRACKETED_DEGREES = re.compile(r"(?<=\d)\s*\(\s*(degrees?)\s*\)$")
_MINUTES = re.compile(r"^(-?\d+)\s*°\s*(\d+)\s*'$")
_SCALES = {
    "hundred": "100", "thousand": "1000", "million": "10^6", "billion": "10^9", "trillion": "10^12", "dozen": "12",
    "lakh": "10^5", "crore": "10^7",
}  # fmt: skip
_SCALES_BEFORE = {"万": "10^4", "亿": "10^8"}
"""Scales that stand before what is counted: 3万元."""
_TAIL = re.compile(
    r"^(?P<value>.*(?:[\d)}\]%!]|\\pi(?![A-Za-z])|(?<![A-Za-z\\])x(?![A-Za-z])))(?P<gap>\s*)"
    r"(?P<tail>\(?\s*[A-Za-z一-龥][A-Za-z一-龥\s./-]*(?:\s*\^\s*(?:[23]|\{[23]\}))?\s*\)?)$",
    re.DOTALL,
)
_MATHS_WORDS = re.compile(
    r"(?:sqrt|sin|cos|tan|log|ln|pi|exp|abs|mod|am|pm|[ap]\.m\.?|bc|ad)\b|[a-z]$|.*\b(?:and|or|if|to|is|are|not|more|less|most"
    r"|least|over|under|than|above|below|plus|minus|half|halves|squared|cubed|remainder|mod|base|when|where|for|with"
    r"|but|except|through|until|between|by|out|choose|from|divided|multiplied|hundred|thousand|million|billion"
    r"|dozen|dozens|score|point|trillion|lakh|crore|tens|ones|hundreds|thousands|millions|billions|factorial|bps|basis"
    r"|[a-z]+illions?|gross|ppm|ppb|kilo|mil|bn|per mille|extraneous|rejected|impossible|invalid|discard(?:ed)?)\b",
    re.IGNORECASE,
)
"""Words behind a number that say more than what is counted."""
_PARTS = re.compile(
    r"(?:thirds?|(quarters?)|fourths?|fifths?|sixths?|sevenths?|eighths?|ninths?|tenths?|elevenths?|twelfths?"
    r"|(?:thir|four|fif|six|seven|eigh|nine)teenths?|[a-z]+tieths?|[a-z]+ty-[a-z]*(?:ths?|thirds?|seconds?|firsts?)"
    r"|(?:(?:ten|hundred)[ -])?thousandths?|hundredths?|[a-z]+illionths?)(?:\s+of\b.*)?",
    re.IGNORECASE,
)
"""Words that make a fraction of the number before them, unless something follows that they order: fourth graders."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """The bare value as text, its unit of measure ('' for none) and whether a percent sign stood behind it.

    `thing` is what was counted, '' where nothing was named.
    """

    value: str
    unit: str = ""
    percent: bool = False
    thing: str = ""


def quantity(text: str) -> Quantity:
    """Return the parts of a scalar answer in plain notation."""
    text = re.sub(r"^(?:about|approximately|exactly|only)\s+(?=-?[\d\\])", "", text)
    if hit := _MINUTES.match(text):
        sign = "-" if hit[1][0] == "-" else ""
        return Quantity(f"{sign}({hit[1].lstrip('-')}+{hit[2]}/60)", "deg")
    text = _BRACKETED_DEGREES.sub(r" \1", text)
    if (hit := _ANGLE.match(text)) and not re.search(
        r"°|[a-zA-Z](?<!\\pi)(?<!\\frac)(?<!\\sqrt)\s*$|\\(?:sin|cos|tan|cot|sec|csc)", hit[1]
    ):
        scale = (hit[2] or hit[3] or "")[:1].upper()
        return Quantity(hit[1].strip(), f"deg{scale}")
    text, unit, thing = _without_unit(text)
    text = text.strip(" ,;").rstrip(" .,;")
    if text.endswith("%"):
        return Quantity(text[:-1].rstrip(), unit, percent=True, thing=thing)
    words = re.fullmatch(r"(.*\S)\s*(?:percent|per cent)", text)
    return Quantity(words[1], unit, percent=True) if words else Quantity(text, unit, thing=thing)


def _without_unit(text: str) -> tuple[str, str, str]:
    if re.search(r"\d\s*(?:percent|per cent)$", text):
        return text, "", ""
    hit = _TAIL.match(text)
    if not hit:
        return text, "", ""
    tail = hit["tail"].strip(" ()")
    if tail.casefold() in _SCALES:
        return f"({hit['value'].strip()})*{_SCALES[tail.casefold()]}", "", ""
    unit = measure(tail)
    if unit is not None and (not unit or _is_word(tail) or _stands_for_unit(hit, tail)):
        return hit["value"].strip(), unit, ""
    if tail[0] in _SCALES_BEFORE:
        scaled = f"({hit['value'].strip()})*{_SCALES_BEFORE[tail[0]]}"
        return scaled, measure(tail[1:]) or "", "" if measure(tail[1:]) else tail[1:]
    is_thing = re.fullmatch(r"[A-Za-z][A-Za-z\s.-]*[A-Za-z]{2}", tail) or re.fullmatch(r"[一-龥]{1,6}", tail)
    if is_thing and not _MATHS_WORDS.match(tail) and not _makes_a_fraction(hit, tail):
        return hit["value"].strip(), "", tail
    return text, "", ""


def _makes_a_fraction(hit: re.Match[str], tail: str) -> bool:
    """Whether 3 tenths is meant; 9 (quarters) names what is counted, and 9 quarters are coins: no one writes 9/4 so."""
    part = _PARTS.fullmatch(tail)
    if not part or hit["tail"].startswith("("):
        return False
    return not (part[1] and re.fullmatch(r"[1-9]\d+|[4-9]", hit["value"].strip()))


def _is_word(tail: str) -> bool:
    """Whether a unit cannot be the letter of a formula: cm and 米, but not m."""
    return not tail[0].isascii() or tail[1:2].isalpha()


def _stands_for_unit(hit: re.Match[str], tail: str) -> bool:
    """Whether a single letter is a unit: behind a space nearly always, glued to a plain number where it is usual."""
    if hit["gap"]:
        return _one_number(hit)
    return tail[0] in _GLUED and re.fullmatch(r"[+-]?\d+(?:\.\d+)?", hit["value"]) is not None


def _one_number(hit: re.Match[str]) -> bool:
    """Whether a letter behind the value is a unit: 9 m is nine metres, but 40 m - 8 m^2 and 1 + 9 m are formulas."""
    bare = re.sub(r"\([^()]*\)|\{[^{}]*\}", "", hit["value"].strip().lstrip("+-"))
    return not re.search(r"[+-]|(?<![\\a-zA-Z])[a-zA-Z](?![a-zA-Z])", bare)


def measure(tail: str) -> str | None:
    """Return the canonical unit, `unit` for one without a name, None for anything else."""
    words = re.sub(r"\^\s*\{?([23])\}?", r" ^\1", tail).replace("平方", "平方 ").replace("立方", "立方 ").split()
    power = "".join(_POWERS.get(word, "") for word in words) or "".join(w[1] for w in words if w in ("^2", "^3"))
    names = [word for word in words if word not in _POWERS and word not in ("^2", "^3")]
    if len(names) == 1 and names[0] in _UNITS:
        return _UNITS[names[0]] + power
    if len(names) == 1 and names[0] in _SILENT:
        return ANY_UNIT + power
    per = re.fullmatch(r"(\S+) (?:per|an?) (\S+)", " ".join(names))
    if per and per[1] in _UNITS and per[2] in _UNITS:
        return {"mi/h": "mph"}.get(both := f"{_UNITS[per[1]]}/{_UNITS[per[2]]}", both)
    return None
