"""Names of columns, compared as people mean them: `answerKey`, `answer_key` and `Answer Key` are one."""

from __future__ import annotations

import re
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")
_SHOWN = 60


@lru_cache(maxsize=4096)
def key(column: str) -> str:
    """Return a name without case, blanks and signs."""
    return _SIGNS.sub("", column.casefold())


def shown(column: str) -> str:
    """Return a name as it can be printed on a line: cut, and without what moves a terminal's cursor."""
    cut = column if len(column) <= _SHOWN else f"{column[:_SHOWN]}…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in cut)


@lru_cache(maxsize=4096)
def tail(column: str) -> str:
    """Return the key of the last part of a name such as `extra_info.answer`."""
    return key(column.rpartition(".")[2])
