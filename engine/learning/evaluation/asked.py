"""What a question says about the form of its answer: in lowest terms, in an order, or as the value of an expression."""

from __future__ import annotations

import math
import re

from engine.verification.answers import equivalent
from engine.verification.answers.notation import plain
from engine.verification.answers.scanning import listed

_LOWEST = re.compile(
    r"\bcommon fraction\b|\b(?:simplified|reduced)\s+(?:common |proper |improper )?fraction\b|\blowest terms\b"
    r"|\b(?:simplest|most simplified) (?:fractional )?form\b|最简分数",
    re.IGNORECASE,
)
_COMMON = re.compile(r"\bcommon fraction\b", re.IGNORECASE)
_FRACTION = re.compile(
    r"-?\s*(?:\\frac\s*(?:\{\s*(-?\d{1,18})\s*\}|(\d))\s*(?:\{\s*(\d{1,18})\s*\}|(\d))|(\d{1,18})\s*/\s*(\d{1,18}))"
)
_DECIMAL = re.compile(r"\d\.\d")
_CALL = r"\$?\s*[A-Za-z]\s*\(\s*-?\d+\s*\)\s*\$?"
_SEVERAL_CALLS = re.compile(
    rf"\b(?:values? of|find|determine|compute|calculate)\s+(?:{_CALL}\s*(?:,|，|and|\s)\s*(?:and\s+)?)+{_CALL}", re.I
)
_LOOKS = re.compile(r"\\(?:left|right|displaystyle|,|!|;|:|quad)|[\s${}]|\\[()\[\]]")


def out_of_form(said: str, wanted: str, question: str) -> str:
    """Return why an answer of the right value is not what a question asked for; '' where nothing is against it.

    A question that asks for a common fraction, or for lowest terms, is not answered by 58/87 or by 10.5; one that asks
    for T(10), T(11) and T(12) has its answers in that order. Nothing is asked that the expected answer is not.
    """
    if _LOWEST.search(question) and not _reduced(said) and _reduced(wanted):
        return "not in lowest terms, which the question asks for"
    if _COMMON.search(question) and _DECIMAL.search(said) and not _DECIMAL.search(wanted):
        return "a decimal where the question asks for a common fraction"
    if _SEVERAL_CALLS.search(question) and not _same_order(said, wanted):
        return "in another order than the question asks for"
    return ""


def _reduced(text: str) -> bool:
    """Whether a text that is one fraction of whole numbers is in lowest terms; True for anything else."""
    hit = _FRACTION.fullmatch(plain(text))
    if not hit:
        return True
    top, bottom = int(hit[1] or hit[2] or hit[5]), int(hit[3] or hit[4] or hit[6])
    return math.gcd(top, bottom) == 1


def _same_order(said: str, wanted: str) -> bool:
    one, other = listed(plain(said)), listed(plain(wanted))
    return len(one) != len(other) or len(one) < 2 or all(map(equivalent, one, other))


def names_what_is_asked(said: str, wanted: str, question: str) -> bool:
    """Return whether `x + y = 7` gives the expected 7 to a question that asks what x + y is."""
    left, sign, right = said.rpartition("=")
    expression = _LOOKS.sub("", left)
    if not sign or "=" in left or len(expression) < 2 or not re.search(r"[A-Za-z]", expression):
        return False
    return expression in _LOOKS.sub("", question) and equivalent(right, wanted)
