"""Wrong steps: chains a = b = c of pure numbers in a solution that do not hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from engine.verification.checks import written

_MATHS = re.compile(r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_PLAIN = re.compile(r"[\d\s+\-*/().,^{}=]|\\(?:frac|dfrac|tfrac|cdot|times|div|left|right|sqrt|,|!|;|:|quad|\s)")
_SPACING = re.compile(r"\\(?:,|!|;|:|quad|qquad|\s)|&|\\\\")
_OPERATES = re.compile(r"[\d)}]\s*(?:[-+*/^]|\\cdot|\\times|\\div)\s*[\d({\\.-]|\\[dt]?frac|\\sqrt")
_DENIES = re.compile(
    r"\bnot\b|n't\b|\bfalse\b|impossible|extraneous|contradict|incorrect|wrong|\\neq|≠|\bno (?:solution|such)|不",
    re.IGNORECASE,
)
"""A line that says that something does not hold may show what does not hold."""
_SIGNS = str.maketrans({"$": "", "–": "-", "−": "-", "·": "*"})
_TIMES = re.compile(r"(?<=[\d)])\s*[x×]\s*(?=[\d(.])")
_SUM = re.compile(
    r"(?<![\w.,%+\-*/^()])(?<![+\-*/^(x×÷] )[(\d.][\d\s+\-*/().]*[\d)](?:\s*=\s*-?[(\d.][\d\s+\-*/().]*)+"
    r"(?![\w%^!²³°:])(?! ?[x×÷%^])"
)
"""Numbers and signs with an equals sign, not cut out of something longer."""
_WORD_BEFORE = re.compile(r"([A-Za-z]+)\s*\Z")
_BINDING = frozenset(
    (
        "log", "ln", "sin", "cos", "tan", "sqrt", "mod", "of", "times", "by", "plus", "minus", "choose", "over", "to",
        "x", "divided", "multiplied",
    )
)  # fmt: skip
"""Words that make the number after them part of what stands before."""
_LONGEST, _MOST_CHAINS = 200, 200
"""Characters of one side, and chains of one solution, that are looked at."""


@dataclass(frozen=True, slots=True)
class WrongStep:
    """An equality of numbers that does not hold: the line it stands on (from 0) and its text."""

    line: int
    text: str


def first_wrong(solution: str) -> WrongStep | None:
    """Return the first chain of pure numbers in a solution that does not hold; None where all that are read do."""
    seen = 0
    for number, line in enumerate(solution.splitlines()):
        for chain in _chains(line):
            seen += 1
            if seen > _MOST_CHAINS:
                return None
            wrong = _broken(chain)
            if wrong:
                return WrongStep(number, wrong)
    return None


def _chains(line: str) -> Iterator[list[str]]:
    """Yield the sides of each equality of a line: of its formulas in LaTeX, or of its sums in plain text."""
    if _DENIES.search(line):
        return
    if "\\" in line or "^{" in line:
        bodies = [next(group for group in hit.groups() if group) for hit in _MATHS.finditer(line)]
        yield from (_SPACING.sub(" ", written.THOUSANDS.sub("", body)).split("=") for body in bodies if "=" in body)
        return
    # A dollar sign is a formula's mark or money; sums of plain numbers read the same without it.
    plain = _TIMES.sub("*", written.THOUSANDS.sub("", line.translate(_SIGNS)))
    for hit in _SUM.finditer(plain):
        before = _WORD_BEFORE.search(plain[: hit.start()])
        if not before or before[1].lower() not in _BINDING:
            yield hit[0].split("=")


def _broken(sides: Sequence[str]) -> str:
    """Return the first two neighbouring sides of pure numbers that differ, '' where none do."""
    read = [(_exact(side), side.strip()) for side in sides]
    for (left, before), (right, after) in pairwise(read):
        if left is None or right is None or left == right:
            continue
        # "12 = 7" is the end of something that was not read; a step computes something.
        if not (_OPERATES.search(before) or _OPERATES.search(after)):
            continue
        if written.rounds(after, left, right) or written.rounds(before, right, left):
            continue
        return f"{before} = {after}"[:_LONGEST]
    return ""


def _exact(side: str) -> Fraction | None:
    """Return the value of a side that is made of numbers and signs alone; None for anything else."""
    text = re.sub(r"(?<!\d)\.(?=\d)", "0.", side.strip().rstrip(",."))
    if not text or len(text) > _LONGEST or _PLAIN.sub("", text) or not any(c.isdigit() for c in text):
        return None
    # "1 2/3" and "3 4" are a mixed number, a list or a lost sign: which one is not certain.
    if re.search(r"\d\s+[\d(]|\)\s*\d|,|\d\s*\\(?:[dt]?frac|sqrt|left)|\.(?!\d)", text):
        return None
    value = written.number(text)
    return value if isinstance(value, Fraction) else None
