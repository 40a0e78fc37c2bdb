"""Marks with which chat templates end a turn: they belong to the wire, never to a statement, a solution or an export.

Llama 3, ChatML, Gemma, DeepSeek, GPT-2, Harmony and Mistral each have marks of their own (their published chat
templates); a server that does not know a model's stop tokens hands them over as text, and with them the next turn.
"""

from __future__ import annotations

import re

_BAR = r"[|｜]"
_NAMES = (
    "im_end|eot_id|eom_id|endoftext|end_of_text|end_of_turn|end_of_turn_token|endofresponse|end|return|call|eot|eos|"
    "end[▁_ ]of[▁_ ]sentence|"
    "begin[▁_ ]of[▁_ ]sentence|user|assistant|observation|im_start|start_header_id"
)
_END = re.compile(
    rf"<{_BAR}(?:{_NAMES}){_BAR}>|<end_of_turn>|<start_of_turn>|<eos>|</s>|\[EOS\]|\[/?INST\]", re.IGNORECASE
)
_BEGIN = re.compile(
    rf"\s*(?:<{_BAR}(?:im_start|start_header_id|begin_of_text|begin[▁_ ]of[▁_ ]sentence|assistant|start|channel"
    rf"|message){_BAR}>"
    rf"|<start_of_turn>|<bos>|<s>(?!.*</s>.)|\[/INST\]|<{_BAR}end_header_id{_BAR}>)(?:\s*(?:assistant|model|final)\b)?\s*",
    re.IGNORECASE | re.DOTALL,
)
_MARK = re.compile(
    rf"<{_BAR}(?:im_start|start_header_id|begin_of_text|assistant|start){_BAR}>|<bos>|\[/INST\]", re.IGNORECASE
)
_ROLE = re.compile(
    rf"\s*(system|developer|user|human)\b\s*(?:<{_BAR}(?:end_header_id|message){_BAR}>)?\s*", re.IGNORECASE
)
"""Who speaks, behind the mark that begins a turn."""
_STRUCK = re.compile(r"<s>[^<]*\Z")
_MOST = 20
"""Marks before a turn that are looked at."""
_SIGNS = ("<|", "<｜", "</s>", "<s>", "_of_turn>", "<eos>", "<bos>", "[eos]", "inst]")
"""Without one of these there is no mark: a text is looked through for them in a fraction of the time."""


def turn(text: str) -> tuple[int, int]:
    """Return where the first turn of a text begins and ends: without its marks and without the turns that follow."""
    folded = text.lower()
    if not any(sign in folded for sign in _SIGNS):
        return 0, len(text)
    begin = 0
    for _ in range(_MOST):
        if not (hit := _BEGIN.match(text, begin)):
            break
        begin = hit.end()
        if role := _ROLE.match(text, begin):
            begin = _behind(text, role)
    for hit in _END.finditer(text, begin):
        if hit[0] == "</s>" and _STRUCK.search(text, begin, hit.start()):
            continue
        if text[begin : hit.start()].strip():
            return begin, hit.start()
        begin = hit.end()
    return begin, len(text)


def _behind(text: str, role: re.Match[str]) -> int:
    """Return where the words of a turn begin; what the system says before it is no part of it."""
    end = _END.search(text, role.end()) if role[1].lower() in ("system", "developer") else None
    return end.end() if end else role.end()


def marks(text: str) -> tuple[str, ...]:
    """Return the names of the marks of turns in a text, each once, without their brackets: `im_end`, `eot_id`."""
    if without_marks(text) == text:
        return ()
    hits = (hit[0].strip().strip("<>|｜[]").replace("▁", "_") for form in (_END, _MARK) for hit in form.finditer(text))
    return tuple(dict.fromkeys(hits)) or ("turn",)


def without_marks(text: str) -> str:
    """Return a text without the marks of turns; the very same text where it has none."""
    if "<" not in text and "[" not in text:
        return text
    begin, end = turn(text)
    return text if (begin, end) == (0, len(text)) else text[begin:end].strip()
