"""The HTTP that engines are asked over, against a server that writes its bytes by hand."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from engine.models.backends import http
from engine.models.backends.http import BrokenConnection, Raw, StaleConnection, TooLong, Wire

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


async def _request(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    return head + await reader.readexactly(length)


def saying(*answers: bytes, close: bool = False, seen: list[bytes] | None = None) -> Serve:
    """Answer the requests of each connection with these bytes, one after the other."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            for answer in answers:
                request = await _request(reader)
                if seen is not None:
                    seen.append(request)
                # In pieces of seven bytes, as a network may deliver them.
                for start in range(0, len(answer), 7):
                    writer.write(answer[start : start + 7])
                    await asyncio.sleep(0)
                await writer.drain()
            if not close:
                await reader.read()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    return serve


def talk(serve: Serve, use: Callable[[Wire], Awaitable[Any]], *, longest: int = 1 << 20) -> tuple[Any, int]:
    """Return what `use` returned, and how many connections were made."""
    made = 0

    async def counted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal made
        made += 1
        await serve(reader, writer)

    async def run() -> Any:
        server = await asyncio.start_server(counted, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        client = Wire(urlsplit(f"http://127.0.0.1:{port}/v1"), {"Authorization": "Bearer k"}, longest)
        try:
            async with asyncio.timeout(10):
                return await use(client)
        finally:
            await client.aclose()
            server.close()

    return asyncio.run(run()), made


async def once(client: Wire) -> Raw:
    return await client.exchange("POST", "/chat/completions", b'{"a":1}')


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        (OK, 200, b"{}"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200, b"abcde"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, 200, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        (b"HTTP/1.1 404 Not Found\r\ncontent-length: 4\r\n\r\ngone", 404, b"gone"),
    ],
)
def test_answers_are_read_whole_however_they_are_framed(answer: bytes, status: int, body: bytes) -> None:
    raw, _ = talk(saying(answer), once)
    assert (raw.status, raw.body) == (status, body)


def test_an_answer_without_a_length_ends_with_its_connection() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nRetry-After: 3\r\n\r\nuntil the end"
    raw, _ = talk(saying(answer, close=True), once)
    assert raw == Raw(200, "text/plain", "3", b"until the end")


def test_a_request_says_what_it_must() -> None:
    seen: list[bytes] = []
    talk(saying(OK, seen=seen), once)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    assert lines[0] == "POST /v1/chat/completions HTTP/1.1"
    assert "Authorization: Bearer k" in lines
    assert "Accept-Encoding: identity" in lines
    assert any(line.startswith("Host: 127.0.0.1:") for line in lines)
    assert body == b'{"a":1}'


def test_connections_are_kept_and_one_is_enough_for_calls_in_a_row() -> None:
    async def three(client: Wire) -> list[int]:
        return [(await once(client)).status for _ in range(3)]

    assert talk(saying(OK, OK, OK), three) == ([200, 200, 200], 1)


def test_calls_at_the_same_time_have_connections_of_their_own() -> None:
    async def eight(client: Wire) -> int:
        return len(await asyncio.gather(*(once(client) for _ in range(8))))

    assert talk(saying(OK, OK), eight) == (8, 8)


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"200 OK\r\n", b"200 OK\r\nConnection: close\r\n"),
        OK.replace(b"HTTP/1.1", b"HTTP/1.0"),
        OK + b"more than was announced",
    ],
)
def test_a_connection_that_does_not_last_is_not_used_again(answer: bytes) -> None:
    async def two(client: Wire) -> list[bytes]:
        return [(await once(client)).body for _ in range(2)]

    assert talk(saying(answer), two) == ([b"{}", b"{}"], 2)


def test_what_follows_an_answer_is_never_taken_for_the_next_one() -> None:
    """A second answer begins in the same packet, and its rest comes when another request is under way."""
    other = OK.replace(b"{}", b"[]")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError, ConnectionError):
            await _request(reader)
            writer.write(OK + other[:30])
            await _request(reader)
            writer.write(other[30:] + OK)
            await writer.drain()
            await reader.read()

    async def two(client: Wire) -> list[bytes]:
        return [(await once(client)).body for _ in range(2)]

    assert talk(serve, two) == ([b"{}", b"{}"], 2)


def test_a_server_that_said_go_on_has_read_the_request() -> None:
    """What it does with it nobody knows, so it is not sent again at once."""
    go_on = b"HTTP/1.1 100 Continue\r\n\r\n"

    async def two(client: Wire) -> None:
        await once(client)
        with pytest.raises(BrokenConnection) as broken:
            await once(client)
        assert broken.type is BrokenConnection

    talk(saying(OK, go_on, close=True), two)


def test_a_server_that_hangs_up_between_calls_is_called_anew() -> None:
    async def two(client: Wire) -> list[int]:
        first = await once(client)
        await asyncio.sleep(0.05)
        return [first.status, (await once(client)).status]

    assert talk(saying(OK, close=True), two) == ([200, 200], 2)


@pytest.mark.parametrize(("reads_for", "error"), [(0.0, StaleConnection), (0.4, BrokenConnection)])
def test_a_kept_connection_that_ends_unanswered_at_once_was_stale(
    monkeypatch: pytest.MonkeyPatch, reads_for: float, error: type[Exception]
) -> None:
    """The server closed it before it read the request; one that took time over the request may have acted on it."""
    monkeypatch.setattr(http, "_STALE", 0.2)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):
            await _request(reader)
            writer.write(OK)
            await _request(reader)
            await asyncio.sleep(reads_for)

    async def three(client: Wire) -> list[int]:
        first = await once(client)
        with pytest.raises(BrokenConnection) as broken:
            await once(client)
        assert broken.type is error
        return [first.status, (await once(client)).status]

    assert talk(serve, three) == ([200, 200], 2)


def test_an_idle_connection_is_trusted_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "_FRESH", 0.02)

    async def two(client: Wire) -> list[int]:
        first = await once(client)
        await asyncio.sleep(0.05)
        return [first.status, (await once(client)).status]

    assert talk(saying(OK, OK), two) == ([200, 200], 2)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (b"", "closed the connection before its answer"),
        (OK[:-1], "closed the connection within its answer"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not an HTTP answer"),
        (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\n", "not an HTTP answer"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "not an HTTP answer"),
    ],
)
def test_what_is_no_whole_answer_is_an_error_with_its_reason(answer: bytes, message: str) -> None:
    async def fails(client: Wire) -> None:
        with pytest.raises(BrokenConnection, match=message):
            await once(client)

    talk(saying(answer, close=True), fails)


def test_an_endless_answer_is_cut_off() -> None:
    async def fails(client: Wire) -> None:
        with pytest.raises(TooLong):
            await once(client)

    talk(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n" + b"x" * 5_000), fails, longest=1_000)


def test_go_on_said_for_ever_is_cut_off_and_said_a_few_times_is_not() -> None:
    """Each began anew what was counted, and the call went on until its time was over."""

    async def fails(client: Wire) -> None:
        with pytest.raises(TooLong):
            await once(client)

    go_on = b"HTTP/1.1 100 Continue\r\n\r\n"
    talk(saying(go_on * 6_000, close=True), fails, longest=1_000)
    (raw, _) = talk(saying(go_on * 3 + OK), once)
    assert raw.status == 200


def test_a_cancelled_call_leaves_no_connection_behind() -> None:
    async def cancelled(client: Wire) -> int:
        slow = asyncio.create_task(once(client))
        await asyncio.sleep(0.05)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        return len(client._idle)

    assert talk(saying(b""), cancelled) == (0, 1)


def test_nobody_at_the_address_is_an_error_of_the_connection() -> None:
    async def run() -> None:
        client = Wire(urlsplit("http://127.0.0.1:9"), {}, 1 << 20)
        with pytest.raises(OSError, match="9"):
            await once(client)

    asyncio.run(run())


@pytest.mark.parametrize("trusted", [True, False])
def test_tls_is_spoken_with_servers_that_are_trusted_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trusted: bool
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def run() -> Raw:
        server = await asyncio.start_server(saying(OK, OK), "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        client = Wire(urlsplit(f"https://localhost:{port}/v1"), {}, 1 << 20)
        try:
            return await once(client)
        finally:
            await client.aclose()
            server.close()

    if trusted:
        assert asyncio.run(run()).body == b"{}"
    else:
        with pytest.raises(ssl.SSLCertVerificationError):
            asyncio.run(run())
