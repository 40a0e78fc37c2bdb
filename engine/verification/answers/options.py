"""Choice letters: `B`, `Option B`, `(b)`, `(B) 14`; several of them are one answer and no letter."""

from __future__ import annotations

import re

_OPTION = re.compile(
    r"^(?:(?i:option|choice|answer)\s*:?\s+|选项?)?\(?\s*([A-J])\s*(?:\)|[.:](?=\s|$)|$)\s*(.*)$", re.DOTALL
)
_SMALL_OPTION = re.compile(r"^(?:(?i:option|choice|answer)\s*:?\s+)?\(([a-e])\)(?:$|\s+(?=[\w\\$(]))(.*)$", re.DOTALL)
_SMALL_NAMED = re.compile(r"^(?i:option|choice)\s+([a-e])()$")
_MORE_LETTERS = re.compile(r"(?:(?:and|or|&|,|、|和|或|/)\s*\(?|\()\s*[A-J]\s*\)?(?![A-Za-z])", re.IGNORECASE)
"""Behind a letter: several choices are one answer, and none of them stands for it."""


def chosen(text: str) -> tuple[str, str] | None:
    """Return the letter and what stands behind it; an empty letter for several, None where no letter stands."""
    hit = _OPTION.match(text) or _SMALL_OPTION.match(text) or _SMALL_NAMED.match(text)
    if not hit:
        return None
    return ("", text) if _MORE_LETTERS.match(hit[2]) else (hit[1], hit[2])
