"""Find the final answer of a text: the last box, else `#### x`, else a sentence that announces it."""

from __future__ import annotations

import re

_BOX = re.compile(r"\\f?boxed\s*(?=[{\w\\$-])|\\fbox\s*(?=\{)")
_HASHES = re.compile(r"^[ \t]*####[ \t]*(\S[^\n]*)$", re.MULTILINE)
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

    The last complete box wins, with nested braces; a box that was cut off is passed over. Without any box the last
    `#### x` line, then the last "the answer is x" in English or Chinese.
    """
    boxed = _last_box(text)
    if boxed is not None:
        return boxed
    hashes = _HASHES.findall(text)
    if hashes:
        return str(hashes[-1]).strip()
    for hit in reversed(list(_ANNOUNCED.finditer(text))):
        said = _announced(text[hit.end() : hit.end() + 2 * _LONGEST])
        if said:
            return said
    return None


def _last_box(text: str) -> str | None:
    for hit in reversed(list(_BOX.finditer(text))):
        inside = _group(text, hit.end()) if text[hit.end()] == "{" else _bare(text, hit.end())
        if inside and inside.strip():
            return inside.strip()
    return None


def _group(text: str, start: int) -> str | None:
    """Return what stands between the brace at `start` and its partner; escaped braces do not count."""
    depth, at = 0, start
    while at < len(text):
        mark = text[at]
        if mark == "\\":
            at += 2
            continue
        depth += (mark == "{") - (mark == "}")
        if depth == 0:
            return text[start + 1 : at]
        at += 1
    return None


def _bare(text: str, start: int) -> str | None:
    """Return the word after a box that has no braces."""
    word = re.match(r"[^\s$,;。]+", text[start:])
    return word[0].rstrip(".") if word else None


def _announced(rest: str) -> str | None:
    maths = _MATHS_FIRST.match(rest)
    if maths:
        return next(group for group in maths.groups() if group).strip()
    end = _SENTENCE_END.search(rest)
    said = rest[: end.start()] if end else rest
    said = said.strip(" \t*_`\"'“”:：,，")
    return said if said and len(said) <= _LONGEST else None
