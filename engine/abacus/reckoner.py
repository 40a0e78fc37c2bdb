r"""Exact evaluation of written arithmetic such as `3 \cdot (4 + \frac{1}{2})`; what has a letter in it has no value."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from math import isqrt

from engine.abacus.notation import is_square

_TOKEN = re.compile(
    r"\s+|\\[,;! ]|\\left|\\right"
    r"|(?P<number>\d+(?:\.\d+)?)"
    r"|(?P<op>\\cdot|\\times|\\div|\\frac|\\dfrac|\\tfrac|\\sqrt|\\binom|[-+*/^(){}!:])"
)
_BOX = re.compile(r"\\boxed\s*\{")
_FORMULA = re.compile(r"\$([^$]+)\$")
_SPACES = re.compile(r"\s+|\\left|\\right|\\[,;! ]|\$|\\displaystyle")
_MAX_LENGTH = 400
_MAX_BITS = 4096
_DEEPEST = 30


class _NoValue(Exception):
    """The text is no arithmetic, or its value is not a fraction."""


def value(text: str) -> Fraction | None:
    """Return the exact value of a written expression, None where it has none."""
    if len(text) > _MAX_LENGTH:
        return None
    try:
        return _Reader(_tokens(text)).whole()
    except (_NoValue, ZeroDivisionError, IndexError, OverflowError):
        return None


def same(left: str, right: str) -> bool:
    """Tell whether two written answers are equal as numbers or, failing that, as text without spacing."""
    a, b = value(_bare(left)), value(_bare(right))
    return a == b if a is not None and b is not None else _bare(left) == _bare(right)


def boxed(text: str) -> str | None:
    """Return what stands in the last box, None where there is no complete box."""
    hits = list(_BOX.finditer(text))
    if not hits:
        return None
    depth, start = 1, hits[-1].end()
    for at in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[start:at].strip()
    return None


def false_equation(line: str) -> str | None:
    """Return the first equation of numbers in the line that does not hold, None where all hold."""
    for hit in _FORMULA.finditer(line):
        formula = hit[1]
        if "=" not in formula or re.search(r"\\(?:equiv|approx|ne|le|ge|pmod|boxed)\b", formula):
            continue
        sides = [value(side) for side in formula.split("=")]
        for left, right in pairwise(sides):
            if left is not None and right is not None and left != right:
                return formula.strip()
    return None


def _bare(text: str) -> str:
    return _SPACES.sub("", text).replace("\\dfrac", "\\frac").replace("\\tfrac", "\\frac").rstrip(".")


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        hit = _TOKEN.match(text, at)
        if not hit:
            raise _NoValue
        if hit["number"] or hit["op"]:
            found.append(hit[0])
        at = hit.end()
    return found


class _Reader:
    """Recursive descent over the tokens; products may be written without a sign."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens = [*tokens, ""]
        self.at = 0
        self.depth = 0

    def whole(self) -> Fraction:
        total = self.total()
        if self.next():
            raise _NoValue
        return total

    def next(self) -> str:
        return self.tokens[self.at]

    def take(self, expected: str = "") -> str:
        token = self.tokens[self.at]
        if expected and token != expected:
            raise _NoValue
        self.at += 1
        return token

    def total(self) -> Fraction:
        result = self.product()
        while self.next() in ("+", "-") and self.next():
            result = result + self.product() if self.take() == "+" else result - self.product()
        return result

    def product(self) -> Fraction:
        result = self.signed()
        while True:
            token = self.next()
            if token in ("\\cdot", "\\times", "*"):
                self.take()
                result *= self.signed()
            elif token in ("\\div", "/", ":"):
                self.take()
                result /= self.signed()
            elif token in ("(", "\\frac", "\\dfrac", "\\tfrac", "\\sqrt", "\\binom"):
                result *= self.signed()
            else:
                return result

    def signed(self) -> Fraction:
        # Every nested term passes here: a text of a thousand brackets must not exhaust the stack.
        if self.depth > _DEEPEST:
            raise _NoValue
        self.depth += 1
        try:
            if self.next() == "-":
                self.take()
                return -self.signed()
            return self.powered()
        finally:
            self.depth -= 1

    def powered(self) -> Fraction:
        base = self.atom()
        while self.next() == "!":
            self.take()
            base = _factorial(base)
        if self.next() != "^":
            return base
        self.take()
        return _power(base, self.group() if self.next() == "{" else self.atom())

    def atom(self) -> Fraction:
        token = self.take()
        if token and token[0].isdigit():
            return Fraction(token)
        if token in ("(", "{"):
            inner = self.total()
            self.take(")" if token == "(" else "}")
            return inner
        if token == "\\sqrt":
            return _root(self.group())
        if token in ("\\frac", "\\dfrac", "\\tfrac"):
            return self.group() / self.group()
        if token == "\\binom":
            return _choose(self.group(), self.group())
        raise _NoValue

    def group(self) -> Fraction:
        self.take("{")
        inner = self.total()
        self.take("}")
        return inner


def _power(base: Fraction, exponent: Fraction) -> Fraction:
    size = max(abs(base.numerator), base.denominator).bit_length()
    if exponent.denominator != 1 or abs(exponent) * size > _MAX_BITS:
        raise _NoValue
    return Fraction(base ** int(exponent))


def _root(inner: Fraction) -> Fraction:
    if inner < 0 or not (is_square(inner.numerator) and is_square(inner.denominator)):
        raise _NoValue
    return Fraction(isqrt(inner.numerator), isqrt(inner.denominator))


def _factorial(base: Fraction) -> Fraction:
    if base.denominator != 1 or not 0 <= base <= 60:
        raise _NoValue
    result = 1
    for factor in range(2, int(base) + 1):
        result *= factor
    return Fraction(result)


def _choose(n: Fraction, k: Fraction) -> Fraction:
    if n.denominator != 1 or k.denominator != 1 or not 0 <= k <= n <= 200:
        raise _NoValue
    result = Fraction(1)
    for i in range(int(k)):
        result = result * (n - i) / (i + 1)
    return result
