"""Find the final answer of a text: the last box, else `#### x`, else a sentence that announces it."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BOX = re.compile(r"\\f?boxed\s*(?=[{\w\\$-])|\\fbox\s*(?=\{)")
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
_BARE = re.compile(r"(?!-?[^\W\d_]{2})[^\s$,;。]+")
"""A word after a box without braces; one of letters alone belongs to a sentence about boxes."""
_BETWEEN = re.compile(r"[\s$]*(?:(?:[,;，；、和与及]|and\b|\\text\s*\{\s*and\s*\}|\\(?:quad|qquad|[,;]))[\s$]*)+")
"""What stands between boxes that give one answer together."""
_HEADING = re.compile(r"(?!(?:yes|no|true|false)\b)\W*(?:[^\W\d_]{2}|\d+[.)]\s+\S)", re.IGNORECASE)
"""How a Markdown heading of the fourth level begins, but no answer."""
_HASHES = re.compile(r"^[ \t]*####[ \t]*(\S[^\n]*)$", re.MULTILINE)
_COMMAS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ANNOUNCED = re.compile(
    r"(?:\b(?:final |correct )?answer(?:\s+(?:is|equals|would be|must be)\b|\s*(?:[:：=]|\*\*:))"
    r"|(?:最终|最后的?|正确)?答案(?:应该|应)?(?:是|为|选|等于)?\s*[:：]?|(?<![一-龥])答\s*[:：])[ \t*:：]*",
    re.IGNORECASE,
)
_MATHS_FIRST = re.compile(r"\$\$(.+?)\$\$|\$(?!\s)([^$\n]+?)\$(?!\d)|\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_SENTENCE_END = re.compile(r"\.(?=\s|$)|[\n。！？!?;；]|(?:,|，)(?=\s*[^\W\d_]{2})")
_LONGEST = 300
"""Characters of an announced answer; longer ones are explanations. Boxes may be longer."""


def extract_answer(text: str) -> str | None:
    """Return the final answer of `text`, None where it gives none.

    The last complete box wins, with nested braces, together with those right before it that only "and" or a comma
    parts from it; a box that was cut off is passed over. Without any box the last `#### x` line that is no heading of
    what follows, then the last "the answer is x" in English or Chinese.
    """
    marked = _boxed(text) or _hashed(text)
    if marked is not None:
        return marked
    for hit in reversed(list(_ANNOUNCED.finditer(text))):
        said = _announced(text[hit.end() : hit.end() + 2 * _LONGEST])
        if said:
            return said
    return None


def split_at_hashes(text: str) -> tuple[str, str]:
    """Return the work and the answer of a text in GSM8K's form: what stands before the last ####, and behind it.

    Thousands commas leave the answer. The whole text is the work where it has no such mark.
    """
    work, mark, answer = text.rpartition("####")
    return (work.strip(), _COMMAS.sub("", answer.strip())) if mark else (text.strip(), "")


def _boxed(text: str) -> str | None:
    found: list[str] = []
    begin = 0
    for start, end, inside in _boxes(text):
        if found and not _BETWEEN.fullmatch(text, end, begin):
            break
        found.insert(0, inside)
        begin = start
    return ", ".join(dict.fromkeys(found)) or None


def _boxes(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and content of the complete boxes, the last one first."""
    hits = list(_BOX.finditer(text))
    partner = _partners(text) if hits else {}
    for hit in reversed(hits):
        at = hit.end()
        if text[at] == "{":
            close = partner.get(at, at)
            inside, end = text[at + 1 : close].strip(), close + 1
        else:
            word = _BARE.match(text, at)
            end = word.end() if word else at
            inside = text[at:end].rstrip(".")
        if inside:
            yield hit.start(), end, inside


def _partners(text: str) -> dict[int, int]:
    """Return where each brace that opens is closed; escaped braces do not count."""
    open_at: list[int] = []
    found = {}
    for hit in _BRACES.finditer(text):
        if hit[0] == "{":
            open_at.append(hit.start())
        elif hit[0] == "}" and open_at:
            found[open_at.pop()] = hit.start()
    return found


def _hashed(text: str) -> str | None:
    for hit in reversed(list(_HASHES.finditer(text))):
        said = hit[1].strip()
        if not _HEADING.match(said) or not text[hit.end() :].strip():
            return str(said)
    return None


def _announced(rest: str) -> str | None:
    maths = _MATHS_FIRST.match(rest)
    if maths:
        return next(group for group in maths.groups() if group).strip()
    end = _SENTENCE_END.search(rest)
    said = rest[: end.start()] if end else rest
    said = said.strip(" \t*_`\"'“”:：,，")
    return said if said and len(said) <= _LONGEST else None
