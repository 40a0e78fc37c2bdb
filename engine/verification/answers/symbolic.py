"""The last resort for what our own reader does not read: math-verify over SymPy, held to so many steps.

Its own time limits need signals, which threads and workers do not have, and any clock would let the verdict depend on
what else the machine does. Here the input is bounded in length and shape, and a profile function of the calling thread
counts calls and returns, and raises when there were too many: SymPy is Python through and through.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

STEPS = 6_000_000
"""Calls and returns of one comparison: some three seconds of an idle core; what ends, ends with a tenth of that."""
LONGEST = 160
"""Characters of an answer that are still handed on."""
_COSTLY = re.compile(
    r"\d{4,}\D*!|\^\s*[{(]?\s*-?\d{4,}|\^\s*[{(]+[^{}()]*[\^!]|!\s*[)}]*\s*[!^]|\^\S\^|\\(?:int|sum|prod|lim|iint|oint)(?![a-z])"
)
_MATHEMATICAL = re.compile(r"[\d\\^=+*/_]")
_TALK = re.compile(
    r"(?<![\\a-zA-Z])(?!sin|cos|tan|cot|sec|csc|log|exp|sqrt|arc)[a-zA-Z]{3,}|[=:&␤]|\\\\approx|\d\s+[\d.]"
)
"""Sentences, equations, tables, rows of numbers: math-verify picks one number out of them as the answer."""


class _TooManySteps(BaseException):
    """Not an Exception, so that nobody in between takes it for an error of their own."""


def same_by_symbols(a: str, b: str) -> bool:
    """Return whether math-verify holds the answers equal, either way round; False where it fails or has no end."""
    if max(len(a), len(b)) > LONGEST or not all(_MATHEMATICAL.search(text) for text in (a, b)):
        return False
    if any(_COSTLY.search(text) or _TALK.search(text) for text in (a, b)):
        return False
    _load()
    try:
        with _bounded(STEPS):
            return _verified(a, b)
    except _TooManySteps:
        return False


@cache
def _load() -> None:
    """Import the library before steps are counted: its import is no part of a comparison."""
    importlib.import_module("math_verify")


def _verified(a: str, b: str) -> bool:
    from math_verify import parse, verify

    # It warns at every call that its own time limit is off; ours is on.
    logging.getLogger("math_verify").setLevel(logging.ERROR)
    left, right = (parse(f"${_latex(text)}$", parsing_timeout=None) for text in (a, b))
    if not left or not right:
        return False
    # math-verify treats its two sides differently; equality here is symmetric.
    return bool(verify(left, right, timeout_seconds=None) and verify(right, left, timeout_seconds=None))


def _latex(text: str) -> str:
    return text.replace("⦃", r"\{").replace("⦄", r"\}").replace("∞", r"\infty ")


@contextmanager
def _bounded(steps: int) -> Iterator[None]:
    """Raise _TooManySteps in the block after so many calls and returns, in any thread and beside other profilers."""
    before = sys.getprofile()
    left = steps

    def watch(_frame: FrameType, _event: str, _arg: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise _TooManySteps

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
