"""Numbers with their units, and formulas with their values, as they stand in a sentence."""

from __future__ import annotations

import re

_UNITS = r"[A-Za-z°µμ²³/·一-龥]"
_NOT_UNIT = (
    "of and in for to each more per is are was were have has had left from than total at on by with as or if when so "
    "which that will would remaining altogether together because since after before then years-old"
)
NUMBER = re.compile(
    r"(?:(?<![\w.,/^\\√-])|(?<=[一-龥]))(?P<all>(?:US)?[$€£¥]?\s?(?<!\d)[-−]?[$€£¥]?"
    r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?<=\d)"
    r"(?:(?:\s?[/:]\s?\d+(?:\.\d+)?(?!\d)){1,3}|\s?%|\s\d+/\d+)?)(?![\d]|[,.]\d)"
)
DIGITS = re.compile(r"[-−]?\s?\.?\d[\d.,/:%]*")
_AFTER = re.compile(
    rf"\s?(?P<unit>[ap]\.m\.?(?!\w)|(?!(?:{'|'.join(_NOT_UNIT.split())})\b)(?![和与或及]){_UNITS}"
    r"(?:(?![和与或及])[A-Za-z°²³/^一-龥]){0,20})"
)
EQUALS = re.compile(r"(?:=|≈|\\approx|\\Rightarrow)\s*(?=[^=≈]*$)")
MATHS = re.compile(r"\$\$.+?\$\$|\$(?!\s)[^$\n]+?\$(?!\d)|\\\(.+?\\\)|\\\[.+?\\\]", re.DOTALL)
_VALUE = re.compile(r"[^=≈<>]{1,80}")
_RELATION = re.compile(r"[^=≈]{1,80}")
_RELATED = re.compile(r"[<>≤≥≠∈∉]|\\(?:leq?|geq?|neq?|lt|gt|in|notin|equiv|mid|subseteq?)(?![A-Za-z])")
"""A formula with one of these says something of a variable and is no value: it is the answer as a whole or none."""
_FUNCTION = re.compile(r"[a-zA-Z](?:_\w)?\s*\(\s*[a-z]\s*\)")
"""What gives a function: `f(n) = n` is the answer, and n alone is not."""
NAME = r"[A-Za-zα-ω](?:_\w)?"


def inside(hit: re.Match[str]) -> tuple[str, str, int] | None:
    """Return the name that a formula gives a value to, '' for none, the value and its place; None where it has none."""
    inside = hit[0].strip("$").removeprefix("\\(").removesuffix("\\)")
    inside = inside.removeprefix("\\[").removesuffix("\\]").strip().rstrip(".,")
    at = EQUALS.search(inside)
    related = _RELATED.search(inside)
    value = (inside[at.end() :] if at and not related else inside).strip().strip("$. ,")
    form = _RELATION if related else _VALUE
    if (
        not form.fullmatch(re.sub("[<>]=", "≤", value))
        or value.count("{") != value.count("}")
        or not re.search(r"[\d\\a-zA-Z]", value)
    ):
        return None
    left = inside[: at.start()].strip() if at and not related else ""
    if _FUNCTION.fullmatch(left):
        return "", inside, hit[0].index(inside)
    name = left if re.fullmatch(rf"\\?{NAME}", left) else ""
    return name, value, hit[0].rindex(value)


def numbers_in(said: str, begin: int, at: int) -> list[tuple[str, int, int]]:
    """Return the numbers of a sentence from `at` on, each with its unit, and where they stand in the text."""
    found = []
    for hit in NUMBER.finditer(said, at):
        if not hit["all"].strip():
            continue
        end = hit.end()
        if not hit["all"].strip().endswith("%") and not re.match(r"\s*[$€£¥]|[-−][$€£¥]", hit["all"]):
            unit = _AFTER.match(said, end)
            end = unit.end() if unit else end
        start = hit.start() + len(hit["all"]) - len(hit["all"].lstrip())
        found.append((said[start:end].strip(), begin + start, begin + end))
    return found
