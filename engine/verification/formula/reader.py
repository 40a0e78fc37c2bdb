"""Read a formula: enough LaTeX and plain notation for final answers, in time linear in their length.

What is not known is refused: a number is never read out of a formula that was understood in part.
"""

from __future__ import annotations

import re
from fractions import Fraction

from engine.verification.formula.node import (
    DEEPEST,
    DEGREE,
    LONGEST,
    MINUS,
    ONE,
    Formula,
    TooLarge,
    UnreadFormula,
    in_base,
    number,
)
from engine.verification.formula.reckoning import FUNCTIONS, SEVERAL
from engine.verification.formula.tokens import tokens

_CLOSING = {"(": ")", "{": "}", "[": "]", "|": "|", "⌊": "⌋", "⌈": "⌉", "\\lfloor": "\\rfloor", "\\lceil": "\\rceil"}
_BRACKETED = {"|": "abs", "⌊": "floor", "⌈": "ceil", "\\lfloor": "floor", "\\lceil": "ceil"}
_SYMBOLS = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "varepsilon", "zeta", "eta", "theta", "vartheta", "kappa",
        "lambda", "mu", "nu", "xi", "rho", "sigma", "tau", "phi", "varphi", "chi", "psi", "omega", "Gamma", "Delta",
        "Theta", "Lambda", "Sigma", "Phi", "Psi", "Omega", "ell",
    )
)  # fmt: skip
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_CHOOSING = {"binom", "tbinom", "dbinom"}
_CALLED = frozenset("fghFGH")
"""Letters that name a function where a bracket follows."""


def read(text: str) -> Formula:
    """Return the formula that `text` writes; Unread where it is none, too long or nested too deep."""
    if len(text) > LONGEST:
        raise TooLarge("too long")
    reader = _Reader(tokens(text))
    formula = reader.whole()
    if reader.peek():
        raise UnreadFormula(f"{reader.peek()!r} is left over")
    return formula


class _Reader:
    """Recursive descent over the tokens; juxtaposition multiplies, a whole number before a fraction is added to it."""

    def __init__(self, found: list[str]) -> None:
        self._tokens = found
        self._at = 0
        self._depth = 0
        self._bars = 0
        self._bound: list[str] = []

    def peek(self, ahead: int = 0) -> str:
        return self._tokens[self._at + ahead] if self._at + ahead < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise UnreadFormula(f"{wanted or 'something'} is missing")
        self._at += 1
        return token

    def whole(self) -> Formula:
        """A sum, or one sum over another, as TeX writes fractions and binomials."""
        total = self.sum()
        if self.peek() in ("\\over", "\\choose"):
            return Formula("/" if self.take() == "\\over" else "choose", (total, self.sum()))
        return total

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
            elif token in ("\\bmod", "mod"):
                self.take()
                total = Formula("mod", (total, self.signed()))
            elif self._multiplies(token):
                if token[0].isdigit() and self._tokens[self._at - 1] != "!":
                    raise UnreadFormula("two numbers side by side")
                total = Formula("*", (total, self.factor()))
            else:
                return total

    def _multiplies(self, token: str) -> bool:
        if not token or (token == "|" and self._bars) or token in ("\\over", "\\choose", "\\bmod", "mod"):
            return False
        if token in ("\\rfloor", "\\rceil"):
            return False
        return token in "({[|⌊⌈" or token[0] == "\\" or token[0].isalnum()

    def signed(self) -> Formula:
        negative = False
        while self.peek() in ("+", "-"):
            negative ^= self.take() == "-"
        return Formula("*", (MINUS, self.factor())) if negative else self.factor()

    def factor(self) -> Formula:
        base = self.base()
        while (sign := self.peek()) in ("^", "!", "°", "%"):
            self.take()
            if sign == "!":
                if self.peek() == "!":
                    raise UnreadFormula("a double factorial is not read")
                base = Formula("!", (base,))
            elif sign == "%":
                base = Formula("/", (base, number("100")))
            elif sign == "°":
                base = Formula("*", (base, DEGREE))
            else:
                base = Formula("^", (base, self.argument(signed=True)))
        return base

    def base(self) -> Formula:
        token = self.take()
        if token[0].isdigit() or token[0] == ".":
            return self._mixed(token)
        if token in _CLOSING:
            return self._whole_part(self._group(token)) if token == "[" else self._group(token)
        if token == "^" or token == "_":
            raise UnreadFormula(f"{token!r} stands behind nothing")
        name = token.lstrip("\\")
        if name == "frac":
            return self._fraction()
        if name in _CHOOSING:
            return Formula("choose", (self.argument(), self.argument()))
        if name == "sqrt":
            return self._root()
        if name in ("sum", "prod") and token[0] == "\\":
            return self._running_over(name)
        if name in SEVERAL and len(name) > 1:
            return Formula(name, self._listed())
        if name in FUNCTIONS or name in ("abs", "floor", "ceil"):
            return self._function(name)
        return self._letter(token, name)

    def _fraction(self) -> Formula:
        top, bottom = self._argument_as_written(), self._argument_as_written()
        first = {written[0] for _, written in (top, bottom)}
        if len(first) == 1 and first <= {"d", "\\partial"} and "".join(bottom[1][1:2]).lstrip("\\").isalpha():
            raise UnreadFormula("a derivative is not read")
        return Formula("/", (top[0], bottom[0]))

    def _argument_as_written(self) -> tuple[Formula, list[str]]:
        """Take an argument and return it with its tokens, at least one of them."""
        start = self._at
        found = self.argument()
        return found, [part for part in self._tokens[start : self._at] if part not in "{}"] or [""]

    def _mixed(self, whole: str) -> Formula:
        """Two and a half is written 2 1/2 with a LaTeX fraction; anything else after a number multiplies."""
        proper = self._proper_fraction() if whole.isdigit() else None
        if proper is not None:
            return Formula("number", number=int(whole) + proper)
        if self.peek() == "_":
            return Formula("number", number=Fraction(in_base(whole, self._subscript().strip("_()"))))
        return number(whole)

    def _proper_fraction(self) -> Fraction | None:
        """Take a LaTeX fraction of whole numbers, with braces or without, where top < bottom."""
        if self.peek() != "\\frac":
            return None
        at = self._at + 1
        found: list[str] = []
        for _ in range(2):
            after = self._tokens[at : at + 3]
            if len(after) == 3 and after[0] == "{" and after[1].isdigit() and after[2] == "}":
                found, at = [*found, after[1]], at + 3
            elif after and after[0].isdigit() and len(after[0]) <= 2 - len(found):
                found, at = [*found, *after[0]], at + 1
            if len(found) == 2:
                break
        if len(found) != 2 or not int(found[0]) < int(found[1]):
            return None
        self._at = at
        return Fraction(int(found[0]), int(found[1]))

    def _group(self, opening: str) -> Formula:
        self._bars, before = (self._bars + 1, self._bars) if opening == "|" else (0, self._bars)
        inside = self.whole()
        self.take(_CLOSING[opening])
        self._bars = before
        if opening == "(" and self.peek() == "_":
            return self._in_base(inside)
        return Formula(_BRACKETED[opening], (inside,)) if opening in _BRACKETED else inside

    def _whole_part(self, inside: Formula) -> Formula:
        """Refuse [3.7] and [x]: round brackets, or the greatest whole number that is not larger."""
        if inside.op == "variable" or (inside.op == "number" and inside.number.denominator != 1):
            raise UnreadFormula("a number in square brackets is not read")
        return inside

    def _in_base(self, inside: Formula) -> Formula:
        if inside.op != "number" or inside.number.denominator != 1:
            raise UnreadFormula("an index behind brackets is not read")
        return Formula("number", number=Fraction(in_base(str(inside.number), self._subscript().strip("_()"))))

    def _listed(self) -> tuple[Formula, ...]:
        opening = self.take()
        if opening not in ("(", "{"):
            raise UnreadFormula("a bracket is missing")
        if opening == "{" and self.peek() == "(":
            raise UnreadFormula("a bracket is missing")
        found = [self.sum()]
        while self.peek() == ",":
            self.take()
            found.append(self.sum())
        self.take(_CLOSING[opening])
        return tuple(found)

    def _root(self) -> Formula:
        degree = number("2")
        if self.peek() == "[":
            degree = self._group(self.take())
        return Formula("^", (self.argument(), Formula("/", (ONE, degree))))

    def _running_over(self, op: str) -> Formula:
        if self.peek() == "\\limits":
            self.take()
        self.take("_")
        self.take("{")
        name = self.take()
        self.take("=")
        first = self.sum()
        self.take("}")
        self.take("^")
        last = self.argument(signed=True)
        if not name.isalpha() or len(name) != 1:
            raise UnreadFormula("what it runs over is not read")
        self._bound.append(name)
        body = self.product()
        self._bound.pop()
        return Formula(op, (body, first, last), name=name)

    def _function(self, name: str) -> Formula:
        base = exponent = None
        while self.peek() in ("_", "^"):
            if self.take() == "_":
                base = self.argument()
            else:
                exponent = self.argument(signed=True)
        if exponent == MINUS_ONE and name in _INVERSE:
            name, exponent = _INVERSE[name], None
        bracketed = self.peek() in _CLOSING and not (self.peek() == "|" and self._bars)
        inside = self.factor() if bracketed and exponent is None and self._powered() else None
        inside = inside or (self.base() if bracketed else self._running())
        result = Formula("logarithm", (base, inside)) if name == "log" and base else Formula(name, (inside,))
        if base and name != "log":
            raise UnreadFormula("an index of a function is not read")
        return Formula("^", (result, exponent)) if exponent else result

    def _powered(self) -> bool:
        """Whether a braced argument goes on, as in "ln {x}^2"; (x) is the argument itself."""
        return self.peek() == "{"

    def _running(self) -> Formula:
        """The argument of a function without brackets: sin 2x takes both factors, sin x cos x only the first."""
        total = self.factor()
        while (
            self._multiplies(self.peek()) and self.peek().lstrip("\\") not in FUNCTIONS and self.peek() not in _CLOSING
        ):
            if self.peek()[0].isdigit():
                raise UnreadFormula("two numbers side by side")
            total = Formula("*", (total, self.factor()))
        return total

    def argument(self, signed: bool = False) -> Formula:
        """Return the group, the command or the one digit or letter that LaTeX would take here."""
        if signed and self.peek() in ("-", "+"):
            sign = self.take()
            return Formula("*", (MINUS, self.argument())) if sign == "-" else self.argument()
        token = self.peek()
        if token.isdigit() and len(token) > 1:
            # \frac12 and x^12: LaTeX takes one digit, people who write 2^10 without braces mean ten.
            if signed:
                return number(self.take())
            self._tokens[self._at : self._at + 1] = [token[0], token[1:]]
        if token and token not in _CLOSING and token[0] != "\\" and not token[0].isalnum() and token[0] != ".":
            raise UnreadFormula(f"{token!r} is no argument")
        return self.base()

    def _letter(self, token: str, name: str) -> Formula:
        if name in self._bound:
            return Formula("variable", name=name)
        if name in ("pi", "i", "e") and self.peek() != "_":
            return Formula("constant", name=name)
        if not (name in _SYMBOLS if token[0] == "\\" else len(name) == 1 and name.isalpha()):
            raise UnreadFormula(f"{token!r} is not read")
        if name in "CAP" and (chosen := self._chosen(name)):
            return chosen
        primes = ""
        while self.peek() == "'":
            primes += self.take()
        if name in _CALLED and self.peek() == "(" and not self._bound:
            return Formula("called", self._listed(), name=name + primes)
        return Formula("variable", name=name + primes + (self._subscript() if self.peek() == "_" else ""))

    def _chosen(self, name: str) -> Formula | None:
        """Read C_{10}^3, A_5^2, P_5^2 and C(10,3): how many choices there are, with and without order."""
        op, start = ("choose" if name == "C" else "arranged"), self._at
        tail = "".join(self._tokens[start : start + 9])
        hit = re.match(r"_(?:\{(\w+)\}|(\w))\^(?:\{(\w+)\}|(\w))", tail) or re.match(r"\((\d+)()()(?=,),?(\d+)\)", tail)
        if not hit:
            return None
        above, below = hit[1] or hit[2], hit[3] or hit[4]
        digits = above.isdigit() and below.isdigit()
        if not digits if name != "C" or hit[0][0] == "(" else False:
            return None
        if digits and not 2 <= int(above) >= int(below):
            return None
        taken = 0
        while taken < len(hit[0]):
            taken += len(self._tokens[self._at])
            self._at += 1
        parts = [number(one) if one.isdigit() else Formula("variable", name=one) for one in (above, below)]
        if any(part.op == "variable" and len(part.name) != 1 for part in parts):
            raise UnreadFormula("an index is not read")
        return Formula(op, tuple(parts))

    def _subscript(self) -> str:
        self.take("_")
        start = self._at
        self.argument(signed=True)
        return "_" + "".join(part for part in self._tokens[start : self._at] if part not in "{}")


MINUS_ONE = Formula("*", (MINUS, ONE))
