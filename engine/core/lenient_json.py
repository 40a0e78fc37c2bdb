"""JSON as people and models write it: formulas with single backslashes, NaN, a comma too many, rows of Python.

What was meant by a single backslash is told in `lost_backslashes`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from engine.core.lost_backslashes import control_character, is_suspect, mended_backslashes

__all__ = ["control_character", "documents", "is_suspect", "loads", "mended_backslashes", "shallow"]

_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])', re.DOTALL)
_BLANK = re.compile(r"[\s,\x1e]*")
_LONGEST_PYTHON = 1 << 22
_LONGEST_MENDED = 1 << 24
"""Characters of a text in which commas too many are looked for: in a long string that costs far more than its size."""
MOST_LEVELS = 100
"""Levels of a value; what reads it goes down level by level, and no row of data is nested like that."""
_TOO_DEEP = f"it is nested more than {MOST_LEVELS} levels deep"
_TOKENS = re.compile(
    r"""(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>\b(?:np|numpy)\.\w+\((?P<held>[^()]*)\))"""
    r"""|(?P<array>\barray\((?P<listed>\[[^()]*\])(?:,\s*dtype=[^()]*)?\))|(?P<name>-?\b[A-Za-z]+\b)""",
    re.DOTALL,
)
_VALUES = {
    "null": "None", "true": "True", "false": "False", "undefined": "None", "nan": "'NaN'", "NaN": "'NaN'",
    "inf": "1e999", "Infinity": "1e999", "-inf": "-1e999", "-Infinity": "-1e999",
}  # fmt: skip


def loads(text: str) -> Any:
    """Return the value of a JSON text; ValueError says what is wrong where nothing sensible can be read."""
    mended = mended_backslashes(text)
    try:
        with _said():
            return shallow(json.loads(mended, strict=False))
    except json.JSONDecodeError as error:
        for read in (_without_commas, _of_python):
            try:
                return shallow(read(mended if read is _without_commas else text))
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue
        raise error


def documents(text: str) -> Iterator[Any]:
    """Yield the values that stand one after the other in a text, such as objects printed over several lines."""
    mended = mended_backslashes(text)
    decoder = json.JSONDecoder(strict=False)
    at = _after_blank(mended, 0)
    while at < len(mended):
        with _said():
            value, at = decoder.raw_decode(mended, at)
        yield shallow(value)
        at = _after_blank(mended, at)


def shallow(value: Any) -> Any:
    """Return a value of JSON; ValueError where it is nested more deeply than anything that reads it can follow."""
    level = [value]
    for _ in range(MOST_LEVELS + 1):
        level = [
            inner for outer in level if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer) if isinstance(inner, dict | list)
        ]  # fmt: skip
        if not level:
            return value
    raise ValueError(_TOO_DEEP)


@contextmanager
def _said() -> Iterator[None]:
    """Say in words what Python's reader does not take, beside what is no JSON."""
    try:
        yield
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except json.JSONDecodeError:
        raise
    except ValueError:  # Python makes no whole number of so many digits.
        raise ValueError(f"a number has more than {sys.get_int_max_str_digits():,} digits") from None


def _without_commas(text: str) -> Any:
    if len(text) > _LONGEST_MENDED:
        raise ValueError("too long to be mended")
    return json.loads(_COMMA.sub(lambda hit: hit[1] or "", text), strict=False)


def _of_python(text: str) -> Any:
    """Read what `print(row)` writes, and JSON in single quotes: only literals are read, nothing is called."""
    if len(text) > _LONGEST_PYTHON or "'" not in text:
        raise ValueError("no row of Python")
    return ast.literal_eval(_TOKENS.sub(_literal, mended_backslashes(text.strip(), python=True)))


def _literal(token: re.Match[str]) -> str:
    """Return a token of Python as a literal: names of JSON and of numbers, numbers and arrays of numpy."""
    if token["number"]:
        return token["held"] or "None"
    return token["text"] or token["listed"] or _VALUES.get(token["name"], token["name"])


def _after_blank(text: str, at: int) -> int:
    hit = _BLANK.match(text, at)
    return hit.end() if hit else at
