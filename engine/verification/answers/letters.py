"""Choice letters in a text: `(B) 14`, `A, C`, `Choose B`; or `Option C is correct`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTER = re.compile(
    r"[*_\s]*(?:(?:option|choice|选项?)\s*)?(?:[(（]\s*([A-J])\s*[)）]|([A-J])(?=[.)）:：、]\s|．|[)）]|[*_]))[*_.:：、\s]*([^\n]*)"
)
_BARE_LETTER = re.compile(r"[*_\s]*(?:option |choice )?([A-J])[*_]*\s*(?:[.．。,，;\n]|$)")
_LETTERS = re.compile(r"[*_\s(（]*[A-J](?:[\s,，、;；&和()（）]|and|\\text\{[^{}]*\})+[A-J](?![A-Za-z])")
"""Several choices at once: they are one answer, and no letter with its text."""
_ONLY_LETTERS = re.compile(
    r"[*_\s]{0,9}((?:[(（]?[A-J][)）]?(?:\s*[,，、;；&和]\s*|\s*,?\s*and\s+))+[(（]?[A-J][)）]?)[*_\s]*[.。]?[*_\s]*"
)
_ONE = r"(?P<dress>[*_(（]{0,4})(?P<letter>[A-J])[*_)）]{0,4}"
_CHOOSE = re.compile(
    r"(?<!to )(?<!not )\b(?:choose|chose|pick|select|selected|go with|mark)\s+"
    r"(?:the\s+)?(?:(?:option|choice|answer|letter)\s+)?"
    rf"{_ONE}\s*(?:[.!,;。，]|\n|\Z)",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"(?:\b(?:option|choice|answer|statement)\s+|(?<![\w(])(?=[*_]{0,4}\()|(?:\A|[.\n:,，。]\s{0,3}|\b(?:so|thus|therefore|hence)\s+))"
    rf"{_ONE}\s*(?:,?\s*which is [^.\n]{{1,40}},?\s*)?(?:is|must be|would be)\s+(?:therefore |thus |hence |indeed )?"
    r"(?:the\s+)?(?:only\s+)?(?:correct|right|best|true)\b(?:\s+(?:one|option|choice|answer|statement))?",
    re.IGNORECASE,
)
_OF_STUDENTS = re.compile(r"\s+(?:about|that|to)\b", re.IGNORECASE)
"""Behind "A is right": it is somebody, and no option."""
_CHINESE_RIGHT = re.compile(rf"选项?\s*{_ONE}\s*(?:是)?(?:正确|对)(?!吗)")
_CUES = re.compile(r"正确|对|choose|chose|pick|select|go with|mark|correct|right|best|true", re.IGNORECASE)


def letter_of(said: str) -> tuple[str, str] | None:
    """Return the choice letter that a text begins with and the option behind it, None where it is no choice."""
    if _LETTERS.match(said):
        return None
    if hit := _BARE_LETTER.match(said):
        return hit[1], ""
    if hit := _LETTER.match(said):
        return hit[1] or hit[2], hit[3].strip(" *_.。$")
    return None


def letters_of(said: str) -> list[str]:
    """Return the choice letters of a text that is nothing but several of them, `A, C` or `(A) and (C)`; or none."""
    hit = _ONLY_LETTERS.fullmatch(said)
    return re.findall(r"[A-J]", hit[1]) if hit else []


def picked(text: str) -> Iterator[int]:
    """Yield where a letter stands that a sentence chooses or calls the right option."""
    if not _CUES.search(text):
        return
    for form in (_CHOOSE, _RIGHT, _CHINESE_RIGHT):
        for hit in form.finditer(text):
            at = hit.start("letter")
            question = text[hit.end() - 1 : hit.end() + 60].partition("\n")[0].partition(".")[0].endswith("?")
            if text[at].isupper() and not question and not _OF_STUDENTS.match(text, hit.end()):
                yield at
