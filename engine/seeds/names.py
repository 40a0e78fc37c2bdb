"""Names of columns, compared as people mean them: `answerKey`, `answer_key` and `Answer Key` are one."""

from __future__ import annotations

import re
from functools import lru_cache

_SIGNS = re.compile(r"[\W_]+")


@lru_cache(maxsize=4096)
def key(column: str) -> str:
    """Return a name without case, blanks and signs."""
    return _SIGNS.sub("", column.casefold())


@lru_cache(maxsize=4096)
def tail(column: str) -> str:
    """Return the key of the last part of a name such as `extra_info.answer`."""
    return key(column.rpartition(".")[2])
