"""Options that stand in one text: `A. 54 B. 55`, `(1) 54 (2) 55`, `54 | 55`, one a line."""

from __future__ import annotations

import re

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FEWEST, MOST = 2, len(LETTERS)
MARK = re.compile(r"(?:^|(?<=[\s,，;；|]))[(（\[]?([A-Za-z])\s?[)）\].．、:：]\s*", re.MULTILINE)
"""The mark before an option: its letter, and a bracket, dot or colon behind it."""
_NUMBER = re.compile(
    r"(?:^|(?<=[\s,，;；|]))(?:[(（\[]?(\d\d?)\s?[)）\]]|(\d\d?)[.．、:：](?!\d)|([①-⑨]))\s*", re.MULTILINE
)
CIRCLES = re.compile(r"[①-⑨]")
_SIGNS = ("|", "；", ";", "\t", " / ", "、", "，", ",")
_OPENS, _CLOSES = "([{（【", ")]}）】"
_LONGEST_BETWEEN_COMMAS = 40
_THOUSANDS = re.compile(r"\s*-?\d{1,3}(?:,\d{3})+\s*")


def options_within(text: str) -> dict[str, str]:
    """Return the options that stand in a text as `A. ... B. ...`, from the last A on that others follow."""
    marks = list(MARK.finditer(text))
    best: list[re.Match[str]] = []
    for start, mark in enumerate(marks):
        if mark[1] in "Aa":
            run = _run(marks[start:], mark[1] == "a")
            best = run if len(run) >= FEWEST else best
    return {mark[1].upper(): said for mark, said in _between(text, best)}


def options_listed(text: str) -> dict[str, str] | list[str] | None:
    """Return the options of a text that is nothing but a list of them: by label, else in their order; None of none."""
    if within := options_within(text) or _numbered(text):
        return within
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) >= FEWEST:
        return lines
    return next((parts for sign in _SIGNS if (parts := _parted(text, sign))), None)


def begins_with_options(text: str) -> bool:
    """Whether a text begins with the mark of a first option, and others follow."""
    first = MARK.match(text.lstrip())
    return bool(first and first[1] in "Aa") and len(options_within(text)) >= FEWEST


def _numbered(text: str) -> dict[str, str]:
    """Return options that are counted from 1 on, by their numbers; the first stands at the beginning of the text."""
    found: list[re.Match[str]] = []
    for mark in _NUMBER.finditer(text):
        if _value(mark) == len(found) + 1 and (found or not text[: mark.start()].strip()):
            found.append(mark)
    return {str(_value(mark)): said for mark, said in _between(text, found)} if len(found) >= FEWEST else {}


def _value(mark: re.Match[str]) -> int:
    return ord(mark[3]) - ord("①") + 1 if mark[3] else int(mark[1] or mark[2])


def _between(text: str, marks: list[re.Match[str]]) -> list[tuple[re.Match[str], str]]:
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [
        (mark, text[mark.end() : end].strip(" \t\r\n,，;；|"))
        for mark, end in zip(marks, ends[: len(marks)], strict=True)
    ]


def _run(marks: list[re.Match[str]], small: bool) -> list[re.Match[str]]:
    letters = LETTERS.lower() if small else LETTERS
    found: list[re.Match[str]] = []
    for mark in marks:
        if len(found) < MOST and mark[1] == letters[len(found)]:
            found.append(mark)
    return found


def _parted(text: str, sign: str) -> list[str] | None:
    """Return the parts of a text between signs that stand in no bracket and no formula; None where that is no list."""
    parts = [part.strip() for part in _outside(text, sign)]
    if not FEWEST <= len(parts) <= MOST or not all(parts):
        return None
    if sign in ",，" and (_THOUSANDS.fullmatch(text) or any(len(part) > _LONGEST_BETWEEN_COMMAS for part in parts)):
        return None
    return parts


def _outside(text: str, sign: str) -> list[str]:
    parts, begin, depth, formula, place = list[str](), 0, 0, False, 0
    while place < len(text):
        letter = text[place]
        formula ^= letter == "$"
        depth += (letter in _OPENS) - (letter in _CLOSES)
        if not formula and depth <= 0 and text.startswith(sign, place):
            parts.append(text[begin:place])
            while text.startswith(sign, place + len(sign)) and sign == "|":
                place += 1
            begin = place = place + len(sign)
            continue
        place += 1
    return [*parts, text[begin:]]
