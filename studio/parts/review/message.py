"""What a browser says to the desk, read with suspicion: a page can be made to send anything.

An act that no desk could have sent is not heard at all; numbers are whole and small enough for the store, one number of
a browser is one act, and what a button could not do (a rejection without a reason, for one) is no act.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from engine.core.records import REJECT_REASONS

MOST = 500
"""So many acts of one message are heard; the browser sends the others again."""
Kind = Literal["approve", "reject", "skip", "second-opinion", "undo"]
_KINDS: tuple[Kind, ...] = get_args(Kind)
_HIGHEST = 2**53 - 1
"""The highest number that a browser counts to without leaving one out."""
_DRAWN = 100
"""A browser has fewer slots than this."""
_TOKEN = re.compile(r"[0-9a-f]{24}")
_STAMP = re.compile(r"[0-9a-f]{16}|")
_SLOT = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class SentAct:
    """An act as the browser says it."""

    token: str
    number: int
    stamp: str
    act: Kind
    reason: str
    age: float
    """Seconds since it was done, by the browser's clock."""
    undoes: int | None


@dataclass(frozen=True, slots=True)
class DeskMessage:
    """What the browser says: acts that it has no answer to, and what it shows."""

    beat: int = 0
    acts: tuple[SentAct, ...] = ()
    have: Mapping[int, str] = field(default_factory=dict)
    """Slots that are drawn, each with the stamp in it."""
    on: str = ""
    """Stamp of the card that lies there now."""
    calm: bool = False
    """Nobody has pressed a key for a moment: there is time to draw the head of the page."""


def message(said: Any) -> DeskMessage:
    """Read what the browser sent; what has a wrong shape counts as not said."""
    told = said.get("outbox") if isinstance(said, Mapping) else None
    if not isinstance(told, Mapping):
        return DeskMessage()
    acts: dict[tuple[str, int], SentAct] = {}
    for one in map(_sent, _list(told.get("acts"))[:MOST]):
        if one is not None:
            acts.setdefault((one.token, one.number), one)
    return DeskMessage(
        _whole(told.get("beat")) or 0, tuple(acts.values()), _drawn(told.get("have")), _stamp(told.get("on")) or "",
        bool(told.get("calm")),
    )  # fmt: skip


def _sent(said: Any) -> SentAct | None:
    if not isinstance(said, Mapping):
        return None
    number, token, stamp = _whole(said.get("n")), said.get("t"), _stamp(said.get("stamp"))
    reason, of = said.get("reason") or "", said.get("of")
    act = next((kind for kind in _KINDS if kind == said.get("act")), None)
    if number is None or stamp is None or not isinstance(token, str) or not _TOKEN.fullmatch(token):
        return None
    if act is None or reason not in (REJECT_REASONS if act == "reject" else ("",)):
        return None
    undoes = _whole(of)
    if of is not None and undoes is None:
        return None
    return SentAct(token, number, stamp, act, reason, _seconds(said.get("age")), undoes)


def _drawn(said: Any) -> dict[int, str]:
    if not isinstance(said, Mapping) or len(said) > _DRAWN:
        return {}
    return {
        int(slot): stamp for slot, stamp in said.items() if _SLOT.fullmatch(str(slot)) and isinstance(stamp, str)
    }  # fmt: skip


def _stamp(said: Any) -> str | None:
    """Return a stamp, '' for none; None where it is not one."""
    found = "" if said is None else said
    return found if isinstance(found, str) and _STAMP.fullmatch(found) else None


def _seconds(said: Any) -> float:
    """Return an age in seconds; 0 where a browser said none that is one."""
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not 0 <= said <= _HIGHEST:
        return 0.0
    return said / 1000


def _list(said: Any) -> list[Any]:
    return list(said[:MOST]) if isinstance(said, (list, tuple)) else []


def _whole(said: Any) -> int | None:
    """Return a number that counts something; None where it is none, or where the store could not hold it."""
    if isinstance(said, bool) or not isinstance(said, (int, float)) or not 0 <= said <= _HIGHEST:
        return None
    return int(said) if isinstance(said, int) or math.floor(said) == said else None
