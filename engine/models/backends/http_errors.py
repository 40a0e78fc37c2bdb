"""What an HTTP answer means: a completion, or the failure that fits it."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from engine.core.errors import ProviderError, Refused, Throttled, Unreachable, UnusableReply
from engine.core.protocol import UNUSABLE, Completion
from engine.core.reasoning_marks import without_reasoning
from engine.models.backends.bodies import as_chat, message_of, parsed, torn_counts
from engine.models.backends.bounded import count
from engine.models.backends.reply_text import ending, text_of
from engine.models.backends.validation_errors import told
from engine.models.backoff import retry_after

_log = logging.getLogger(__name__)
_SHOWN = 300
_SAID = 4_000
_RAW = 20_000
_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|context_length_exceeded|prompt is too long|"
    r"too many tokens|exceeds? the (available )?context|input is too long",
    re.IGNORECASE,
)
_SOFT = frozenset((408, 409, 423, 425))
_CHANGE = "raise max_tokens or switch its thinking off (or to a lower effort) at the server"
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
"""How gzip and zstd begin (RFC 1952, RFC 8878)."""
_PAGES = (b"<!doctype", b"<html")
_ADVICE = {
    401: "the key is missing or wrong",
    402: "the account has no credit left",
    403: "the key may not do this",
    404: "no such model or address",
    413: "the request is too large",
}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP answer, read whole."""

    engine: str
    status: int
    content_type: str
    retry_after: str | None
    body: bytes

    @property
    def message(self) -> str:
        """The server's own words, cut: the message of a JSON error, else the start of the body."""
        text = _error_text(self._value()) or self.body[:_RAW].decode("utf-8", "replace")
        text = " ".join(text.split())
        return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"

    @property
    def said(self) -> str:
        """All that it says of what was refused: parameter and code beside the message, a provider's own words."""
        value = self._value()
        text = _error_text(value) or self.body[:_RAW].decode("utf-8", "replace")
        # The sentences of a list of faults stand for the list, whose fields and numbers would be misread.
        return " ".join(" ".join([*(told(value) or [text]), *_details(value)]).split())[:_SAID]

    def _value(self) -> Any:
        try:
            return parsed(self.body)
        except ValueError:
            return None

    @property
    def too_long(self) -> bool:
        """Whether the server says that the prompt does not fit."""
        return bool(_TOO_LONG.search(self.body[:_RAW].decode("utf-8", "replace")))

    @property
    def raw(self) -> str:
        """The body as text, cut."""
        return self.body[:_RAW].decode("utf-8", "replace")


def refusal(answer: HttpAnswer) -> ProviderError:
    """Return the failure that an answer other than 200 stands for."""
    status, said = answer.status, answer.message or "no message"
    where = f"{answer.engine}: HTTP {status}"
    if status == 429 or (status == 503 and answer.retry_after):
        wait = retry_after(answer.retry_after)
        return Throttled(f"{where}: {said}", retry_after=wait, reason=f"HTTP {status}", raw=answer.raw)
    if status >= 500 or status in _SOFT:
        return Unreachable(f"{where}: {said}", reason=f"HTTP {status}", raw=answer.raw)
    if 300 <= status < 400:
        moved = f"{where}: the address has moved; set base_url to the new one"
        return Refused(moved, reason="address moved", raw=answer.raw)
    if answer.too_long:
        return Refused(f"{where}: the prompt does not fit: {said}", reason="prompt too long", raw=answer.raw)
    if status >= 400:
        advice = _ADVICE.get(status)
        return Refused(f"{where}: {advice + ': ' if advice else ''}{said}", reason=f"HTTP {status}", raw=answer.raw)
    return ProviderError(f"{where}: not an answer to a chat: {said}", reason=f"HTTP {status}", raw=answer.raw)


def read_completion(answer: HttpAnswer) -> Completion:
    """Return the reply of a 200; ProviderError where there is none in it, UnusableReply where it was billed as well."""
    try:
        value = as_chat(parsed(answer.body))
    except ValueError:
        raise _unread(answer) from None
    if isinstance(value, dict) and value.get("error"):
        raise _error_inside(answer, value["error"])
    try:
        choice = value["choices"][0]
        message = message_of(choice)
        content = message.get("content")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise _no_reply(answer, value) from None
    said, finish = text_of(content), ending(choice.get("finish_reason"))
    counts = _counts(answer.engine, value, said or "")
    if finish == UNUSABLE:
        raise UnusableReply(
            f"{answer.engine}: the reply ended with {str(choice['finish_reason'])[:_SHOWN]}",
            *counts,
            reason="reply withheld or broken off",
            raw=said or answer.raw,
        )
    text = without_reasoning(said or "")
    # Cut within its reasoning there is no reply either, and a cut is what the reader is told.
    if text.strip() or finish == "length" or (said == "" and not _reasoned(message, value)):
        return Completion(text, finish, *counts)
    why = f"{answer.engine}: {_why_no_text(message, value, said)}"
    raise UnusableReply(why, *counts, reason="no text in the reply", raw=answer.raw)


def _unread(answer: HttpAnswer) -> ProviderError:
    """Return the failure of an answer that is not JSON; a reply whose bill can be read in it was paid for."""
    kind = answer.content_type or "no content type"
    reason, more = _instead(answer)
    why = f"{answer.engine}: the answer is not JSON ({kind}){more}"
    if counts := torn_counts(answer.body):
        return UnusableReply(why, *counts, reason=reason, raw=answer.raw)
    return ProviderError(why, reason=reason, raw=answer.raw)


def _instead(answer: HttpAnswer) -> tuple[str, str]:
    """Return what a body that is not JSON is counted as, and what there is to be said of it."""
    start = answer.body[:_RAW].lstrip()
    if not start:
        return "reply empty", ": it is empty"
    if start.startswith(_PACKED):
        return "reply packed unasked", ": it is compressed, which was not asked for"
    if "html" in answer.content_type.lower() or start.lower().startswith(_PAGES):
        return "web page in place of a reply", ": it is a web page"
    return "reply not JSON", ""


def _no_reply(answer: HttpAnswer, value: Any) -> ProviderError:
    why, reason = f"{answer.engine}: the answer holds no reply", "no reply in the answer"
    if isinstance(value, dict) and isinstance(value.get("usage"), dict):
        return UnusableReply(why, *_counts(answer.engine, value, ""), reason=reason, raw=answer.raw)
    return ProviderError(why, reason=reason, raw=answer.raw)


def _counts(engine: str, value: dict[str, Any], said: str) -> tuple[int, int]:
    """Return the tokens of prompt and reply.

    A server that does not count, or counts what cannot be, gets an estimate, so that a budget in tokens still ends
    the run.
    """
    used = value.get("usage")
    if not (isinstance(used, dict) and used):
        return 0, _about(said)
    asked = used.get("prompt_tokens", used.get("input_tokens"))
    spent = used.get("completion_tokens", used.get("output_tokens"))
    counted = count(spent)
    if counted is None:
        _miscounts(engine, f"{spent!r:.40}")
    return count(asked) or 0, _about(said) if counted is None else counted


@lru_cache(maxsize=64)
def _miscounts(engine: str, number: str) -> None:
    """Log a wrong count once: a server that miscounts does so in every reply."""
    _log.warning("%s: a reply says that it has %s tokens; they are estimated", engine, number)


def _about(said: str) -> int:
    return len(said.encode("utf-8", "replace")) // 4


def _reasoned(message: dict[str, Any], value: dict[str, Any]) -> bool:
    """Whether the answer shows that the model thought aloud."""
    if any(message.get(name) for name in ("reasoning_content", "reasoning", "reasoning_details", "thinking")):
        return True
    if isinstance(message.get("content"), list | dict) and message["content"]:
        return True
    used = value.get("usage")
    details = used.get("completion_tokens_details") if isinstance(used, dict) else None
    return bool(isinstance(details, dict) and count(details.get("reasoning_tokens")))


def _why_no_text(message: dict[str, Any], value: dict[str, Any], said: str | None) -> str:
    if isinstance(message.get("refusal"), str) and message["refusal"].strip():
        return f"the reply has no text: the model refused: {' '.join(message['refusal'].split())[:_SHOWN]}"
    if message.get("tool_calls"):
        return "the reply has no text: the model called a tool, which nobody offered it"
    if said or _reasoned(message, value):
        return f"the reply has no text: the model only reasoned, {_CHANGE}"
    return f"the reply has no text: the model probably only reasoned, {_CHANGE}"


def _error_inside(answer: HttpAnswer, error: Any) -> ProviderError:
    """Map an error that came with status 200, as relays send it."""
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 0
    if status:
        return refusal(HttpAnswer(answer.engine, status, answer.content_type, answer.retry_after, answer.body))
    return ProviderError(f"{answer.engine}: {answer.message}", reason="error in place of a reply", raw=answer.raw)


def _error_text(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    error = value.get("error") or value.get("message") or value.get("detail")
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else _as_json(error) if error else ""


def _as_json(error: Any) -> str:
    """Return an error that is no text as JSON; '' where only its own bytes say it: too deep, or of too many digits."""
    try:
        return orjson.dumps(error).decode()
    except TypeError:
        return ""


def _details(value: Any) -> list[str]:
    """Return what stands beside the message of an error: parameter and code, what a relay quotes of its provider."""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        return []
    more = error.get("metadata")
    quoted = more.get("raw") if isinstance(more, dict) else None
    told = [f"{error.get('param') or ''}", f"{error.get('code') or ''}".replace("_", " "), quoted]
    return [words for words in told if isinstance(words, str) and words and not words.isdigit()]
