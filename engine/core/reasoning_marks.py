"""Marks around what a model thinks aloud: they are no part of its reply, and what stands between them is none.

Published chat templates and model cards: DeepSeek R1, Qwen 3 and QwQ (`<think>`), Magistral (`[THINK]`), Kimi
(`◁think▷`), Seed OSS (`<seed:think>`), MiniMax (`<mm:think>`), LongCat, Sky-T1 (`<|begin_of_thought|>`), Cohere
(`<|START_THINKING|>`), and the tags that models were asked to use (`<reasoning>`, `<scratchpad>` ...).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

_NAMES = (
    r"think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad|antthinking|seed:think|mm:think|longcat_think"
)
_OWN = (
    (r"\[THINK\]", r"\[/THINK\]"),
    ("◁think▷", "◁/think▷"),
    (r"<\|begin_of_thought\|>", r"<\|end_of_thought\|>"),
    (r"<\|start_thinking\|>", r"<\|end_thinking\|>"),
)
"""Marks that are no pair of tags, opening and closing."""
_OPENS = re.compile(rf"<(?:{_NAMES})>|{'|'.join(opening for opening, _ in _OWN)}", re.IGNORECASE)
_CLOSES = re.compile(rf"</(?:{_NAMES})>|{'|'.join(closing for _, closing in _OWN)}", re.IGNORECASE)
_BEGINS = re.compile(rf"\s*(?:{_OPENS.pattern})", re.IGNORECASE)
_MARKS = re.compile(
    rf"<(?P<begun>{_NAMES})>|</(?P<ended>{_NAMES})>|"
    + "|".join(f"(?P<opens{n}>{opening})|(?P<closes{n}>{closing})" for n, (opening, closing) in enumerate(_OWN)),
    re.IGNORECASE,
)

_HARMONY = re.compile(
    r"<\|channel\|>\s*(\w++)[^<]*+<\|message\|>(.*?)(?=<\|(?:end|return|start|channel|call)\|>|\Z)", re.DOTALL
)


def without_reasoning(text: str) -> str:
    """Return the reply without what a reasoning model thought aloud.

    Some chat templates open the block themselves, so that only its end is in the text; a block that never ends was
    cut off, and there is no reply behind it.
    """
    if not any(mark in text for mark in "<[◁"):
        return text
    if channels := _HARMONY.findall(text):
        return "".join(said for name, said in channels if name == "final").strip()
    end = closes(text)
    if end is not None:
        return text[end:].lstrip()
    return "" if begins(text) else text


def only_final(text: str) -> str:
    """Return a text in channels with blanks where it is not the final one, so that places stay what they are."""
    if "<|channel|>" not in text:
        return text
    view = [" "] * len(text)
    for hit in _HARMONY.finditer(text):
        if hit[1] == "final":
            view[hit.start(2) : hit.end(2)] = hit[2]
    return "".join(view)


def opens(text: str) -> bool:
    """Return whether reasoning is opened anywhere in a text."""
    return _OPENS.search(text) is not None


def begins(text: str) -> bool:
    """Return whether a text begins with reasoning."""
    return _BEGINS.match(text) is not None


def closes(text: str) -> int | None:
    """Return where the last reasoning of a text ends, behind its mark; None where none is closed."""
    ends = [hit.end() for hit in _CLOSES.finditer(text)]
    return ends[-1] if ends else None


def blanked(text: str) -> str:
    """Return a text with blanks where it was reasoned, so that places stay what they are."""
    if closes(text) is None:
        return text
    parts, place = list[str](), 0
    for start, stop in _blocks(text):
        parts += [text[place:start], " " * (stop - start)]
        place = stop
    return "".join([*parts, text[place:]])


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Yield from where to where it was reasoned, marks included.

    Some chat templates write the opening mark themselves, so that only its end is there. One pass: a model that
    repeats an opening mark for as long as it may would make a search from each of them take minutes.
    """
    begun, ended = list[tuple[int, int, str]](), defaultdict[str, list[int]](list)
    last = 0
    for hit in _MARKS.finditer(text):
        kind = hit.lastgroup or ""
        name = hit[kind].casefold() if kind in ("begun", "ended") else kind[-1]
        if kind.startswith(("begun", "opens")):
            begun.append((hit.start(), hit.end(), name))
        else:
            ended[name].append(hit.end())
            last = hit.end() if kind == "ended" else last
    place = 0
    if last and not (begun and begun[0][0] == 0 and not begun[0][2].isdigit() and ended[begun[0][2]]):
        place = last
        yield 0, last
    for start, stop, name in begun:
        after = bisect_right(ended[name], stop)
        if start >= place and after < len(ended[name]):
            place = ended[name][after]
            yield start, place
