"""Kinds of wrong answers, byte by byte: each function is one, and yields what is sent, the pauses, and the end."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import Enum
from functools import lru_cache
from typing import Any

import orjson

from tests.support.chat_replies import completion, reply_to
from tests.support.odd_replies import events


class End(Enum):
    """How a connection ends that should not end."""

    CLOSED = "closed"
    RESET = "reset"


Body = dict[str, Any]
Steps = Iterator[bytes | float | End]
"""Bytes to send, seconds to pause, or the end of the connection."""
LATE_S = 4.0
"""Longer than a run of the tests waits for a reply."""
BOMB = 128 << 20
"""Bytes of a gzip bomb, unpacked."""


@dataclass(frozen=True)
class Kind:
    """One kind of wrong answer."""

    play: Callable[[Body], Steps]
    counted: str = ""
    """What a run counts it as; '' for what is a reply all the same."""
    asks: float = 0.0
    """Seconds that the server asks to wait."""


KINDS: dict[str, Kind] = {}
"""Kinds that a run lives through, if they come now and then."""
PAUSING: dict[str, Kind] = {}
"""Kinds that pause it."""


def kind(
    counted: str = "", asks: float = 0.0, table: dict[str, Kind] = KINDS
) -> Callable[[Callable[[Body], Steps]], Callable[[Body], Steps]]:
    """Enter a kind into a table under the name of its function."""

    def enter(play: Callable[[Body], Steps]) -> Callable[[Body], Steps]:
        table[play.__name__.strip("_").replace("_", " ")] = Kind(play, counted, asks)
        return play

    return enter


def http(body: bytes = b"", status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    """An answer as it should be framed."""
    return head(len(body), status, kind, more) + body


def head(length: int | None, status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    sized = "" if length is None else f"Content-Length: {length}\r\n"
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{sized}{more}\r\n".encode()


def good(body: Body) -> bytes:
    return orjson.dumps(completion(body))


def error(status: str, said: str, more: str = "") -> bytes:
    return http(orjson.dumps({"error": {"message": said, "type": "error"}}), status, more=more)


def choice(body: Body, **fields: Any) -> bytes:
    """A whole reply whose only choice is changed."""
    whole = completion(body)
    whole["choices"][0] |= fields
    return http(orjson.dumps(whole))


def spliced(body: Body, usage: bytes) -> bytes:
    """A whole reply with something under `usage` that no library would write."""
    return http(orjson.dumps(completion(body) | {"usage": "@@"}).replace(b'"@@"', usage))


@kind("HTTP 429")
def _429_without_a_wait(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down")


@kind("HTTP 429", 1.0)
def _429_with_seconds(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down", "Retry-After: 1\r\n")


@kind("HTTP 429", 0.3)
def _429_with_a_fraction(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down", "Retry-After: 0.3\r\n")


@kind("HTTP 429", 2.0)
def _429_with_a_date(body: Body) -> Steps:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    yield error("429 Too Many Requests", "slow down", f"Retry-After: {when}\r\n")


@kind("HTTP 429")
def _429_with_a_date_gone_by(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down", "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n")


@kind("HTTP 429")
def _429_with_less_than_nothing(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down", "Retry-After: -120\r\n")


@kind("HTTP 429")
def _429_with_nonsense(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down", "Retry-After: when it suits you\r\n")


@kind("HTTP 429")
def _429_with_more_than_all_time(body: Body) -> Steps:
    yield error("429 Too Many Requests", "slow down", f"Retry-After: {'9' * 400}\r\n")


@kind("HTTP 503", 0.2)
def _503_with_a_wait(body: Body) -> Steps:
    yield error("503 Service Unavailable", "loading", "Retry-After: 0.2\r\n")


@kind("HTTP 503")
def _503_alone(body: Body) -> Steps:
    yield error("503 Service Unavailable", "no worker is free")


@kind("HTTP 500")
def _500(body: Body) -> Steps:
    yield error("500 Internal Server Error", "broken inside")


@kind("HTTP 502")
def _502_with_a_page(body: Body) -> Steps:
    yield http(b"<html><h1>502 Bad Gateway</h1></html>", "502 Bad Gateway", "text/html")


@kind("HTTP 504")
def _504_with_nothing(body: Body) -> Steps:
    yield http(b"", "504 Gateway Timeout", "text/plain")


@kind("HTTP 529")
def _529_of_no_standard(body: Body) -> Steps:
    yield error("529 Overloaded", "overloaded")


@kind("HTTP 408")
def _408(body: Body) -> Steps:
    yield error("408 Request Timeout", "you were too slow")


@kind("HTTP 403")
def _403_now_and_then(body: Body) -> Steps:
    yield error("403 Forbidden", "this prompt was flagged")


@kind("HTTP 404")
def _404_now_and_then(body: Body) -> Steps:
    yield error("404 Not Found", "no such model on this replica")


@kind("prompt too long")
def _400_too_long(body: Body) -> Steps:
    yield error("400 Bad Request", "This model's maximum context length is 512 tokens, reduce the prompt")


@kind("address moved")
def redirected(body: Body) -> Steps:
    yield http(b"moved", "307 Temporary Redirect", "text/plain", "Location: /v1/elsewhere\r\n")


@kind("HTTP 204")
def _204(body: Body) -> Steps:
    yield b"HTTP/1.1 204 No Content\r\n\r\n"


@kind("not HTTP")
def other_protocol_asked_for(body: Body) -> Steps:
    yield b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
    yield End.CLOSED


@kind("connection reset")
def reset_before_a_word(body: Body) -> Steps:
    yield End.RESET


@kind("connection reset")
def closed_before_a_word(body: Body) -> Steps:
    yield End.CLOSED


@kind("connection reset")
def closed_within_the_head(body: Body) -> Steps:
    yield b"HTTP/1.1 200 OK\r\nContent-Ty"
    yield End.CLOSED


@kind("reply cut off")
def reset_within_the_body(body: Body) -> Steps:
    data = good(body)
    yield head(len(data)) + data[: len(data) // 2]
    yield 0.05
    yield End.RESET


@kind("reply cut off")
def length_too_long(body: Body) -> Steps:
    data = good(body)
    yield head(len(data) + 100) + data
    yield End.CLOSED


@kind("reply not JSON")
def length_too_short(body: Body) -> Steps:
    data = good(body)
    yield head(len(data) // 2) + data


@kind("reply cut off")
def chunks_that_stop(body: Body) -> Steps:
    data = good(body)
    yield head(None, more="Transfer-Encoding: chunked\r\n") + b"%x\r\n%b" % (len(data), data[:40])
    yield End.CLOSED


@kind("not HTTP")
def chunks_without_a_size(body: Body) -> Steps:
    yield head(None, more="Transfer-Encoding: chunked\r\n") + b"zz\r\n" + good(body) + b"\r\n0\r\n\r\n"


@kind("not HTTP")
def length_and_chunks_at_once(body: Body) -> Steps:
    data = good(body)
    yield head(5, more="Transfer-Encoding: chunked\r\n") + b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data)


@kind("not HTTP")
def other_protocol(body: Body) -> Steps:
    yield b"220 mail.example.org ESMTP ready\r\n"
    yield End.CLOSED


@kind("reply too long")
def head_without_measure(body: Body) -> Steps:
    yield b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 300_000 + b"\r\n\r\n"


@kind("reply too long")
def body_without_measure(body: Body) -> Steps:
    yield head(None, more="Transfer-Encoding: chunked\r\n")
    for _ in range(200):
        yield b"10000\r\n" + b" " * 65_536 + b"\r\n"


@lru_cache(maxsize=1)
def bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(BOMB >> 20)) + packer.flush()


@kind("reply packed unasked")
def gzip_bomb(body: Body) -> Steps:
    yield http(bomb(), more="Content-Encoding: gzip\r\n")


@kind("reply packed unasked")
def gzip_unasked(body: Body) -> Steps:
    yield http(gzip.compress(good(body)), more="Content-Encoding: gzip\r\n")


@kind("web page in place of a reply")
def page(body: Body) -> Steps:
    yield http(b"<!DOCTYPE html>\n<html><body>Please log in</body></html>", kind="text/html; charset=utf-8")


@kind("reply empty")
def nothing(body: Body) -> Steps:
    yield http(b"")


@kind("reply not JSON")
def half_of_the_json(body: Body) -> Steps:
    data = good(body)
    yield http(data[: len(data) // 2])


@kind("reply not JSON")
def garbage_behind(body: Body) -> Steps:
    yield http(orjson.dumps({"choices": []}) + b"\x00\x01 and some more")


@kind("reply not JSON")
def no_utf_8(body: Body) -> Steps:
    yield http(good(body).replace(b"Problem", b"Pr\xf6bl\xe8m"))


@kind("reply not JSON")
def sixteen_bits_a_letter(body: Body) -> Steps:
    yield http(good(body).decode().encode("utf-16"))


@kind("reply not JSON")
def nested_deeply(body: Body) -> Steps:
    yield http(b"[" * 100_000 + b"]" * 100_000)


@kind("reply not JSON")
def events_that_stop(body: Body) -> Steps:
    data = events(completion(body))
    yield http(data[: len(data) // 3].rpartition(b"\n\n")[0] + b"\n\n", kind="text/event-stream")


@kind("no reply in the answer")
def choices_null(body: Body) -> Steps:
    yield http(b'{"id": "x", "choices": null}')


@kind("no reply in the answer")
def choices_empty(body: Body) -> Steps:
    yield http(b'{"id": "x", "choices": []}')


@kind("no reply in the answer")
def json_within_json(body: Body) -> Steps:
    yield http(orjson.dumps(good(body).decode()))


@kind("no text in the reply")
def content_null(body: Body) -> Steps:
    yield choice(body, message={"role": "assistant", "content": None})


@kind("no text in the reply")
def content_a_number(body: Body) -> Steps:
    yield choice(body, message={"role": "assistant", "content": 7})


@kind("reply withheld or broken off")
def filtered(body: Body) -> Steps:
    yield choice(body, finish_reason="content_filter")


@kind("HTTP 503")
def error_in_200(body: Body) -> Steps:
    yield error("200 OK", "overloaded").replace(b'"type":"error"', b'"code":   503 ')


@kind("error in place of a reply")
def error_in_200_without_a_code(body: Body) -> Steps:
    yield http(b'{"error": "something went wrong"}')


@kind("too slow")
def late(body: Body) -> Steps:
    yield LATE_S
    yield http(good(body))


@kind("too slow")
def blanks_and_no_reply(body: Body) -> Steps:
    yield head(1000)
    for _ in range(int(LATE_S / 0.2)):
        yield b" "
        yield 0.2
    yield End.CLOSED


@kind()
def dribbling(body: Body) -> Steps:
    data = http(good(body))
    for at in range(0, len(data), 20):
        yield data[at : at + 20]
        yield 0.005


@kind()
def events_unasked(body: Body) -> Steps:
    yield http(events(completion(body)), kind="text/event-stream")


@kind()
def closed_behind_the_reply(body: Body) -> Steps:
    """Says that it stays, and goes without a word."""
    yield http(good(body), more="Connection: keep-alive\r\n")
    yield 0.02
    yield End.CLOSED


@kind()
def http_1_0_without_a_length(body: Body) -> Steps:
    yield b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + good(body)
    yield End.CLOSED


@kind()
def two_answers_to_one_question(body: Body) -> Steps:
    """The second one is nobody's, and part of it comes with the next reply."""
    other = http(orjson.dumps(completion(body, "Problem: of somebody else")))
    yield http(good(body)) + other[:60]
    yield 0.3
    yield other[60:]


@kind()
def packed_in_name_alone(body: Body) -> Steps:
    yield http(good(body), more="Content-Encoding: gzip\r\n")


@kind()
def byte_order_mark(body: Body) -> Steps:
    yield http(b"\xef\xbb\xbf" + good(body))


@kind()
def text_by_name(body: Body) -> Steps:
    yield http(good(body), kind="text/plain; charset=iso-8859-1")


@kind()
def go_on_first(body: Body) -> Steps:
    yield b"HTTP/1.1 100 Continue\r\n\r\n" + http(good(body))


@kind()
def not_a_number(body: Body) -> Steps:
    yield spliced(body, b'{"prompt_tokens": NaN, "completion_tokens": NaN}')


@kind()
def infinity(body: Body) -> Steps:
    yield spliced(body, b'{"prompt_tokens": Infinity, "completion_tokens": -Infinity}')


@kind()
def huge_integers(body: Body) -> Steps:
    yield spliced(body, b'{"prompt_tokens": 1%b, "completion_tokens": 18446744073709551616}' % (b"0" * 4_000))


@kind()
def keys_twice(body: Body) -> Steps:
    yield http(b'{"choices": null, ' + good(body)[1:])


@kind()
def half_a_sign(body: Body) -> Steps:
    """A lone surrogate, which JSON can write and UTF-8 cannot."""
    said = orjson.dumps(reply_to(body))
    yield http(good(body).replace(said, said[:-1] + b' \\ud83d"'))


@kind()
def signs_that_steer(body: Body) -> Steps:
    said = orjson.dumps(reply_to(body))
    yield http(good(body).replace(said, said[:-1] + b' \\u0000\\u001b[31m"'))


@kind("HTTP 401", table=PAUSING)
def _401(body: Body) -> Steps:
    yield error("401 Unauthorized", "wrong key")


@kind("HTTP 402", table=PAUSING)
def _402(body: Body) -> Steps:
    yield error("402 Payment Required", "insufficient balance")


@kind("HTTP 429", table=PAUSING)
def _429_until_tomorrow(body: Body) -> Steps:
    yield error("429 Too Many Requests", "the quota of today is used up", "Retry-After: 86400\r\n")
