"""Sentences of a statement, in English and Chinese: which of them asks, and whether two texts say the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_END = re.compile(r"(?:[。．！？；]|(?<![.?!])[.?!]++(?=[\"'”’)\]$]*(?:\s|$)))[\"'”’)\]）」$]*\s*")
_SHORT = re.compile(r"(?:^|[\s(])(?:mr|mrs|ms|dr|st|prof|vs|no|fig|eq|e\.g|i\.e)\.$", re.IGNORECASE)
"""Abbreviations whose full stop ends no sentence."""
_ASKS = re.compile(
    r"[?？][\"'”’)\]）」$]*$"
    r"|^(?:then |and |hence )?(?:find|determine|compute|calculate|evaluate|solve|simplify|factor|expand|count|estimate"
    r"|construct|what|how|prove|show)\b"
    r"|^(?:求|计算|试求|问|证明)|多少|[是为]几",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r",\s+(?=(?:then |and )?(?:how|what|which|find|determine|compute|calculate)\b)"
    r"|[，,](?=[^，,]*(?:多少|[是为有剩]几|求|几[个天年]))",
    re.IGNORECASE,
)
_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]{2,}")
_FORMULA = re.compile(r"\${1,2}[^$]+\${1,2}|\\[A-Za-z]+")
_WORD = re.compile("[\u3400-\u9fff]|[^\\W_\u3400-\u9fff]+")


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences in order; joined without anything between they are the text again."""
    return tuple(_cut(text))


def _cut(text: str) -> Iterator[str]:
    begin = 0
    for hit in _END.finditer(text):
        if hit.end() == len(text) or not _goes_on(text, hit):
            yield text[begin : hit.end()]
            begin = hit.end()
    if begin < len(text):
        yield text[begin:]


def _goes_on(text: str, hit: re.Match[str]) -> bool:
    """A full stop before a small letter, or of `Dr.`, is inside a sentence."""
    if hit[0][0] != ".":
        return False
    return text[hit.end()].islower() or bool(_SHORT.search(text[max(0, hit.start() - 6) : hit.start() + 1]))


def parted(text: str) -> tuple[str, str]:
    """Return what comes before the question, and the question.

    The question is the last sentence; where that asks nothing (`Express your answer as a fraction.`) it begins with
    the last sentence that does. Of `If he sells 5, how many are left?` only the second clause is the question.
    The first part is '' where everything is asked in one breath.
    """
    pieces = sentences(text.strip())
    asking = [at for at, piece in enumerate(pieces) if _ASKS.search(piece.strip())]
    begin = asking[-1] if asking else len(pieces) - 1
    told, asked = "".join(pieces[:begin]), "".join(pieces[begin:])
    clauses = list(_CLAUSE.finditer(pieces[begin])) if pieces else []
    at = clauses[-1].end() if clauses else 0
    return f"{told}{asked[:at]}".strip(), asked[at:].strip()


def asks(text: str) -> bool:
    """Tell whether a sentence of the text asks for something."""
    return any(_ASKS.search(piece.strip()) for piece in sentences(text))


def chinese(text: str) -> bool:
    """Tell whether the text has at least as many Chinese characters as Latin words, formulas left aside."""
    han = len(_HAN.findall(text))
    return han > 0 and han >= len(_LATIN.findall(_FORMULA.sub(" ", text)))


def folded(text: str) -> str:
    """Return the words alone, in small letters: what is left when two texts differ in spacing and marks only."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).lower()))
