"""How a reply becomes unreadable: cut short, without its markers, off the scale, or prose only.

Engines in the field do all four. A persona does it in a documented share of its replies.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from engine.abacus.tasks import TaskAnswer

_PROSE = (
    "I went through this with care and have no more to add at this moment.",
    "This is an interesting piece of work, and I enjoyed reading it from beginning to end.",
    "Here is what I think about it after reading everything twice.",
)


def unreadable(answer: TaskAnswer, rng: random.Random) -> str:
    """Return a text that the reader of this kind of answer cannot use, in one of the ways that fit it."""
    if answer.fields:
        ways: tuple[Callable[[TaskAnswer, random.Random], str], ...] = (_prose, _cut_early, _without_labels)
        if isinstance(answer.fields[0][1], float):
            ways = (*ways, _off_the_scale)
        return rng.choice(ways)(answer, rng)
    if answer.entries:
        return rng.choice((_prose, _cut_early))(answer, rng)
    return _cut_midway(answer, rng)


def _prose(answer: TaskAnswer, rng: random.Random) -> str:
    return rng.choice(_PROSE)


def _cut_early(answer: TaskAnswer, rng: random.Random) -> str:
    first = answer.fields[0][0] if answer.fields else "1"
    return answer.text[: rng.randint(1, max(1, len(first) - 1))]


def _without_labels(answer: TaskAnswer, rng: random.Random) -> str:
    return " ".join(str(value) for _, value in answer.fields[1:]) or rng.choice(_PROSE)


def _off_the_scale(answer: TaskAnswer, rng: random.Random) -> str:
    name, value = answer.fields[0]
    share = value if isinstance(value, float) else 1.0
    high = f"{name}: {max(2.0, share * 100):.0f}"
    return "\n".join([high, *answer.text.splitlines()[1:]])


def _cut_midway(answer: TaskAnswer, rng: random.Random) -> str:
    """Cut prose before what matters: a problem after its marker, a solution before its box."""
    marker = re.search(r"^Problem:", answer.text, re.MULTILINE)
    if marker:
        return answer.text[: marker.end()]
    stop = answer.text.find("\\boxed")
    return answer.text[: max(1, rng.randint(len(answer.text) // 4, len(answer.text) // 2))][
        : stop if stop > 0 else None
    ]
