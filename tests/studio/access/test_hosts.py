"""Which addresses are this machine alone, and which names and origins a request may carry."""

from __future__ import annotations

import pytest

from engine.core.errors import UserError
from studio.access import hosts

LOCAL = ("127.0.0.1", "localhost", "127.1", "127.0.0.2", "::1", "[::1]", "0x7f.1", "2130706433", "::ffff:127.0.0.1")
OPEN = ("0.0.0.0", "0", "::", "[::]", "0x0", "000.0.0.0", "::ffff:0.0.0.0")


@pytest.mark.parametrize("host", LOCAL)
def test_an_address_of_this_machine_alone_is_known_however_it_is_written(host: str) -> None:
    assert hosts.is_loopback(hosts.numeric(host))


@pytest.mark.parametrize("host", OPEN)
def test_an_address_for_everybody_is_known_however_it_is_written(host: str) -> None:
    assert not hosts.is_loopback(hosts.numeric(host))


@pytest.mark.parametrize("host", ["", " ", "[]", "a" * 300, "a..b"])
def test_what_is_no_address_is_refused_in_words(host: str) -> None:
    with pytest.raises(UserError, match="--host"):
        hosts.numeric(host)


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        ("localhost:8501", "localhost"),
        ("LocalHost", "localhost"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("localhost.", "localhost"),
        ("localhost.evil.com", "localhost.evil.com"),
        ("127.0.0.1.nip.io", "127.0.0.1.nip.io"),
        ("evil.com:80", "evil.com"),
    ],
)
def test_the_name_in_a_host_header_has_one_spelling(authority: str, name: str) -> None:
    assert hosts.host_name(authority) == name


@pytest.mark.parametrize(
    "authority",
    [
        "",
        "localhost:",
        "localhost:x",
        "localhost:99999",
        "localhost:80:80",
        "user@localhost",
        "localhost@evil.com",
        "localhost/",
        "localhost, evil.com",
        "localhost evil.com",
        "[::1",
        "::1",
        "[evil]",
        "localhost..",
        " localhost",
        "localhost\t",
        "localhost%00",
        "lоcalhost",
        "[::1%25lo]",
        "[::ffff:1.2.3.4.5]",
    ],
)
def test_what_is_no_host_header_names_nobody(authority: str) -> None:
    assert hosts.host_name(authority) not in hosts.LOOPBACK_NAMES


def test_an_origin_is_written_as_browsers_write_it() -> None:
    assert hosts.origin_of("http", "LocalHost:8501") == "http://localhost:8501"
    assert hosts.origin_of("https", "a.example:443") == "https://a.example"
    assert hosts.origin_of("http", "a.example:443") == "http://a.example:443"


def test_a_proxy_is_an_https_address_of_a_whole_host() -> None:
    assert hosts.public("https://Lab.example.org/") == ("https://lab.example.org", "lab.example.org")
    assert hosts.public("https://lab.example.org:8443") == ("https://lab.example.org:8443", "lab.example.org")
    for wrong in (
        "http://lab.example.org",
        "lab.example.org",
        "https://u@lab.example.org",
        "https://lab/studio",
        "https://",
    ):
        with pytest.raises(UserError, match="behind-proxy"):
            hosts.public(wrong)


def test_a_studio_on_all_cards_knows_the_addresses_of_this_machine() -> None:
    every = hosts.names_of("0.0.0.0", ("Lab.Example",))
    assert {*hosts.LOOPBACK_NAMES, "lab.example"} <= set(every)
    assert hosts.names_of("127.0.0.1", ()) == hosts.LOOPBACK_NAMES
    with pytest.raises(UserError, match="--name"):
        hosts.names_of("0.0.0.0", ("a b",))
