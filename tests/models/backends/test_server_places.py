"""How many calls a server works on at a time, from what servers say of themselves, and why a connection failed."""

from __future__ import annotations

import asyncio
import socket
import ssl

import pytest

from engine.core.project import EngineSpec
from engine.core.protocol import Places
from engine.models.backends.connection_errors import connection_error
from engine.models.backends.http import Raw
from engine.models.backends.server_places import FEW, MANY, NEARBY, ask_places
from engine.models.proxy import ProxyRefused, stays_near
from engine.models.registry import make

LLAMA = b'{"default_generation_settings": {"n_ctx": 2048}, "total_slots": 3, "model_alias": "m"}'
VLLM = b'# TYPE vllm:num_requests_running gauge\nvllm:num_requests_running{model_name="m"} 0.0\n'
CONFIG = VLLM + b'vllm:engine_config_info{max_num_seqs="96",x="1"} 1.0\n'


def _asked(pages: dict[str, bytes | int]) -> tuple[Places, list[str]]:
    asked: list[str] = []

    async def get(path: str) -> Raw:
        asked.append(path)
        page = pages.get(path, 404)
        return Raw(page, "", None, b"") if isinstance(page, int) else Raw(200, "application/json", None, page)

    return asyncio.run(ask_places(get)), asked


@pytest.mark.parametrize(
    ("pages", "places"),
    [
        ({"/props": LLAMA}, Places(told=3)),
        ({"/props": 503}, Places(first=4, loading=True)),
        ({"/metrics": VLLM}, MANY),
        ({"/metrics": CONFIG}, Places(told=96)),
        ({"/metrics": b"llamacpp:requests_processing 0\n"}, NEARBY),
        ({"/api/version": b'{"version": "0.9.1"}'}, FEW),
        ({"/api/v0/models": b'{"data": [], "object": "list"}'}, FEW),
        ({"/props": b'{"total_slots": "many"}', "/api/version": b"[1]"}, NEARBY),
        ({"/props": b'{"total_slots": 0}', "/metrics": b"\xff\xfe"}, NEARBY),
        ({}, NEARBY),
    ],
)
def test_what_servers_say_of_themselves(pages: dict[str, bytes | int], places: Places) -> None:
    assert _asked(pages)[0] == places


def test_a_server_that_hangs_up_says_nothing() -> None:
    async def get(path: str) -> Raw:
        raise ConnectionResetError("gone")

    assert asyncio.run(ask_places(get)) == NEARBY


def test_a_service_far_away_is_not_asked_for_other_paths() -> None:
    """A name that does not exist (RFC 6761): asking it anything would fail."""

    async def places() -> Places:
        return await make("far", EngineSpec(base_url="https://models.invalid/v1")).places()

    assert asyncio.run(places()) == MANY


@pytest.mark.parametrize(
    ("host", "near"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("192.168.1.20", True),
        ("10.0.0.4", True),
        ("gpu-box", True),
        ("gpu.local", True),
        ("api.openai.com", False),
        ("8.8.8.8", False),
        ("2001:4860:4860::8888", False),
    ],
)
def test_what_is_near(host: str, near: bool) -> None:
    assert stays_near(host) is near


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ConnectionRefusedError(111, "Connect call failed"), "connection refused"),
        (OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 111] Connect"), "connection refused"),
        (ConnectionResetError(104, "Connection reset by peer"), "connection reset"),
        (socket.gaierror(-2, "Name or service not known"), "name not found (DNS)"),
        (ssl.SSLCertVerificationError(1, "certificate verify failed"), "TLS failed"),
        (ProxyRefused("opens no way"), "proxy refused"),
        (TimeoutError(), "no connection in time"),
        (OSError(113, "No route to host"), "no connection"),
    ],
)
def test_why_a_connection_failed(error: OSError, reason: str) -> None:
    assert connection_error(error) == reason


def test_a_port_where_nobody_listens_is_a_refused_connection() -> None:
    from engine.core.errors import Unreachable
    from engine.core.protocol import Chat, Message, PromptRef

    async def ask() -> None:
        backend = make("gone", EngineSpec(base_url="http://127.0.0.1:9/v1"))
        await backend.complete(Chat("w", (Message("user", "x"),), PromptRef("p", "h")), "m")

    with pytest.raises(Unreachable) as met:
        asyncio.run(ask())
    assert met.value.reason == "connection refused"
