"""The way out of a closed network, through a real proxy on this machine; keys, and where they never go."""

from __future__ import annotations

import asyncio
import base64
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import web

from engine.core.errors import BadSetting, Refused, Unreachable
from engine.core.project import EngineSpec
from engine.core.protocol import Chat, Completion, Message, PromptRef, Sampling
from engine.models.proxy import Proxy, proxy_of
from engine.models.registry import make
from tests.support.chat_replies import as_json, completion
from tests.support.endpoint import Endpoint, always
from tests.support.forward_proxy import ForwardProxy

CHAT = Chat("writer", (Message("user", "How many?"),), PromptRef("tests/one", "h"), Sampling(seed=1))
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
KEY = "sk-very-secret-key-4711"


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, *map(str.upper, NAMES), "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEST_LEMMA_KEY", KEY)


def ask(url: str, times: int = 1) -> list[Completion]:
    async def asked() -> list[Completion]:
        backend = make("far", EngineSpec(base_url=url, api_key_env="TEST_LEMMA_KEY"))
        try:
            async with asyncio.timeout(20):
                return [await backend.complete(CHAT, "tiny") for _ in range(times)]
        finally:
            await backend.aclose()

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("url", "environment", "port"),
    [
        ("https://models.example/v1", {"HTTPS_PROXY": "http://proxy:3128"}, 3128),
        ("https://models.example/v1", {"https_proxy": "proxy:3128"}, 3128),
        ("https://models.example/v1", {"https_proxy": "http://low:1", "HTTPS_PROXY": "http://high:2"}, 1),
        ("https://models.example/v1", {"ALL_PROXY": "http://proxy:8080"}, 8080),
        ("https://models.example/v1", {"HTTPS_PROXY": "http://proxy"}, 80),
        ("http://models.example/v1", {"HTTP_PROXY": "http://proxy:3128", "HTTPS_PROXY": "http://other:1"}, 3128),
        ("https://models.example/v1", {"HTTP_PROXY": "http://proxy:3128"}, 0),
        ("https://models.example/v1", {}, 0),
        ("https://models.example/v1", {"HTTPS_PROXY": " "}, 0),
        ("http://127.0.0.1:8000/v1", {"HTTP_PROXY": "http://proxy:3128"}, 0),
        ("http://[::1]:8000/v1", {"HTTP_PROXY": "http://proxy:3128"}, 0),
        ("http://localhost:8000/v1", {"ALL_PROXY": "http://proxy:3128"}, 0),
    ],
)
def test_the_environment_names_the_proxy(url: str, environment: dict[str, str], port: int) -> None:
    found = proxy_of(urlsplit(url), environment)
    assert (found.port if found else 0) == port


@pytest.mark.parametrize(
    ("listed", "host", "straight"),
    [
        ("*", "models.example", True),
        ("models.example", "models.example", True),
        ("MODELS.example", "models.EXAMPLE", True),
        ("example", "models.example", True),
        (".example", "models.example", True),
        ("*.example", "models.example", True),
        ("other.org, models.example", "models.example", True),
        ("other.org models.example", "models.example", True),
        ("models.example:8443", "models.example:8443", True),
        ("models.example:443", "models.example", True),
        ("models.example:8443", "models.example", False),
        ("odels.example", "models.example", False),
        ("models.example.org", "models.example", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("10.1.2.3", "10.1.2.3", True),
        ("2001:db8::/32", "[2001:db8::1]", True),
        ("", "models.example", False),
        (",", "models.example", False),
    ],
)
def test_no_proxy_names_who_is_asked_straight(listed: str, host: str, straight: bool) -> None:
    found = proxy_of(urlsplit(f"https://{host}/v1"), {"HTTPS_PROXY": "http://proxy:1", "NO_PROXY": listed})
    assert (found is None) == straight


def test_a_proxy_with_a_password_is_told_it_and_never_named_with_it() -> None:
    found = proxy_of(urlsplit("https://models.example/v1"), {"HTTPS_PROXY": "http://me:p%40ss@proxy:3128"})
    assert found == Proxy("proxy", 3128, f"Basic {base64.b64encode(b'me:p@ss').decode()}")
    assert "p@ss" not in found.name


@pytest.mark.parametrize("value", ["socks5://proxy:1080", "https://proxy:443", "http://proxy:99999", "http://"])
def test_a_proxy_that_is_not_spoken_is_named_before_the_first_call(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", value)
    with pytest.raises(BadSetting, match=r"^HTTPS_PROXY: .* http://HOST:PORT"):
        make("far", EngineSpec(base_url="https://models.example/v1"))
    make("near", EngineSpec(base_url="https://localhost/v1"))


def test_a_call_without_tls_goes_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(always("ok")) as endpoint, ForwardProxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        (reply,) = ask(f"http://models.example:{endpoint.port}/v1")
        assert reply.text.startswith("Problem: ")
        assert proxy.heads[0].startswith(f"POST http://models.example:{endpoint.port}/v1/chat/completions HTTP/1.1")
        assert endpoint.headers[0]["Host"] == f"models.example:{endpoint.port}"


def test_what_stays_on_this_machine_is_asked_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    with Endpoint(always("ok")) as endpoint, ForwardProxy() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        ask(endpoint.url)
        assert proxy.heads == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=models.example"]
    command += ["-addext", "subjectAltName=DNS:models.example", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    return key, certificate


@contextmanager
def secure(certificate: tuple[Path, Path]) -> Iterator[tuple[int, list[dict[str, str]]]]:
    """An endpoint of the host models.example that speaks TLS; its port, and the headers that came."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate[1], certificate[0])
    seen: list[dict[str, str]] = []
    ready, loop, port = threading.Event(), asyncio.new_event_loop(), [0]

    async def chat(request: web.Request) -> web.Response:
        seen.append(dict(request.headers))
        return as_json(completion(await request.json()))

    async def begin() -> web.AppRunner:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", chat)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        port[0] = runner.addresses[0][1]
        ready.set()
        return runner

    def serve() -> None:
        runner = loop.run_until_complete(begin())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield port[0], seen
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


@pytest.mark.parametrize("trust", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_tls_goes_through_a_tunnel_that_hears_no_key(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, trust: str
) -> None:
    """The certificate of a closed network is trusted, connections are kept, the key reaches the server alone."""
    monkeypatch.setenv(trust, str(certificate[1]))
    secret = f"Basic {base64.b64encode(b'me:word').decode()}"
    with secure(certificate) as (port, seen), ForwardProxy(secret) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//me:word@"))
        replies = ask(f"https://models.example:{port}/v1", times=3)
        assert [reply.text.startswith("Problem: ") for reply in replies] == [True] * 3
        (head,) = proxy.heads
    assert head.startswith(f"CONNECT models.example:{port} HTTP/1.1\r\n")
    assert KEY not in head
    assert all(headers["Authorization"] == f"Bearer {KEY}" for headers in seen)
    assert not any("Proxy-Authorization" in headers for headers in seen)


def test_a_certificate_that_nobody_vouches_for_is_refused_through_a_tunnel_too(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    with secure(certificate) as (port, seen), ForwardProxy() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(Unreachable, match="certificate verify failed"):
            ask(f"https://models.example:{port}/v1")
        assert seen == []


def test_a_proxy_that_opens_no_way_says_so_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    with ForwardProxy("Basic other") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//me:my-word@"))
        with pytest.raises(Unreachable, match="opens no way: 407 Proxy Authentication Required") as met:
            ask("https://models.example/v1")
    assert "my-word" not in str(met.value)


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_certificates_that_are_not_there_are_named(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(name, str(tmp_path / "gone.pem"))
    with pytest.raises(BadSetting, match=f"{name} names .*gone.pem"):
        make("far", EngineSpec(base_url="https://models.example/v1"))
    make("near", EngineSpec(base_url="http://127.0.0.1:9/v1"))


def test_a_key_follows_no_redirect() -> None:
    """Neither the key nor the question reaches the host that an answer points to; the user is told to look."""
    with Endpoint(always("ok")) as other, Endpoint(always("redirect")) as endpoint:

        async def asked() -> None:
            backend = make("far", EngineSpec(base_url=endpoint.url, api_key_env="TEST_LEMMA_KEY"))
            try:
                with pytest.raises(Refused, match="the address has moved"):
                    await backend.complete(CHAT, f"http://localhost:{other.port}/v1/chat/completions")
            finally:
                await backend.aclose()

        asyncio.run(asked())
        assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}"
        assert other.headers == []
        assert other.bodies == []
