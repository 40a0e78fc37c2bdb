"""Tolerant readers of model replies (X-03): many shapes are understood, nothing is guessed.

Every reader returns what was asked for or raises `UnreadableReply` with the reason and the raw text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from engine.core import lenient_json
from engine.core.errors import UnreadableReply
from engine.core.turn_marks import without_marks

_FENCE = re.compile(r"^```[a-z]*\s*\n(.*?)\n?```\s*$", re.DOTALL)
_THINK = re.compile(r"<think>.*?</think>", re.DOTALL)
_NUMBERED = re.compile(r"(?:\*\*)?\(?\d{1,3}[.):、](?:\*\*)?\s*(.+)")
_BULLET = re.compile(r"[-*•]\s+(.+)")
_LEAD = r"^(?:[^\S\n]|[#>*_\-])*"
"""Blanks and marks before a label. Never a line break: a reply of many empty lines would be tried from each of them."""
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:\s*/\s*\d+(?:\.\d+)?)?\s*%?")
_YES = {"yes", "true", "是", "对", "正确", "真"}
_NO = {"no", "false", "否", "不", "错", "错误", "假", "不是"}


def clean(text: str) -> str:
    """Return the reply without reasoning blocks, marks of turns, and a fence around the whole of it."""
    bare = without_marks(_THINK.sub("", text).strip())
    fenced = _FENCE.match(bare)
    return fenced[1].strip() if fenced else bare


def numbered(text: str, limit: int) -> tuple[str, ...]:
    """Return the first `limit` entries of a numbered or bulleted list, without repeats, in order."""
    body = clean(text)
    lines = [line.strip() for line in body.splitlines()]
    found = [m[1] for line in lines if (m := _NUMBERED.match(line))] or [
        m[1] for line in lines if (m := _BULLET.match(line))
    ]
    entries = [entry.strip(' *`"“”') for entry in found or _json_list(body)]
    unique = tuple(dict.fromkeys(entry for entry in entries if entry))
    if not unique:
        raise UnreadableReply("no numbered list in the reply", raw=text)
    return unique[:limit]


def _json_list(body: str) -> list[str]:
    """Entries of a JSON array of strings, alone or as the one member of an object; an empty list where it is none."""
    try:
        value = lenient_json.loads(body)
    except ValueError:
        return []
    if isinstance(value, dict) and len(value) == 1:
        (value,) = value.values()
    if not isinstance(value, list):
        return []
    # Who is used to numbered lists writes the numbers into the strings as well.
    return [hit[1] if (hit := _NUMBERED.match(entry)) else entry for entry in map(str, value)]


def fields(text: str, *names: str) -> dict[str, str]:
    """Return the values of `Name: value` lines, or of a JSON object with these keys; names are matched without case.

    The last occurrence wins, because models restate what they settle on. A field runs until the next named field.
    """
    body = clean(text)
    found = _from_json(body, names) or _from_lines(body, names)
    missing = [name for name in names if not found.get(name.lower())]
    if missing:
        raise UnreadableReply(f"no {' and no '.join(missing)} in the reply", raw=text)
    return {name: found[name.lower()] for name in names}


def _from_json(body: str, names: tuple[str, ...]) -> dict[str, str]:
    start, end = body.find("{"), body.rfind("}")
    if start < 0 or end < start:
        return {}
    try:
        value = lenient_json.loads(body[start : end + 1])
    except ValueError:
        return {}
    if not isinstance(value, dict):
        return {}
    lowered = {str(key).lower(): value[key] for key in value}
    wanted = {name.lower() for name in names}
    return {key: _spoken(lowered[key]) for key in wanted & lowered.keys() if lowered[key] is not None}


def _spoken(value: Any) -> str:
    """Return a JSON value as a line says it: the members of an object one after the other."""
    return (" - ".join(map(str, value.values())) if isinstance(value, dict) else str(value)).strip()


def _from_lines(body: str, names: tuple[str, ...]) -> dict[str, str]:
    hits = list(_field_marker(names).finditer(body))
    ends = [hit.start() for hit in hits[1:]] + [len(body)] * bool(hits)
    return {hit[1].lower(): body[hit.end() : end].strip(" \n*_`") for hit, end in zip(hits, ends, strict=True)}


def after(text: str, marker: str) -> str:
    """Return what follows the last `marker:` line start; the whole reply where the model left the marker out."""
    body = clean(text)
    hits = list(_line_marker(marker).finditer(body))
    rest = body[hits[-1].end() :].strip() if hits else body
    if not rest:
        raise UnreadableReply(f"nothing after {marker}:", raw=text)
    return rest


@cache
def _field_marker(names: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(re.escape(name) for name in names)
    return re.compile(rf"{_LEAD}({alternatives})[*_]*[^\S\n]*[:：=][*_]*[ \t]*", re.IGNORECASE | re.MULTILINE)


@cache
def _line_marker(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_LEAD}{re.escape(name)}[*_]*[^\S\n]*[:：][*_]*\s*", re.IGNORECASE | re.MULTILINE)


def unit_interval(text: str) -> float:
    """Return a number from 0 to 1; `85 %` and `17/20` are understood, anything outside raises."""
    hit = _NUMBER.search(text)
    if not hit:
        raise UnreadableReply(f"no number in {text[:80]!r}", raw=text)
    # Split at any blank that the pattern takes for one, control characters too.
    token = "".join(hit[0].split())
    scale = 0.01 if token.endswith("%") else 1.0
    top, _, bottom = token.rstrip("%").partition("/")
    if bottom and float(bottom) == 0:
        raise UnreadableReply(f"{token} has no value", raw=text)
    value = scale * float(top) / (float(bottom) if bottom else 1.0)
    if not 0 <= value <= 1:
        raise UnreadableReply(f"{value:g} is outside 0 to 1", raw=text)
    return value


def yes_no(text: str) -> bool:
    """Return True for yes/true, False for no/false, in English or Chinese; anything else raises."""
    word = re.split(r"[\s,.;:!，。；：！*_`]+", text.strip(" *_`\"'"), maxsplit=1)[0].lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise UnreadableReply(f"neither yes nor no: {text[:80]!r}", raw=text)


def choice(text: str, options: tuple[str, ...]) -> str:
    """Return the one option that `text` begins with, without case; anything else raises."""
    word = text.strip(" *_`\"'.").lower()
    for option in sorted(options, key=len, reverse=True):
        if word.startswith(option.lower()):
            return option
    raise UnreadableReply(f"{text[:80]!r} is none of {', '.join(options)}", raw=text)
