"""Read a formula: enough LaTeX and plain notation for final answers, in time linear in their length."""

from __future__ import annotations

import re
from fractions import Fraction

from engine.verification.formula.node import DEEPEST, LONGEST, MINUS, ONE, Formula, TooLarge, UnreadFormula, number
from engine.verification.formula.reckoning import FUNCTIONS

_WORDS = "|".join(sorted([*FUNCTIONS, "sqrt", "pi", "abs"], key=len, reverse=True))
_TOKEN = re.compile(
    rf"\s*(?:(\d+(?:\.\d*)?|\.\d+)|\\([a-zA-Z]+)|((?:{_WORDS})(?![a-zA-Z])|[a-zA-Z])|(\*\*|[-+*/^!(){{}}\[\]|_]))"
)
_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,}")
_CLOSING = {"(": ")", "{": "}", "[": "]", "|": "|"}
_SYMBOLS = frozenset(
    (
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "kappa", "lambda", "mu", "nu", "xi",
        "rho", "sigma", "tau", "phi", "varphi", "psi", "omega",
    )
)  # fmt: skip


def read(text: str) -> Formula:
    """Return the formula that `text` writes; Unread where it is none, too long or nested too deep."""
    if len(text) > LONGEST:
        raise TooLarge("too long")
    for word in _WORD.findall(text):
        if word not in FUNCTIONS and word not in ("sqrt", "abs") and not set(word) <= set("abcxyz"):
            # Without this, "apples" would be the product of six variables, and equal to any anagram.
            raise UnreadFormula(f"{word!r} is a word")
    reader = _Reader(_tokens(text))
    formula = reader.sum()
    if reader.peek():
        raise UnreadFormula(f"{reader.peek()!r} is left over")
    return formula


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        hit = _TOKEN.match(text, at)
        if not hit:
            raise UnreadFormula(f"{text[at : at + 12]!r} is not read")
        digits, command, word, sign = hit.groups()
        found.append(digits or (f"\\{command}" if command else word or sign.replace("**", "^")))
        at = hit.end()
    return found


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
            raise UnreadFormula(f"{wanted or 'something'} is missing")
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
                    raise UnreadFormula("two numbers side by side")
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
        if name in FUNCTIONS or name == "abs":
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
        return number(whole)

    def _group(self, opening: str) -> Formula:
        self._bars, before = (self._bars + 1, self._bars) if opening == "|" else (0, self._bars)
        inside = self.sum()
        self.take(_CLOSING[opening])
        self._bars = before
        return Formula("abs", (inside,)) if opening == "|" else inside

    def _root(self) -> Formula:
        degree = number("2")
        if self.peek() == "[":
            degree = self._group(self.take())
        return Formula("^", (self.argument(), Formula("/", (ONE, degree))))

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
            self._multiplies(self.peek()) and self.peek().lstrip("\\") not in FUNCTIONS and self.peek() not in _CLOSING
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
                return number(self.take())
            self._tokens[self._at : self._at + 1] = [token[0], token[1:]]
        return self.base()

    def _letter(self, token: str, name: str) -> Formula:
        if name in ("pi", "i", "e"):
            return Formula("constant", name=name)
        if not (name in _SYMBOLS if token[0] == "\\" else len(name) == 1 and name.isalpha()):
            raise UnreadFormula(f"{token!r} is not read")
        return Formula("variable", name=name + self._subscript() if self.peek() == "_" else name)

    def _subscript(self) -> str:
        self.take("_")
        start = self._at
        self.argument(signed=True)
        return "_" + "".join(part for part in self._tokens[start : self._at] if part not in "{}")
