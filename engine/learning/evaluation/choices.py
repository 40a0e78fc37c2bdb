"""Multiple choice: the options of a question, the letters of an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LETTERS = "ABCDEFGHIJ"
_LETTERS = re.compile(r"^[(\[（]?\s*([A-J](?:[\s,，、;&]*(?:and|和|与)?[\s,，、;&]*[A-J])*)\s*[)\]）]?\s*[.。]?$")
_DRESSED = re.compile(r"\\(?:text|mathrm|mathbf|textbf|rm|bf)\s*\{([^{}]*)\}|[${}*]|\\[()\[\],;! ]")
_CALLED = re.compile(
    r"^(?:the\s+)?(?:correct\s+)?(?:options?|choices?|answers?|选项?)\s*(?:is|are|为|是)?\s*[:：]?\s*", re.I
)
_MARK = re.compile(r"(?:^|(?<=[\s(（,，;；。.:：]))(?:[(（]?([A-J])\s?[.．:：、)）]|\(([a-j])\))\s*", re.MULTILINE)
_CHOSEN = re.compile(
    r"(?:故?选择?(?:项)?(?:是|为)?|option|choice)\s*[:：]?\s*[(（]?([A-J](?:[,，、\s]*[A-J])*)[)）]?(?![a-zA-Z])"
)
_FEWEST, _MOST = 2, 10


def letters_in(said: str) -> str:
    """Return the letters of an answer that is nothing but letters, such as `(B)` or `A C D`, in their order; or ''."""
    bare = _DRESSED.sub(lambda hit: hit[1] or "", said).strip()
    if re.fullmatch(r"\([a-j]\)", bare):
        return bare[1].upper()
    hit = _LETTERS.match(_CALLED.sub("", bare))
    found = re.findall(r"[A-J]", hit[1]) if hit else []
    return "".join(sorted(set(found))) if len(set(found)) == len(found) else ""


def chosen_in(text: str) -> str:
    """Return the letters of the last sentence that says which option is chosen, '' where there is none."""
    found = _CHOSEN.findall(text)
    if found:
        return "".join(sorted(set(re.findall(r"[A-J]", found[-1]))))
    lines = [line for line in text.splitlines() if line.strip()]
    return letters_in(lines[-1]) if lines else ""


def options_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return the options that a row keeps in fields of their own, by letter; none where it has no such field."""
    given = fields.get("options") or fields.get("choices") or fields.get("answer_option_list")
    if isinstance(given, str):
        return options_within(given)
    if isinstance(given, Mapping):
        return _of_mapping(given)
    if isinstance(given, list | tuple):
        return _of_list(given)
    lettered = {letter: fields[letter.lower()] for letter in LETTERS[:5] if isinstance(fields.get(letter.lower()), str)}
    return {letter: str(text).strip() for letter, text in lettered.items()} if len(lettered) >= _FEWEST else {}


def options_within(text: str) -> dict[str, str]:
    """Return the options that stand in a text as `A. ... B. ...`: those of the last row of letters from A on."""
    marks = list(_MARK.finditer(text))
    best: list[re.Match[str]] = []
    for start, mark in enumerate(marks):
        if _letter(mark) == "A":
            run = _run(marks[start:])
            best = run if len(run) >= _FEWEST else best
    ends = [*(mark.start() for mark in best[1:]), len(text)]
    return {_letter(mark): text[mark.end() : end].strip(" \t\n;；") for mark, end in zip(best, ends, strict=False)}


def _letter(mark: re.Match[str]) -> str:
    return (mark[1] or mark[2]).upper()


def _run(marks: list[re.Match[str]]) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    for mark in marks:
        if len(found) < _MOST and _letter(mark) == LETTERS[len(found)]:
            found.append(mark)
    return found


def _of_mapping(given: Mapping[str, Any]) -> dict[str, str]:
    if isinstance(given.get("text"), list) and isinstance(given.get("label"), list):
        return {LETTERS[n]: str(text).strip() for n, text in enumerate(given["text"][:_MOST])}
    return {str(letter).upper(): str(text).strip() for letter, text in given.items() if text is not None}


def _of_list(given: list[Any] | tuple[Any, ...]) -> dict[str, str]:
    flat = [one[0] if isinstance(one, list) and one else one for one in given]
    if all(isinstance(one, Mapping) for one in flat):
        return {str(one.get("aoVal", LETTERS[n])): str(one.get("content", "")).strip() for n, one in enumerate(flat)}
    found = {}
    for n, one in enumerate(flat[:_MOST]):
        hit = re.match(rf"\s*[(（]?{LETTERS[n]}\s?[.．:：、)）]\s*", str(one))
        found[LETTERS[n]] = str(one)[hit.end() if hit else 0 :].strip()
    return found
