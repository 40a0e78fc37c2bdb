"""Bodies as services send them: events that nobody asked for, comments around the JSON, JSON that is none."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import ProviderError, UnusableReply
from engine.models.backends.bodies import parsed, torn_counts
from engine.models.backends.http_errors import HttpAnswer, read_completion, refusal
from tests.support.odd_replies import events, ollama

WHOLE: dict[str, Any] = {
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "42 ✓"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 10, "completion_tokens": 5},
}
JSON = orjson.dumps(WHOLE)


def test_halves_of_signs_are_no_part_of_a_value() -> None:
    """JSON can write half of a surrogate pair; two events may hold a half each."""
    assert parsed(b'{"said": "so \\ud83d!"}') == {"said": "so \ufffd!"}
    parted = [WHOLE["choices"][0] | {"delta": {"content": half}, "message": None} for half in ("\\ud83d", "\\ude00")]
    body = b"".join(b"data: %b\n\n" % orjson.dumps({"choices": [one]}).replace(b"\\\\", b"\\") for one in parted)
    assert parsed(body)["choices"][0]["message"]["content"] == "\U0001f600"


def test_a_message_with_half_a_sign_can_be_written() -> None:
    with pytest.raises(ProviderError) as refused:
        read(b'{"error": "not \\ud83d so"}')
    assert str(refused.value).encode() == "e: not \ufffd so".encode()


def read(body: bytes) -> tuple[str, str, int, int]:
    found = read_completion(HttpAnswer("e", 200, "", "", body))
    return found.text, found.finish, found.tokens_in, found.tokens_out


@pytest.mark.parametrize(
    "body",
    [
        JSON,
        b": PROCESSING\n\n: PROCESSING\n\n" + JSON,
        b"\n\n \r\n" + JSON,
        b"\xef\xbb\xbf" + JSON,
        JSON + b"\n\n: bye\n",
        events(WHOLE),
        events(WHOLE).replace(b"\n", b"\r\n"),
        events(WHOLE).replace(b"data: ", b"data:"),
        events(WHOLE).replace(b"data: [DONE]\n\n", b""),
        b"event: completion\nid: 1\ndata: " + JSON + b"\n\n",
        b"data: " + JSON + b"\n\ndata: [DONE]\n\n",
        JSON.replace(b"42 ", b"42\n").replace(b"\n", b" "),
    ],
)
def test_a_reply_is_read_however_it_is_wrapped(body: bytes) -> None:
    assert read(body) == ("42 ✓", "stop", 10, 5)


def test_a_raw_line_end_inside_a_string_is_read() -> None:
    assert read(JSON.replace(b"42 ", b"42\n"))[0] == "42\n✓"


def test_events_keep_reasoning_apart_and_tell_a_cut() -> None:
    deltas = [{"reasoning_content": "6*"}, {"reasoning_content": "7"}, {"content": "4"}, {"content": "2"}]
    chunks: list[dict[str, Any]] = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    chunks.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "length"}]})
    body = b"".join(b"data: %b\n\n" % orjson.dumps(one) for one in chunks)
    assert read(body)[:2] == ("42", "length")
    message = parsed(body)["choices"][0]["message"]
    assert message == {"reasoning_content": "6*7", "content": "42"}


NATIVE = ollama("42 ✓")
CHUNKS = [line[6:] for line in events(WHOLE).split(b"\n") if line.startswith(b"data: {")]


def lines(values: list[Any], between: bytes = b"\n") -> bytes:
    return between.join(one if isinstance(one, bytes) else orjson.dumps(one) for one in values)


@pytest.mark.parametrize(
    "body",
    [
        lines(NATIVE),
        lines(NATIVE) + b"\n",
        lines(NATIVE, b"\r\n"),
        lines(NATIVE, b"\n\n"),
        b": PROCESSING\n\n" + lines(NATIVE),
        b"\xef\xbb\xbf" + lines(NATIVE),
        lines([{**NATIVE[-1], "message": {"role": "assistant", "content": "42 ✓"}}]),
        lines([{"response": "42", "done": False}, {**NATIVE[-1], "message": None, "response": " ✓"}]),
        lines([{**NATIVE[-1], "message": None, "response": "42 ✓", "thinking": "6*7"}]),
        lines(CHUNKS),
        lines(CHUNKS, b"\r\n") + b"\r\n",
        lines([{"object": "chat.completion.chunk", **orjson.loads(one)} for one in CHUNKS]),
    ],
)
def test_one_object_a_line_is_one_reply(body: bytes) -> None:
    assert read(body) == ("42 ✓", "stop", 10, 5)


def test_a_stream_of_lines_that_ends_early_is_no_reply_and_a_cut_one_is_a_cut() -> None:
    with pytest.raises(ProviderError, match="not JSON"):
        read(lines(NATIVE[:-1]))
    with pytest.raises(ProviderError):
        read(lines(NATIVE)[:-20])
    assert read(lines([*NATIVE[:-1], {**NATIVE[-1], "done_reason": "length"}]))[1] == "length"


def test_an_error_among_the_lines_is_that_error() -> None:
    with pytest.raises(ProviderError, match="model is loading"):
        read(lines([NATIVE[0], {"error": "model is loading"}]))


@pytest.mark.parametrize(
    "choice",
    [
        {"text": "42 ✓", "finish_reason": "stop"},
        {"text": "42 ✓", "index": 0, "logprobs": None, "finish_reason": "stop"},
        {"text": "<think>6*7</think>42 ✓", "finish_reason": "stop"},
        {"text": "42 ✓", "message": {"content": "42 ✓"}, "finish_reason": "stop"},
        {"message": {"content": {"type": "text", "text": "42 ✓"}}, "finish_reason": "stop"},
        {"message": {"content": {"text": "42 ✓"}}, "finish_reason": "stop"},
        {"message": {"content": {"type": "output_text", "text": "42 ✓"}}, "finish_reason": "stop"},
        {"message": {"content": {"type": "text", "text": {"value": "42 ✓"}}}, "finish_reason": "stop"},
        {"message": {"content": {"type": "text", "text": "<think>6*7</think>42 ✓"}}, "finish_reason": "stop"},
        {"message": {"content": [{"type": "text", "text": {"value": "42"}}, {"type": "text", "text": " ✓"}]},
         "finish_reason": "stop"},
    ],
)  # fmt: skip
def test_a_choice_holds_its_text_in_one_of_several_places(choice: dict[str, Any]) -> None:
    assert read(orjson.dumps({**WHOLE, "choices": [choice]})) == ("42 ✓", "stop", 10, 5)


def test_completions_are_added_up_as_well() -> None:
    chunks = [{"choices": [{"index": 0, "text": text}]} for text in ("4", "2 ✓")]
    chunks.append({"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]})
    body = b"".join(b"data: %b\n\n" % orjson.dumps(one) for one in chunks)
    assert read(body)[:2] == ("42 ✓", "stop")


@pytest.mark.parametrize("content", [{"type": "thinking", "thinking": "6*7"}, {"type": "image_url"}, {"text": 7}])
def test_one_part_that_is_no_text_is_no_reply(content: dict[str, Any]) -> None:
    choice = {"message": {"content": content}, "finish_reason": "stop"}
    with pytest.raises(UnusableReply, match="only reasoned"):
        read(orjson.dumps({**WHOLE, "choices": [choice]}))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html></html>",
        b": only\n\n: comments\n",
        b"data: {not json}\n\n",
        b"data: [DONE]\n",
        JSON[:40],
        events(WHOLE)[:120],
        b"[" * 100_000,
        b"\xff\xfe{}",
    ],
)
def test_what_holds_no_reply_is_a_failure_that_nobody_pays_for(body: bytes) -> None:
    with pytest.raises(ProviderError) as met:
        read(body)
    assert not isinstance(met.value, UnusableReply)


def test_an_error_among_the_events_is_that_error() -> None:
    body = b'data: {"choices": []}\n\ndata: {"error": {"message": "overloaded", "code": 503}}\n\n'
    with pytest.raises(ProviderError, match="503: overloaded"):
        read(body)


def test_a_body_that_is_no_json_and_still_tells_its_bill_was_paid_for() -> None:
    with pytest.raises(UnusableReply, match="not JSON") as met:
        read(b"{" + JSON)
    assert (met.value.tokens_in, met.value.tokens_out) == (10, 5)
    assert torn_counts(JSON[:40]) is None


@given(st.text(min_size=1), st.lists(st.sampled_from((b": x\n", b"\n", b"\r\n", b" \n")), max_size=6))
def test_no_wrapping_changes_a_text(text: str, before: list[bytes]) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    whole = {**WHOLE, "choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}]}
    for body in (b"".join(before) + orjson.dumps(whole), events(whole)):
        assert parsed(body)["choices"][0]["message"]["content"] == text


def test_a_number_without_end_spoils_no_reply() -> None:
    """Python refuses whole numbers of thousands of digits, and the reply beside one was paid for."""
    body = b'{"choices":[{"message":{"content":"x"}}],"usage":{"prompt_tokens":' + b"9" * 5_000 + b"}}"
    for said in (body, b": wait\n" + body):
        found = parsed(said)
        assert found["choices"][0]["message"]["content"] == "x"
        assert found["usage"]["prompt_tokens"] == float("inf")


DEEP = b"[" * 100_000 + b"]" * 100_000


@pytest.mark.parametrize(
    "body",
    [
        b"data: " + DEEP + b"\n\n",
        b'data: {"choices":' + DEEP + b"}\n\ndata: [DONE]\n\n",
        b'{"done":false}\n{"choices":' + DEEP + b"}",
        b'{"error":' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"error":{"message":{"limit":' + b"9" * 40 + b"}}}",
        b'{"error":{"message":{"said":"\\ud800"}}}',
    ],
    ids=["an event", "within an event", "lines", "an error", "an error of many digits", "an error of half a sign"],
)
@pytest.mark.parametrize("status", [200, 400])
def test_what_is_too_deep_or_too_long_is_a_failure_like_any_other(status: int, body: bytes) -> None:
    """They raised RecursionError and TypeError, past whoever handles what a server says."""
    answer = HttpAnswer("local", status, "application/json", None, body)
    with pytest.raises(ProviderError) as met:
        raise refusal(answer) if status != 200 else read_completion(answer) and AssertionError
    assert 10 < len(str(met.value)) < 400
    assert answer.said
    (str(met.value) + met.value.raw).encode()


@pytest.mark.parametrize(
    ("said", "meant"),
    [("a\\ud83d\\ude00b", "a😀b"), ("a\\ud83db", "a�b"), ("\\ude00\\ud83d", "��"), ("é\\udfff", "é�")],
)
def test_half_a_sign_in_a_reply_becomes_what_can_be_kept(said: str, meant: str) -> None:
    """The reply was paid for, and no line of a journal could hold it."""
    one = f'{{"choices":[{{"message":{{"content":"{said}"}},"finish_reason":"stop"}}]}}'.encode()
    halves = (f'data: {{"choices":[{{"delta":{{"content":"{piece}"}}}}]}}\n\n' for piece in _pieces(said))
    for body in (one, "".join([*halves, "data: [DONE]\n\n"]).encode()):
        assert read(body)[0] == meant


def _pieces(said: str) -> list[str]:
    """A text as JSON writes it, broken before each escape."""
    first, *others = said.split("\\")
    return [first, *(f"\\{other}" for other in others)]


def test_half_a_sign_in_a_reason_or_refusal_becomes_what_can_be_kept() -> None:
    for choice in (
        b'{"message":{"content":"x\\ud800"},"finish_reason":"error"}',
        b'{"message":{"content":null,"refusal":"\\udfff no"},"finish_reason":"stop"}',
    ):
        with pytest.raises(UnusableReply) as met:
            read(b'{"choices":[' + choice + b"]}")
        (str(met.value) + met.value.raw).encode()


def test_a_long_stream_is_joined_once() -> None:
    """Each event copied all that came before it: these would take hours."""
    event = b'data: {"choices":[{"delta":{"content":"' + b"a" * 400 + b'","parts":[1]}}]}\n\n'
    message = parsed(event * 60_000 + b"data: [DONE]\n\n")["choices"][0]["message"]
    assert (len(message["content"]), len(message["parts"])) == (24_000_000, 60_000)
