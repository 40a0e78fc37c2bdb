"""What a server that checks requests by a schema says of one that does not fit: places, and what is wrong there.

FastAPI answers 422 with `detail`, a list of `loc`, `msg`, `type`, `input` and `ctx` (FastAPI, Handling Errors;
pydantic, Validation Errors). What was refused stands in these fields, often in none of the sentences.
"""

from __future__ import annotations

import re
from typing import Any

_ROLES = re.compile(r"\b(system|developer|user|assistant|tool|model)\b")
_UNFIT = frozenset(("literal_error", "enum", "type_error.enum", "union_tag_invalid", "value_error.const"))
_DENIED = re.compile(r"not |n't|invalid|unsupported|forbidden|unexpected|only")


def told(value: Any) -> list[str]:
    """Return a sentence for each entry of such a list, wherever it stands in an error; none where there is no list."""
    return [sentence for entry in _entries(value) if (sentence := _sentence(entry))]


def _entries(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    places = [value.get("detail"), value.get("errors"), value.get("error"), value.get("message")]
    places += [one.get(name) for one in places if isinstance(one, dict) for name in ("detail", "errors", "message")]
    lists = [one for one in places if isinstance(one, list)]
    return [entry for one in lists for entry in one if isinstance(entry, dict) and ("loc" in entry or "msg" in entry)]


def _sentence(entry: dict[str, Any]) -> str:
    """Say in the words of other servers what an entry refuses; a role that is not among those it allows is named."""
    loc = entry.get("loc")
    place = [str(part) for part in (loc if isinstance(loc, list) else [loc or ""]) if str(part) not in ("body", "")]
    said, context = str(entry.get("msg") or ""), entry.get("ctx")
    words = " ".join(map(str, context.values())) if isinstance(context, dict) else ""
    if role := _refused_role(entry, place, f"{said} {words}"):
        return f"the role '{role}' is not supported"
    return f"{'.'.join(place)}: {said} {words}".strip()


def _refused_role(entry: dict[str, Any], place: list[str], words: str) -> str:
    """Return system or developer where an entry is about the role of a turn and allows others only, else ''."""
    about = "role" in place or any("role" in part.casefold() for part in place) or "role" in words
    told = {*_ROLES.findall(" ".join(place).casefold()), *_ROLES.findall(str(entry.get("input") or "").casefold())}
    if isinstance(entry.get("ctx"), dict):
        told |= {*_ROLES.findall(str(entry["ctx"].get("tag") or "").casefold())}
    refused = next((role for role in ("system", "developer") if role in told), "")
    if not (about or refused) or not _is_about_turns(place, words):
        return ""
    allowed = {*_ROLES.findall(words.casefold())} - {refused}
    if refused and (allowed or entry.get("type") in _UNFIT or _DENIED.search(words.casefold())):
        return refused
    unnamed = about and "user" in allowed and not {"system", "developer"} & allowed
    return "system" if unnamed else ""


def _is_about_turns(place: list[str], words: str) -> bool:
    return any(part.casefold().startswith(("message", "role", "chat")) for part in place) or "role" in words
