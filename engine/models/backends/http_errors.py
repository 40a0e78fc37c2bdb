"""What an HTTP answer means: a completion, or the failure that fits it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import orjson

from engine.core.errors import ProviderError, Refused, Throttled, Unreachable
from engine.core.protocol import Completion
from engine.models.backends.reply_text import ending, text_of, without_reasoning
from engine.models.backoff import retry_after

_SHOWN = 300
_RAW = 20_000
_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|maximum context|context_length_exceeded|prompt is too long|"
    r"too many tokens|exceeds? the (available )?context|input is too long",
    re.IGNORECASE,
)
_SOFT = frozenset((408, 409, 423, 425))
_NO_TEXT = (
    "the reply has no text: if the model only reasoned, raise max_tokens or lower its reasoning effort at the server"
)
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
        try:
            value = orjson.loads(self.body)
        except ValueError:
            value = None
        text = _error_text(value) or self.body.decode("utf-8", "replace")
        text = " ".join(text.split())
        return text if len(text) <= _SHOWN else text[:_SHOWN] + " …"

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
        return Throttled(f"{where}: {said}", retry_after=retry_after(answer.retry_after), raw=answer.raw)
    if status >= 500 or status in _SOFT:
        return Unreachable(f"{where}: {said}", raw=answer.raw)
    if 300 <= status < 400:
        return Refused(f"{where}: the address has moved; set base_url to the new one", raw=answer.raw)
    if answer.too_long:
        return Refused(f"{where}: the prompt does not fit: {said}", raw=answer.raw)
    if status >= 400:
        advice = _ADVICE.get(status)
        return Refused(f"{where}: {advice + ': ' if advice else ''}{said}", raw=answer.raw)
    return ProviderError(f"{where}: not an answer to a chat: {said}", raw=answer.raw)


def read_completion(answer: HttpAnswer) -> Completion:
    """Return the reply of a 200; ProviderError where there is none in it."""
    try:
        value = orjson.loads(answer.body)
    except ValueError:
        kind = answer.content_type or "no content type"
        raise ProviderError(f"{answer.engine}: the answer is not JSON ({kind})", raw=answer.raw) from None
    if isinstance(value, dict) and value.get("error"):
        raise _error_inside(answer, value["error"])
    try:
        choice = value["choices"][0]
        content = choice["message"]["content"]
    except (KeyError, IndexError, TypeError):
        raise ProviderError(f"{answer.engine}: the answer holds no reply", raw=answer.raw) from None
    finish = ending(choice.get("finish_reason"))
    if finish == "failed":
        raise ProviderError(f"{answer.engine}: the reply ended with {choice['finish_reason']}", raw=answer.raw)
    content = text_of(content)
    if content is None and finish == "length":
        content = ""  # All of it went into reasoning: paid for, and there is no reply.
    if content is None:
        raise ProviderError(f"{answer.engine}: {_NO_TEXT}", raw=answer.raw)
    text = without_reasoning(content)
    used = value.get("usage")
    used = used if isinstance(used, dict) else {}
    return Completion(
        text,
        finish,
        _count(used.get("prompt_tokens")),
        # A server that does not count gets an estimate, so that a budget in tokens still ends the run.
        _count(used.get("completion_tokens")) if used else len(content.encode()) // 4,
    )


def _error_inside(answer: HttpAnswer, error: Any) -> ProviderError:
    """Map an error that came with status 200, as relays send it."""
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 0
    if status:
        return refusal(HttpAnswer(answer.engine, status, answer.content_type, answer.retry_after, answer.body))
    return ProviderError(f"{answer.engine}: {answer.message}", raw=answer.raw)


def _error_text(value: Any) -> str:
    if not isinstance(value, dict):
        return ""
    error = value.get("error") or value.get("message") or value.get("detail")
    if isinstance(error, dict):
        error = error.get("message")
    return error if isinstance(error, str) else orjson.dumps(error).decode() if error else ""


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0
