"""Marks between which models think aloud: what stands between them is no part of a reply, nor of a solution."""

from __future__ import annotations

import re

_NAMES = (
    r"think|thinking|thoughts?|reasoning|reflection|analysis|scratchpad|antthinking|seed:think|mm:think|longcat_think"
)
_OPENS = re.compile(
    rf"\s*(?:<(?:{_NAMES})>|\[THINK\]|◁think▷|<\|begin_of_thought\|>|<\|start_thinking\|>)", re.IGNORECASE
)
_CLOSES = re.compile(rf"</(?:{_NAMES})>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>|<\|end_thinking\|>", re.IGNORECASE)
_HARMONY = re.compile(
    r"<\|channel\|>\s*(\w+)[^<]*<\|message\|>(.*?)(?=<\|(?:end|return|start|channel|call)\|>|\Z)", re.DOTALL
)


def without_reasoning(text: str) -> str:
    """Return the reply without what a reasoning model thought aloud.

    Some chat templates open the block themselves, so that only its end is in the text; a block that never ends was
    cut off, and there is no reply behind it.
    """
    if channels := _HARMONY.findall(text):
        return "".join(said for name, said in channels if name == "final").strip()
    ends = list(_CLOSES.finditer(text))
    if ends:
        return text[ends[-1].end() :].lstrip()
    return "" if _OPENS.match(text) else text
