"""Topics that are paths: `College--Algebra--Groups`, `A > B > C`, `A->B`, `A::B`, and `A/B/C` where it is one.

A slash joins words as often as it parts levels (`Addition/Subtraction`, `km/h`), so it counts only where the topics of
the whole file make a tree: several with one beginning, or all of the same depth of three and more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

SHOWN = " > "
"""How a path is written in a seed."""
_MATHS = re.compile(r"\$|\\[a-zA-Z]|[=<≤≥^]|\b[a-zA-Z]\s*>|>\s*[a-zA-Z0-9]\b(?!\w)")
_SIGNS = (
    re.compile(r"\s*(?:->|→|⟶|➔|=>)\s*"),
    re.compile(r"\s*(?:--+|——|::|»|›|\\\\)\s*"),
    re.compile(r"\s*>\s*"),
)
_SLASH = re.compile(r"\s*/\s*")
_DEEP = 3


def parts(text: str, slashes: bool = False) -> tuple[str, ...]:
    """Return the levels of a topic from the root; one level where it is no path."""
    for sign in (*_SIGNS, _SLASH) if slashes else _SIGNS:
        levels = tuple(level.strip() for level in sign.split(text.strip()))
        if len(levels) > 1 and all(levels) and not (sign is _SIGNS[2] and _MATHS.search(text)):
            return levels
    return (text.strip(),)


def slashes_part(topics: Iterable[str]) -> bool:
    """Whether slashes part the levels of these topics: a tree is seen in them."""
    paths = [_SLASH.split(topic.strip()) for topic in dict.fromkeys(topics) if "/" in topic and "://" not in topic]
    if not paths or not all(level.strip() for path in paths for level in path):
        return False
    begun = Counter(path[0] for path in paths)
    shared = sum(times for times in begun.values() if times > 1)
    return 2 * shared > len(paths) or (len(paths) > 1 and all(len(path) >= _DEEP for path in paths))


def shown(text: str, slashes: bool = False) -> str:
    """Return a topic in the one form that seeds have: its levels with ` > ` between them."""
    return SHOWN.join(parts(text, slashes))
