"""Whether a reply hands back what it was given: words of the prompt, its example, a placeholder.

Small models copy. What stands between the tags of a prompt (`<problem> ... </problem>`) was put in and may be quoted;
the prompt's own words, and the example that it shows, say nothing about the task at hand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from engine.core import lenient_json

SHARE = 0.5
"""Share of a reply's words from which it is an echo."""
_HEAD = 1_200
"""Characters of a reply that are looked at: an echo begins as one, and a long solution costs no time."""
_FEWEST = 2
"""Words that a passage must have to be known again."""
# Begins with the line break, not with ^: a pattern with a literal head is searched for many times faster.
_BLOCK = re.compile(r"\n<([a-z_]+)>\n(?:.*?\n)??</\1>", re.DOTALL)
_END = re.compile(r"\n+|(?<=[.!?])\s+|(?<=[。！？；])")
_ITEM = re.compile(r"^[\s#>*_`\"'“”\-–•]*(?:\(?\d{1,3}[.):、]\s+)?")
_LABEL = re.compile(r"^[*_]*[^\W\d_][\w ]{0,24}[*_]*\s*[:：]\s*")
_WORD = re.compile("[\u3400-\u9fff]|[^\\W_\u3400-\u9fff]+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_NOUN = (
    r"(?:knowledge |key |math(?:ematical)? )?(?:points?|concepts?|suggestions?|items?|entry|entries|topics?|names?"
    r"|variants?|problems?|answers?|statements?|reasons?|sentences?)"
)
_PLACEHOLDER = re.compile(
    rf"(?:the )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|next|new) {_NOUN}"
    rf"|{_NOUN} (?:one|two|three|four|five|\d{{1,2}})|name of (?:the |a )?{_NOUN}|(?:your|some|another) {_NOUN}"
    r"|第[一二三四五六七八九十\d]+[个条项]?(?:知识点|概念|建议|题目|变体)|(?:知识点|概念|建议|变体)[一二三四五六七八九十\d]+"
    r"|[\[<{（(](?:[A-Za-z' ]{4,}|[\u3400-\u9fff]{2,})[\]>}）)]|\.{2,}|…+|string|n/?a",
    re.IGNORECASE,
)
_EDGES = " \t\n*_`\"'“”.,;:。；：，"


def folded(text: str) -> str:
    """Return the words alone, in small letters; a Chinese character is a word."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def is_placeholder(text: str) -> bool:
    """Whether a text stands for what was to be put there: "First Knowledge Point", "[name]", "第一个知识点"."""
    bare = " ".join(text.strip(_EDGES).split())
    return not bare or _PLACEHOLDER.fullmatch(bare) is not None


def is_echo(reply: str, asked: Iterable[str]) -> bool:
    """Whether at least half of what a reply says are sentences or example lines of the turns that asked for it."""
    own = frozenset[str]().union(*[_own(_without_blocks(turn)) for turn in asked if turn])
    if not _may_echo(reply, own):
        return False
    words = copied = 0
    for unit in _units(reply):
        whole = folded(unit)
        words += _count(whole)
        copied += _copied(unit, whole, own)
    return words > 0 and copied >= SHARE * words


def _without_blocks(turn: str) -> str:
    """Return a turn without what was put in between tags; few turns hold any, and to see that costs next to nothing."""
    return _BLOCK.sub("\n", f"\n{turn}") if "\n</" in turn else turn


def _may_echo(reply: str, own: frozenset[str]) -> bool:
    """Whether any words of the prompt stand in a reply at all, which costs far less to see than how many do."""
    is_json = reply.lstrip()[:1] in ("{", "[")
    if is_json and "\\" in reply:
        return True
    said = folded(reply if is_json else reply[:_HEAD])
    # A loop, not any(): every reply passes here, and a generator costs more than the search itself.
    for unit in own:  # noqa: SIM110
        if unit in said:
            return True
    return False


def _copied(unit: str, whole: str, own: frozenset[str]) -> int:
    """Return how many words of a line or sentence are those of the prompt: all, or the name before an explanation."""
    if whole in own:
        return _count(whole)
    if ":" not in unit and "：" not in unit:
        return _count(whole) if folded(_ITEM.sub("", unit)) in own else 0
    if _unlabelled(unit) in own:
        return _count(whole)
    name = folded(re.split("[:：]", _ITEM.sub("", unit), maxsplit=1)[0])
    return _count(name) if name in own else 0


@lru_cache(maxsize=256)
def _own(bare: str) -> frozenset[str]:
    """Return the lines and sentences of a prompt without the blocks that were put in, folded."""
    lines = [line.strip() for line in bare.splitlines() if line.strip()]
    own = {folded(unit) for line in lines for unit in (line, *_END.split(line))}
    # Behind the name of a criterion stand words that a reply may use; behind a label to be filled in there are none.
    own |= {_unlabelled(line) for line in lines if not line.startswith("-")}
    return frozenset(unit for unit in own if _count(unit) >= _FEWEST)


def _units(text: str) -> Iterator[str]:
    """Yield the sentences and lines of a reply; of JSON, those of its values."""
    if text.lstrip()[:1] in ("{", "["):
        with suppress(ValueError, RecursionError):
            text = "\n".join(_leaves(lenient_json.loads(text)))
    yield from (unit for unit in _END.split(text[:_HEAD]) if unit.strip())


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield str(value)


def _unlabelled(line: str) -> str:
    return folded(_LABEL.sub("", _ITEM.sub("", line)))


def _count(unit: str) -> int:
    return unit.count(" ") + 1 if unit else 0
