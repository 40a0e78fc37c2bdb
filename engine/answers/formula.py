"""Read a formula and compute it: enough LaTeX and plain notation for final answers, in time linear in their length.

Rational arithmetic is exact (`Fraction`), so 10^20 and 10^20 + 1 differ; roots and functions fall back to complex
floats. Two formulas are held equal when they agree at fixed points, real ones of both signs.
"""

from __future__ import annotations

import cmath
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

Value = Fraction | complex

LONGEST, DEEPEST = 400, 40
"""Characters and nesting that are read at all."""
BITS = 4096
"""Size of the largest exact number; 9^9^9 is refused instead of computed."""
POINTS = (Fraction(17, 13), Fraction(-29, 31), Fraction(41, 17), Fraction(7, 19), Fraction(-53, 23))
_FUNCTIONS: dict[str, Callable[[complex], complex]] = {
    "sin": cmath.sin,
    "cos": cmath.cos,
    "tan": cmath.tan,
    "cot": lambda x: 1 / cmath.tan(x),
    "sec": lambda x: 1 / cmath.cos(x),
    "csc": lambda x: 1 / cmath.sin(x),
    "arcsin": cmath.asin,
    "arccos": cmath.acos,
    "arctan": cmath.atan,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "tanh": cmath.tanh,
    "ln": cmath.log,
    "log": cmath.log10,
    "lg": cmath.log10,
    "exp": cmath.exp,
}
_WORDS = "|".join(sorted([*_FUNCTIONS, "sqrt", "pi", "abs"], key=len, reverse=True))
_TOKEN = re.compile(
    rf"\s*(?:(\d+(?:\.\d*)?|\.\d+)|\\([a-zA-Z]+)|((?:{_WORDS})(?![a-zA-Z])|[a-zA-Z])|(\*\*|[-+*/^!(){{}}\[\]|_]))"
)
_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,}")
_CLOSING = {"(": ")", "{": "}", "[": "]", "|": "|"}


class Unread(ValueError):
    """The text is no formula that we read, or has no value."""


class TooLarge(Unread):
    """The formula has a value, but not one that is worth computing."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A node: `op` with its parts, or a number, or the name of a variable."""

    op: str
    parts: tuple[Formula, ...] = ()
    number: Fraction = Fraction(0)
    name: str = ""


def read(text: str) -> Formula:
    """Return the formula that `text` writes; Unread where it is none, too long or nested too deep."""
    if len(text) > LONGEST:
        raise TooLarge("too long")
    for word in _WORD.findall(text):
        if word not in _FUNCTIONS and word not in ("sqrt", "abs") and not set(word) <= set("abcxyz"):
            # Without this, "apples" would be the product of six variables, and equal to any anagram.
            raise Unread(f"{word!r} is a word")
    reader = _Reader(_tokens(text))
    formula = reader.sum()
    if reader.peek():
        raise Unread(f"{reader.peek()!r} is left over")
    return formula


def variables(formula: Formula) -> frozenset[str]:
    """Return the names of all variables."""
    own = frozenset({formula.name}) if formula.op == "variable" else frozenset()
    return own.union(*(variables(part) for part in formula.parts))


def agree(a: Formula, b: Formula) -> bool:
    """Return whether both have the same value wherever they are compared; Unread where too few points are defined."""
    names = sorted(variables(a) | variables(b))
    verdicts = []
    for shift in range(len(POINTS) if names else 1):
        spot = {name: POINTS[(place + shift) % len(POINTS)] + place for place, name in enumerate(names)}
        try:
            verdicts.append(close(value(a, spot), value(b, spot)))
        except TooLarge:
            raise
        except (Unread, ZeroDivisionError, OverflowError):
            continue
    if len(verdicts) < (3 if names else 1):
        raise Unread("no value at enough points")
    return all(verdicts)


def proportional(a: Formula, b: Formula) -> bool:
    """Return whether a = 0 and b = 0 say the same because a is a fixed multiple of b."""
    if not variables(a) or variables(a) != variables(b):
        return False
    names = sorted(variables(a))
    ratios = []
    for shift in range(len(POINTS)):
        spot = {name: POINTS[(place + shift) % len(POINTS)] + place for place, name in enumerate(names)}
        try:
            ratios.append(_divided(value(a, spot), value(b, spot)))
        except (Unread, ZeroDivisionError, OverflowError):
            continue
    return len(ratios) >= 3 and ratios[0] != 0 and all(close(ratio, ratios[0]) for ratio in ratios)


def close(a: Value, b: Value) -> bool:
    """Return whether two values are equal: exactly where both are exact, else to nine digits."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    x, y = _complex(a), _complex(b)
    return cmath.isclose(x, y, rel_tol=1e-9, abs_tol=1e-12)


def value(formula: Formula, spot: Mapping[str, Fraction]) -> Value:
    """Compute the formula at `spot`; Unread, ZeroDivisionError or OverflowError where it has no value."""
    if formula.op == "number":
        return formula.number
    if formula.op == "variable":
        return spot[formula.name]
    if formula.op == "constant":
        return {"pi": complex(math.pi), "e": complex(math.e), "i": 1j}[formula.name]
    parts = [value(part, spot) for part in formula.parts]
    result = (
        _OPERATIONS[formula.op](*parts) if formula.op in _OPERATIONS else _FUNCTIONS[formula.op](_complex(parts[0]))
    )
    return _bounded(result)


def _bounded(result: Value) -> Value:
    if isinstance(result, Fraction):
        if result.numerator.bit_length() + result.denominator.bit_length() > BITS:
            raise TooLarge("too large")
    elif not cmath.isfinite(result):
        raise Unread("no finite value")
    return result


def _complex(x: Value) -> complex:
    return complex(float(x)) if isinstance(x, Fraction) else x


def _added(a: Value, b: Value) -> Value:
    return a + b if isinstance(a, Fraction) and isinstance(b, Fraction) else _complex(a) + _complex(b)


def _times(a: Value, b: Value) -> Value:
    return a * b if isinstance(a, Fraction) and isinstance(b, Fraction) else _complex(a) * _complex(b)


def _divided(a: Value, b: Value) -> Value:
    return a / b if isinstance(a, Fraction) and isinstance(b, Fraction) else _complex(a) / _complex(b)


def _power(a: Value, b: Value) -> Value:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        if b.denominator == 1:
            if abs(b) * (a.numerator.bit_length() + a.denominator.bit_length()) > BITS:
                raise TooLarge("too large")
            return a ** int(b)
        root = _exact_root(a, b.denominator)
        if root is not None:
            return _power(root, Fraction(b.numerator))
    return _complex(a) ** _complex(b)


def _exact_root(a: Fraction, degree: int) -> Fraction | None:
    """Return the real root where it is rational, also of negatives for odd degrees."""
    if degree > 64 or (a < 0 and degree % 2 == 0):
        return None
    top, bottom = _whole_root(abs(a.numerator), degree), _whole_root(a.denominator, degree)
    if top is None or bottom is None:
        return None
    return Fraction(top if a >= 0 else -top, bottom)


def _whole_root(n: int, degree: int) -> int | None:
    if n.bit_length() > 900:
        return None
    near = math.isqrt(n) if degree == 2 else round(n ** (1 / degree))
    return next((root for root in (near - 1, near, near + 1) if root >= 0 and root**degree == n), None)


def _factorial(a: Value) -> Value:
    if not isinstance(a, Fraction) or a.denominator != 1 or not 0 <= a <= 300:
        raise Unread("no factorial")
    return Fraction(math.factorial(int(a)))


def _choose(a: Value, b: Value) -> Value:
    if not isinstance(a, Fraction) or not isinstance(b, Fraction) or a.denominator != 1 or b.denominator != 1:
        raise Unread("no binomial")
    if not 0 <= b <= a <= 2000:
        raise Unread("no binomial")
    return Fraction(math.comb(int(a), int(b)))


def _absolute(a: Value) -> Value:
    return abs(a) if isinstance(a, Fraction) else complex(abs(a))


_OPERATIONS: dict[str, Callable[..., Value]] = {
    "+": _added,
    "*": _times,
    "/": _divided,
    "^": _power,
    "!": _factorial,
    "choose": _choose,
    "abs": _absolute,
    "logarithm": lambda base, x: cmath.log(_complex(x)) / cmath.log(_complex(base)),
}
_SYMBOLS = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi",
        "rho", "sigma", "tau", "phi", "varphi", "psi", "omega",
    )
)  # fmt: skip


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        hit = _TOKEN.match(text, at)
        if not hit:
            raise Unread(f"{text[at : at + 12]!r} is not read")
        number, command, word, sign = hit.groups()
        found.append(number or (f"\\{command}" if command else word or sign.replace("**", "^")))
        at = hit.end()
    return found


def _number(text: str) -> Formula:
    return Formula("number", number=Fraction(text))


_ONE, MINUS, HUNDREDTH = _number("1"), _number("-1"), _number("1/100")


class _Reader:
    """Recursive descent over the tokens; juxtaposition multiplies, a whole number before a fraction is added to it."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0
        self._bars = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise Unread(f"{wanted or 'something'} is missing")
        self._at += 1
        return token

    def sum(self) -> Formula:
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooLarge("nested too deep")
        total = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()
            part = self.product()
            total = Formula("+", (total, part if sign == "+" else Formula("*", (MINUS, part))))
        self._depth -= 1
        return total

    def product(self) -> Formula:
        total = self.signed()
        while True:
            token = self.peek()
            if token in ("*", "/"):
                self.take()
                total = Formula(token, (total, self.signed()))
            elif self._multiplies(token):
                if token[0].isdigit():
                    raise Unread("two numbers side by side")
                total = Formula("*", (total, self.factor()))
            else:
                return total

    def _multiplies(self, token: str) -> bool:
        if not token or (token == "|" and self._bars):
            return False
        return token in "({[|" or token[0] == "\\" or token[0].isalnum()

    def signed(self) -> Formula:
        negative = False
        while self.peek() in ("+", "-"):
            negative ^= self.take() == "-"
        return Formula("*", (MINUS, self.factor())) if negative else self.factor()

    def factor(self) -> Formula:
        base = self.base()
        while self.peek() in ("^", "!"):
            raised = self.take() == "^"
            base = Formula("^", (base, self.argument(signed=True))) if raised else Formula("!", (base,))
        return base

    def base(self) -> Formula:
        token = self.take()
        if token[0].isdigit() or token[0] == ".":
            return self._mixed(token)
        if token in _CLOSING:
            return self._group(token)
        name = token.lstrip("\\")
        if name == "frac":
            return Formula("/", (self.argument(), self.argument()))
        if name in ("binom", "tbinom", "dbinom"):
            return Formula("choose", (self.argument(), self.argument()))
        if name == "sqrt":
            return self._root()
        if name in _FUNCTIONS or name == "abs":
            return self._function(name)
        return self._letter(token, name)

    def _mixed(self, whole: str) -> Formula:
        """Two and a half is written 2 1/2 with a LaTeX fraction; anything else after a number multiplies."""
        after = self._tokens[self._at : self._at + 7]
        if after[:2] == ["\\frac", "{"] and after[3:5] == ["}", "{"] and after[6:] == ["}"] and whole.isdigit():
            top, bottom = after[2], after[5]
            if top.isdigit() and bottom.isdigit() and int(top) < int(bottom):
                self._at += 7
                return Formula("number", number=int(whole) + Fraction(int(top), int(bottom)))
        if self.peek() == "_":
            # 1011 in base 2 is a name of its own: equal to no decimal, because the base was asked for.
            return Formula("variable", name=whole + self._subscript())
        return _number(whole)

    def _group(self, opening: str) -> Formula:
        self._bars, before = (self._bars + 1, self._bars) if opening == "|" else (0, self._bars)
        inside = self.sum()
        self.take(_CLOSING[opening])
        self._bars = before
        return Formula("abs", (inside,)) if opening == "|" else inside

    def _root(self) -> Formula:
        degree = _number("2")
        if self.peek() == "[":
            degree = self._group(self.take())
        return Formula("^", (self.argument(), Formula("/", (_ONE, degree))))

    def _function(self, name: str) -> Formula:
        base = exponent = None
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                base = self.argument()
            else:
                exponent = self.argument(signed=True)
        bracketed = self.peek() in _CLOSING and not (self.peek() == "|" and self._bars)
        inside = self.base() if bracketed else self._running()
        result = Formula("logarithm", (base, inside)) if name == "log" and base else Formula(name, (inside,))
        return Formula("^", (result, exponent)) if exponent else result

    def _running(self) -> Formula:
        """The argument of a function without brackets: sin 2x takes both factors, sin x cos x only the first."""
        total = self.factor()
        while (
            self._multiplies(self.peek()) and self.peek().lstrip("\\") not in _FUNCTIONS and self.peek() not in _CLOSING
        ):
            total = Formula("*", (total, self.factor()))
        return total

    def argument(self, signed: bool = False) -> Formula:
        """Return the group, the command or the one digit or letter that LaTeX would take here."""
        if signed and self.peek() == "-":
            self.take()
            return Formula("*", (MINUS, self.argument()))
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            # \frac12 and x^12: LaTeX takes one digit, people who write 2^10 without braces mean ten.
            if signed:
                return _number(self.take())
            self._tokens[self._at : self._at + 1] = [token[0], token[1:]]
        return self.base()

    def _letter(self, token: str, name: str) -> Formula:
        if name in ("pi", "i", "e"):
            return Formula("constant", name=name)
        if not (name in _SYMBOLS if token[0] == "\\" else len(name) == 1 and name.isalpha()):
            raise Unread(f"{token!r} is not read")
        return Formula("variable", name=name + self._subscript() if self.peek() == "_" else name)

    def _subscript(self) -> str:
        self.take("_")
        start = self._at
        self.argument(signed=True)
        return "_" + "".join(part for part in self._tokens[start : self._at] if part not in "{}")
