"""The last resort for what our own reader does not read: math-verify over SymPy, held to a deadline.

Its own time limits need signals, which threads and workers do not have. Here the input is bounded in length and shape,
and a profile function of the calling thread raises when the time is over: SymPy is Python through and through, so it
passes there thousands of times a second.
"""

from __future__ import annotations

import importlib
import logging
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import FrameType

SECONDS = 2.0
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


class _TimeIsUp(BaseException):
    """Not an Exception, so that nobody in between takes it for an error of their own."""


def same_by_symbols(a: str, b: str) -> bool:
    """Return whether math-verify holds the answers equal, either way round; False where it fails or takes too long."""
    if max(len(a), len(b)) > LONGEST or not all(_MATHEMATICAL.search(text) for text in (a, b)):
        return False
    if any(_COSTLY.search(text) or _TALK.search(text) for text in (a, b)):
        return False
    _load()
    try:
        with _deadline(SECONDS):
            return _verified(a, b)
    except _TimeIsUp:
        return False


@cache
def _load() -> None:
    """Import the library before the clock runs: its import takes a second or more, and is no part of a comparison."""
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
def _deadline(seconds: float) -> Iterator[None]:
    """Raise _TimeIsUp inside the block when `seconds` are over; works in every thread, nests with other profilers."""
    before = sys.getprofile()
    end = time.monotonic() + seconds

    def watch(_frame: FrameType, _event: str, _arg: object) -> None:
        if time.monotonic() > end:
            raise _TimeIsUp

    sys.setprofile(watch)
    try:
        yield
    finally:
        sys.setprofile(before)
