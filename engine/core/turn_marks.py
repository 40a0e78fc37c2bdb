"""Marks with which chat templates end a turn: they belong to the wire, never to a statement, a solution or an export.

Llama 3, ChatML, Gemma, DeepSeek, GPT-2, Harmony and Mistral each have marks of their own (their published chat
templates); a server that does not know a model's stop tokens hands them over as text, and with them the next turn.
"""

from __future__ import annotations

import re

_BAR = r"[|｜]"
_NAMES = (
    "im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn|end|return|call|eot|eos|end[▁_ ]of[▁_ ]sentence|"
    "begin[▁_ ]of[▁_ ]sentence|user|observation|im_start|start_header_id"
)
_END = re.compile(
    rf"<{_BAR}(?:{_NAMES}){_BAR}>|<end_of_turn>|<start_of_turn>|<eos>|</s>|\[EOS\]|\[INST\]", re.IGNORECASE
)
_BEGIN = re.compile(
    rf"\s*(?:<{_BAR}(?:im_start|start_header_id|begin_of_text|begin[▁_ ]of[▁_ ]sentence|assistant|start){_BAR}>"
    rf"|<start_of_turn>|<bos>|<s>(?!.*</s>.)|\[/INST\]|<{_BAR}end_header_id{_BAR}>)(?:\s*(?:assistant|model)\b)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_STRUCK = re.compile(r"<s>[^<]*\Z")


def turn(text: str) -> tuple[int, int]:
    """Return where the first turn of a text begins and ends: without its marks and without the turns that follow."""
    begin = 0
    while hit := _BEGIN.match(text, begin):
        begin = hit.end()
    for hit in _END.finditer(text, begin):
        if hit[0] == "</s>" and _STRUCK.search(text, begin, hit.start()):
            continue
        if text[begin : hit.start()].strip():
            return begin, hit.start()
        begin = hit.end()
    return begin, len(text)


def without_marks(text: str) -> str:
    """Return a text without the marks of turns; the very same text where it has none."""
    if "<" not in text and "[" not in text:
        return text
    begin, end = turn(text)
    return text if (begin, end) == (0, len(text)) else text[begin:end].strip()
