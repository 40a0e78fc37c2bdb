r"""The content of the last \boxed{...}, braces matched; other marks are the business of engine.verification.answers."""

from __future__ import annotations

_MARK = r"\boxed{"


def last_box(text: str) -> str | None:
    """Return what stands in the last box of `text`, None where there is none or it is not closed."""
    start = text.rfind(_MARK)
    if start < 0:
        return None
    depth, begin = 1, start + len(_MARK)
    for position in range(begin, len(text)):
        sign = text[position]
        escaped = text[position - 1] == "\\"
        depth += 0 if escaped else (sign == "{") - (sign == "}")
        if depth == 0:
            return text[begin:position].strip() or None
    return None
