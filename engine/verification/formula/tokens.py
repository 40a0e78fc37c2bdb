"""Cut a formula into tokens: numbers, commands, words that are functions, letters, signs."""

from __future__ import annotations

import re

from engine.verification.formula.node import UnreadFormula

SPOKEN = (
    "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "sin", "cos", "tan", "cot", "sec", "csc", "ln", "log", "lg",
    "exp", "sqrt", "abs", "gcd", "lcm", "max", "min", "floor", "ceil", "pi", "mod", "det",
)  # fmt: skip
"""Functions that are also written without a backslash."""
_TOKEN = re.compile(
    rf"\s*(?:(\d+(?:\.\d*)?|\.\d+)|\\([a-zA-Z]+)|((?:{'|'.join(SPOKEN)})(?![a-zA-Z])|[a-zA-Z])|(\*\*|[-+*/^!(){{}}\[\]|_,=%'°⌊⌋⌈⌉]))"
)
_WORD = re.compile(r"(?<![\\a-zA-Z])[a-zA-Z]{3,}")


def tokens(text: str) -> list[str]:
    """Return the tokens of `text`; Unread where a sign is not known or where words stand in it."""
    for word in _WORD.findall(text):
        if word not in SPOKEN and not set(word) <= set("abcxyz"):
            # Without this, "apples" would be the product of six variables, and equal to any anagram.
            raise UnreadFormula(f"{word!r} is a word")
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
