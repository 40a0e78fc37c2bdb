"""The text of a reply as its message holds it, and how the reply ended."""

from __future__ import annotations

from typing import Any

from engine.core.protocol import UNUSABLE
from engine.core.reasoning_marks import without_reasoning

__all__ = ["ending", "text_of", "without_reasoning"]

_ENDED = frozenset(("stop", "end_turn", "stop_sequence", "eos", "eos_token"))
_CUT = frozenset(
    (
        "length", "max_tokens", "max_output_tokens", "max_length", "token_limit", "model_context_window_exceeded",
        "context_length_exceeded", "context_window_exceeded", "max_new_tokens", "incomplete",
    )
)  # fmt: skip
_FAILED = frozenset(
    (
        "error", "content_filter", "content_filtered", "sensitive", "safety", "recitation", "blocklist",
        "prohibited_content", "spii", "refusal", "network_error", "insufficient_system_resource", "abort", "aborted",
        "cancelled", "canceled", "failed", "server_error", "internal_error", "malformed_function_call", "language",
    )
)  # fmt: skip


def text_of(content: Any) -> str | None:
    """Return the text of a message's content, which may be one part or a list of parts; None where it holds none.

    Parts of thinking are left out: only what is marked as text, or is a bare string, belongs to the reply.
    """
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return content if isinstance(content, str) else None
    texts = [part if isinstance(part, str) else _part(part) for part in content]
    said = [text for text in texts if text is not None]
    return "".join(said) if said else None


def _part(part: Any) -> str | None:
    if not isinstance(part, dict) or part.get("type", "text") not in ("text", "output_text"):
        return None
    text = part.get("text")
    text = text.get("value") if isinstance(text, dict) else text
    return text if isinstance(text, str) else None


def ending(reason: Any) -> str:
    """Return stop, length, failed or other for a finish reason as any service spells it."""
    name = str(reason or "stop").lower().rpartition(".")[2].replace("-", "_")
    if name in _CUT:
        return "length"
    if name in _FAILED:
        return UNUSABLE
    return "stop" if name in _ENDED else "other"
