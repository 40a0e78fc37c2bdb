"""Ways in which a server or relay repeats the key that it was sent, as they are seen in the field."""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import web

from tests.support.chat_replies import completion
from tests.support.odd_replies import events

KEY = "sk-proj/Ab+Cd_9=-Zy0123456789QwErTy"


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)


def _basic(user: str, key: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


def _url_safe(key: str) -> str:
    return base64.urlsafe_b64encode(f"Bearer {key}".encode()).decode().rstrip("=")


def _broken(text: str, end: str = "\n") -> str:
    return end.join(text[at : at + 9] for at in range(0, len(text), 9))


WORDS: Mapping[str, Callable[[str], str]] = {
    "as it is": lambda key: key,
    "in a header": lambda key: f"Authorization: Bearer {key}",
    "address": lambda key: f"https://relay.example/v1?api_key={quote(key, safe='')}",
    "address, twice": lambda key: quote(quote(key, safe=""), safe=""),
    "address, every byte": lambda key: "".join(f"%{ord(each):02X}" for each in key),
    "basic": lambda key: _basic("", key),
    "basic with a name": lambda key: _basic("user", key),
    "base64, other alphabet": _url_safe,
    "base64 over lines": lambda key: _broken(_basic("me", key)),
    "over lines": _broken,
    "over lines, set in": lambda key: _broken(key, "\r\n    "),
    "as JSON in a text": lambda key: json.dumps({"headers": {"authorization": key}}),
    "as JSON in JSON": lambda key: json.dumps(json.dumps({"key": _broken(key)})),
    "escaped in a text": _escaped,
    "slashes escaped": lambda key: key.replace("/", "\\/"),
    "shell": lambda key: f"curl -H 'Authorization: Bearer {key}'",
    "as HTML": lambda key: f"<pre>{html.escape(key)}</pre>",
    "HTML, numbers": lambda key: "".join(f"&#{ord(each)};" for each in key),
    "HTML, digits": lambda key: "".join(f"&#x{ord(each):04X};" for each in key),
    "HTML, names": lambda key: key.replace("/", "&sol;").replace("=", "&equals;").replace("+", "&plus;"),
    "HTML in HTML": lambda key: html.escape("".join(f"&#{ord(each)};" for each in key)),
    "places to break": lambda key: "\u200b".join(key).replace("/", "/<wbr>"),
    "digits": lambda key: key.encode().hex(),
    "digits, large and apart": lambda key: key.encode().hex(":").upper(),
    "bytes of a program": lambda key: "".join(f"\\x{ord(each):02x}" for each in key),
    "code points of a script": lambda key: "".join(f"\\u{{{ord(each):x}}}" for each in key),
    "base64, no padding": lambda key: base64.b64encode(key.encode()).decode().rstrip("="),
    "base64 of base64": lambda key: base64.b64encode(_basic("me", key).encode()).decode(),
    "wide characters": lambda key: "\0".join(key),
}
"""What is said, by the form of the key in it."""


def _raw(text: str, escape: Callable[[str], str]) -> bytes:
    """A reply whose text is written with these escapes, which a parser undoes."""
    whole = json.dumps(completion({"model": "tiny", "messages": []}, "@@"))
    return whole.replace("@@", escape(text)).encode()


BODIES: Mapping[str, Callable[[str], tuple[int, str, bytes]]] = {
    **{f"reply: {name}": lambda key, say=say: _reply(say(key)) for name, say in WORDS.items()},
    **{f"refused: {name}": lambda key, say=say: _refused(say(key)) for name, say in WORDS.items()},
    "reply in escapes": lambda key: (200, "application/json", _raw(key, _escaped)),
    "reply in slashes": lambda key: (200, "application/json", _raw(key, lambda text: text.replace("/", "\\/"))),
    "stream": lambda key: (200, "text/event-stream", _streamed(key)),
    "stream of a refusal": lambda key: (200, "text/event-stream", _filtered(key)),
    "broken JSON": lambda key: (200, "application/json", b'{"error": "' + key.encode()),
    "type": lambda key: (200, f"text/{quote(key, safe='')}", b"what"),
    "plain error": lambda key: (500, "text/plain", f"{key} is over quota".encode()),
    "half a stream": lambda key: (200, "text/event-stream", _streamed(key)[:-200]),
}  # fmt: skip
"""Status, type and body of an answer, by the way in which it repeats the key."""


def _reply(text: str) -> tuple[int, str, bytes]:
    return 200, "application/json", json.dumps(completion({"model": "tiny", "messages": []}, text)).encode()


def _refused(text: str) -> tuple[int, str, bytes]:
    return 401, "application/json", json.dumps({"error": {"message": f"bad credentials: {text}"}}).encode()


def _streamed(key: str) -> bytes:
    return events(completion({"model": "t", "messages": []}, key))


def _filtered(key: str) -> bytes:
    return _streamed(key).replace(b'"finish_reason":"stop"', b'"finish_reason":"content_filter"')


def echoes(name: str) -> Any:
    """Return a behaviour of the endpoint that repeats the key in this way."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.Response:
        status, kind, data = BODIES[name](request.headers["Authorization"].removeprefix("Bearer "))
        return web.Response(body=data, status=status, headers={"Content-Type": kind})

    return behave


def spellings(key: str) -> list[bytes]:
    """Return what must be nowhere: the key, and what it is in base64 and in escapes, plain and doubled."""
    coded = [base64.b64encode(b"\0" * ahead + key.encode()).decode()[4:-4] for ahead in range(3)]
    written = [
        key,
        key.encode().hex(),
        key.encode().hex(":").upper(),
        *coded,
        *(each.replace("+", "-").replace("/", "_") for each in coded),
        quote(key, safe=""),
    ]
    written += [_escaped(key), _escaped(key).replace("\\", "\\\\"), key.replace("/", "\\/"), _broken(key)]
    return [each.encode() for each in written]
