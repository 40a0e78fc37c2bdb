"""Does a statement speak of a picture that it does not bring?"""

from __future__ import annotations

import re

_DRAWN = re.compile(
    r"\[asy\]|\\begin\{(?:tikzpicture|asy|picture)\}|\\includegraphics|!\[[^\]]*\]\(|<svg", re.IGNORECASE
)
_POINTS_AT = re.compile(
    r"\b(?:in|from|of|on|see|per|to) the (?:following |above |accompanying |given |attached )?"
    r"(?:figure|diagram|picture|image|drawing|illustration)\b(?! of\b)"
    r"|\b(?:figure|diagram|picture|graph|chart|table|grid|map|number line)s? (?:is |are )?"
    r"(?:shown |given |drawn |pictured )?(?:below|above)\b"
    r"|\b(?:as|is|are) (?:shown|pictured|illustrated|depicted|drawn) (?:in the|below|above|here)\b"
    r"|\bshown (?:below|above)\b|\b(?:shown|pictured|drawn) to the (?:left|right)\b"
    r"|\b(?:figure|fig\.) \d+\b"
    r"|如(?:下|右|左|上)?图|(?:下|右|左|上)图(?:中|是|为|所示)|图(?:中|所示)|见图",
    re.IGNORECASE,
)


def reference(statement: str) -> str | None:
    """Return the words that point at a picture, None where there are none or where the statement draws it itself."""
    if _DRAWN.search(statement):
        return None
    hit = _POINTS_AT.search(statement)
    return hit[0] if hit else None
