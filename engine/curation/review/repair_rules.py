"""What an edit repaired, as a rule that can be held against other texts: a replaced word, notation, unit or pattern.

The edit is compared token by token. Each stretch that changed becomes a repair: what stood there, what stands there
now. Numbers that moved along are held open, so that `$5` becoming `5 dollars` also finds `$12`. A change of numbers
alone is a correction of one problem and no flaw that others could share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

MOST_REPAIRS, LONGEST = 6, 200
"""Repairs of one edit that are offered, and characters of what one of them replaces."""
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|\d+(?:\.\d+)?|[^\W\d_]+(?:['’][^\W\d_]+)*|\s+|.", re.DOTALL)
_NUMBER = r"\d+(?:\.\d+)?"
_TEXTS_AT_ONCE = 3_000
"""Tokens of a text beyond which an edit is not compared: the comparison grows with the square of the length."""


@dataclass(frozen=True)
class Repair:
    """A stretch of tokens and what replaces it; with `masked`, any numbers may stand where its numbers stand."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    masked: bool = False

    @property
    def before(self) -> str:
        """What is replaced, as a person reads it."""
        return self._read(self.old)

    @property
    def after(self) -> str:
        """What replaces it."""
        return self._read(self.new)

    @cached_property
    def loose(self) -> str:
        """A pattern without looks around, for a first search in a database (RE2)."""
        return _pattern(self.old, self.masked, capture=False)

    def apply(self, text: str) -> str:
        """Return the text repaired; itself where it has no such flaw, and again itself once it is repaired."""
        done = [hit.span() for hit in self._repaired.finditer(text)] if self._repaired else []

        def mend(hit: re.Match[str]) -> str:
            if any(start <= hit.start() and hit.end() <= end for start, end in done):
                return hit[0]
            return self._filled(hit.groups())

        return self._flawed.sub(mend, text)

    @cached_property
    def _flawed(self) -> re.Pattern[str]:
        return _whole(self.old, self.masked)

    @cached_property
    def _repaired(self) -> re.Pattern[str] | None:
        """What has been repaired already may hold the flaw's words: `5 km` within `5 km/h`."""
        return _whole(self.new, self.masked) if self.new and "".join(self.old) in "".join(self.new) else None

    def _filled(self, numbers: Sequence[str]) -> str:
        if not self.masked:
            return "".join(self.new)
        places = {token: place for place, token in reversed(list(enumerate(filter(_is_number, self.old))))}
        return "".join(numbers[places[token]] if _is_number(token) else token for token in self.new)

    def _read(self, tokens: Sequence[str]) -> str:
        return "".join("…" if self.masked and _is_number(token) else token for token in tokens)


def derive(before: str, after: str) -> tuple[Repair, ...]:
    """Return the repairs that an edit of a text consists of, in their order; none where it rewrote too much."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > _TEXTS_AT_ONCE:
        return ()
    found: dict[Repair, None] = {}
    for i, j, k, m in _stretches(old, new):
        repair = _repair(old, new, i, j, k, m)
        if repair is not None and len(repair.before) <= LONGEST and repair.apply(before) != before:
            found[repair] = None
    return tuple(found)[:MOST_REPAIRS]


def _stretches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield what changed as (i, j, k, m): old[i:j] became new[k:m]; what lies one word apart is one change."""
    codes = [code[1:] for code in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if code[0] != "equal"]
    while codes:
        i, j, k, m = codes.pop(0)
        while codes and sum(not token.isspace() for token in old[j : codes[0][0]]) <= 1:
            _, j, _, m = codes.pop(0)
        yield i, j, k, m


def _repair(old: Sequence[str], new: Sequence[str], i: int, j: int, k: int, m: int) -> Repair | None:
    """Return the change as a repair, with a neighbour on each side where it would be too general without."""
    if not _telling(old[i:j]):
        left, right = _neighbour(old, i, -1), _neighbour(old, j, 1)
        i, k, j, m = i - left, k - left, j + right, m + right
        if not _telling(old[i:j]):
            return None
    was, now = tuple(old[i:j]), tuple(new[k:m])
    if [token for token in was if not _is_number(token)] == [token for token in now if not _is_number(token)]:
        return None
    numbers = set(filter(_is_number, was))
    return Repair(was, now, masked=bool(numbers) and numbers >= set(filter(_is_number, now)))


def _telling(tokens: Sequence[str]) -> bool:
    """Whether a stretch says enough to be looked for: a word, a command, a rare sign, a unit, or three tokens."""
    solid = [token for token in tokens if not token.isspace()]
    if any(token in "$%" for token in solid) and any(map(_is_number, solid)):
        return True
    rare = any(not token.isalnum() and token not in ".,;:!?()[]{}$=+-*/^_<>&|'\"" for token in solid)
    return rare or any(len(token) > 1 and token.isalpha() for token in solid) or len(solid) > 2


def _neighbour(tokens: Sequence[str], at: int, step: int) -> int:
    """Return how many tokens from `at` reach over the next one that is no white space; 0 at the end of the text."""
    taken = 0
    place = at - 1 if step < 0 else at
    while 0 <= place < len(tokens):
        taken += 1
        if not tokens[place].isspace():
            return taken
        place += step
    return 0


def _whole(tokens: Sequence[str], masked: bool) -> re.Pattern[str]:
    """Return a pattern that matches whole words, numbers and commands only."""
    first, last = tokens[0], tokens[-1]
    begin = r"(?<![\d.])" if _is_number(first) else r"(?<!\w)(?<!\\)" if first[0].isalnum() else r"(?<!\\)"
    end = r"(?![a-zA-Z])" if _is_command(last) else r"(?!\w)" if last[-1].isalnum() else ""
    if tokens[0] == "$" and "$" not in tokens[1:]:
        # Money, and not the beginning of a formula.
        end += r"(?!\$|\s*[\\^_=+*/-])"
    return re.compile(begin + _pattern(tokens, masked, capture=True) + end)


def _is_command(token: str) -> bool:
    """Whether a token is a command of letters."""
    return token[0] == "\\" and token[1:].isalpha()


def _pattern(tokens: Sequence[str], masked: bool, *, capture: bool) -> str:
    number = f"({_NUMBER})" if capture else r"\d+(\.\d+)?"
    return "".join(
        r"\s+" if token.isspace() else number if masked and _is_number(token) else re.escape(token) for token in tokens
    )


def _is_number(token: str) -> bool:
    return token[0].isdigit()
