"""The body of an answer as JSON, however a service wraps it: comments around it, or a stream that nobody asked for.

Relays keep a connection alive with comment lines (`: PROCESSING`) before the JSON; some services answer every call
with server-sent events (WHATWG HTML, section 9.2), or with one JSON object a line, as Ollama's own protocol does
(Ollama, API reference: generate a chat completion). All become the one answer that they add up to.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

_KEPT_ALIVE = re.compile(rb"(?:[ \t]*(?::[^\n]*)?\r?\n)+")
_EVENTS = re.compile(rb"(?:data|event|id|retry)[ \t]*:")
_DONE = "[DONE]"
_USED_IN = re.compile(rb'"(?:prompt_tokens|input_tokens|prompt_eval_count)"\s*:\s*(\d{1,9})\b')
_USED_OUT = re.compile(rb'"(?:completion_tokens|output_tokens|eval_count)"\s*:\s*(\d{1,9})\b')
_ENDLESS = 400
"""Digits from which a whole number is larger than any that a computer counts with."""
_BOM = b"\xef\xbb\xbf"
_HALF_SIGN = re.compile(rb"\\u[dD][89a-fA-F]")


def parsed(body: bytes) -> Any:
    """Return the value of a body; ValueError where there is none, or events that end before the reply does."""
    try:
        return orjson.loads(body)
    except ValueError:
        pass
    try:
        value = _leniently(body.removeprefix(_BOM))
        return _with_whole_signs(value) if _HALF_SIGN.search(body) else value
    except RecursionError:
        raise ValueError("the JSON is nested too deeply") from None


def _leniently(rest: bytes) -> Any:
    if found := _KEPT_ALIVE.match(rest):
        rest = rest[found.end() :]
    if _EVENTS.match(rest):
        return _joined(rest.decode("utf-8"))
    # Raw line ends inside strings, and comments behind the value, are what else relays do to JSON.
    text = rest.decode("utf-8").lstrip()
    value, end = json.JSONDecoder(strict=False, parse_int=_whole).raw_decode(text)
    behind = text[end:].strip()
    if behind.startswith("{") and isinstance(value, dict):
        return _added([value, *_lines(behind)])
    if behind and not behind.startswith(":"):
        raise ValueError("there is something behind the JSON")
    return value


def _with_whole_signs(value: Any) -> Any:
    """Return a value whose texts hold no half of a sign, which nothing can store.

    Two halves that events brought apart become their sign, one alone becomes the mark for what is no text.
    """
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [_with_whole_signs(each) for each in value]
    if isinstance(value, dict):
        return {_with_whole_signs(name): _with_whole_signs(held) for name, held in value.items()}
    return value


def _whole(digits: str) -> int | float:
    """Return a whole number; one of so many digits that Python refuses it counts as endless, and spoils no reply."""
    return int(digits) if len(digits) < _ENDLESS else float(digits)


def as_chat(value: Any) -> Any:
    """Return an answer in Ollama's own form as one of the OpenAI protocol; any other as it is."""
    if not isinstance(value, dict) or "choices" in value or "done" not in value or value.get("error"):
        return value
    return _added([value])


def message_of(choice: dict[str, Any]) -> dict[str, Any]:
    """Return the message of a choice; that of a completion without turns is its text."""
    if "message" not in choice and isinstance(choice.get("text"), str):
        return {"content": choice["text"]}
    message: dict[str, Any] = choice["message"]
    return message


def _lines(text: str) -> list[dict[str, Any]]:
    """Return the objects of a text that has one a line."""
    values = [json.loads(line, strict=False, parse_int=_whole) for line in text.split("\n") if line.strip()]
    if not all(isinstance(value, dict) for value in values):
        raise ValueError("there is something behind the JSON")
    return values


def torn_counts(body: bytes) -> tuple[int, int] | None:
    """Return tokens of prompt and reply that a body which is no JSON still tells; None where it tells none."""
    if not (found := list(_USED_OUT.finditer(body))):
        return None
    before = list(_USED_IN.finditer(body))
    return int(before[-1][1]) if before else 0, int(found[-1][1])


def _joined(text: str) -> dict[str, Any]:
    """Return the events of a stream as the one answer that they add up to."""
    events = [data for block in re.split(r"\r?\n\r?\n", text) if (data := _data(block))]
    whole = bool(events) and events[-1] == _DONE
    said = [json.loads(data, strict=False, parse_int=_whole) for data in events if data != _DONE]
    return _added([value for value in said if isinstance(value, dict)], whole)


def _added(values: list[dict[str, Any]], whole: bool = False) -> dict[str, Any]:
    """Return the answer that the pieces of a stream add up to; ValueError where they end before the reply does."""
    if failed := next((value for value in values if value.get("error")), None):
        return failed
    answer: dict[str, Any] = {"choices": []}
    message = _GrowingMessage()
    reason = None
    for value in values:
        if isinstance(used := value.get("usage") or _ollama_usage(value), dict):
            answer["usage"] = used
        choice = _first_choice(value)
        if choice is None:
            continue
        message.add(choice.get("message") or choice.get("delta") or _piece_of_text(choice))
        reason = choice.get("finish_reason") or reason
        answer["choices"] = [{"finish_reason": reason}]
    if not (whole or reason):
        raise ValueError("the stream ends before the reply does")
    for choice in answer["choices"]:
        choice["message"] = message.whole()
    return answer


def _piece_of_text(choice: dict[str, Any]) -> dict[str, Any]:
    return {"content": choice["text"]} if isinstance(choice.get("text"), str) else {}


def _ollama_usage(value: dict[str, Any]) -> dict[str, Any] | None:
    """Return the tokens that the last object of a reply in Ollama's own form tells."""
    if not value.get("done") or "eval_count" not in value:
        return None
    return {"prompt_tokens": value.get("prompt_eval_count", 0), "completion_tokens": value["eval_count"]}


def _data(block: str) -> str:
    """Return what the data lines of one event hold."""
    lines = [line[5:].removeprefix(" ") for line in re.split(r"\r\n|\n|\r", block) if line.startswith("data:")]
    return "\n".join(lines).strip()


def _first_choice(value: dict[str, Any]) -> dict[str, Any] | None:
    choices = value.get("choices")
    if choices is None and "done" in value:
        said = value.get("message") or {"content": value.get("response"), "thinking": value.get("thinking")}
        return {"message": said, "finish_reason": (value.get("done_reason") or "stop") if value["done"] else None}
    mine = (
        [one for one in choices if isinstance(one, dict) and not one.get("index")] if isinstance(choices, list) else []
    )
    return mine[0] if mine else None


class _GrowingMessage:
    """What the events of a stream say of one message: texts grow, lists grow, the rest is replaced."""

    def __init__(self) -> None:
        # The pieces are joined once, at the end: each on its own would copy all that came before it.
        self._pieces: dict[str, list[Any]] = {}

    def add(self, piece: Any) -> None:
        """Add what one event says."""
        if not isinstance(piece, dict):
            return
        for name, value in piece.items():
            before = self._pieces.get(name)
            if before and name != "role" and isinstance(value, (str, list)) and type(before[0]) is type(value):
                before.append(value)
            elif value is not None or before is None:
                self._pieces[name] = [value]

    def whole(self) -> dict[str, Any]:
        """Return the message that it has become."""
        return {name: _sum(pieces) for name, pieces in self._pieces.items()}


def _sum(pieces: list[Any]) -> Any:
    if len(pieces) == 1:
        return pieces[0]
    return "".join(pieces) if isinstance(pieces[0], str) else [each for piece in pieces for each in piece]
