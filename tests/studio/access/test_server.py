"""The server starts nothing that is open to others by mistake, and tells Streamlit to open nothing either."""

from __future__ import annotations

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.web.server.starlette.starlette_app import _validate_run_config

from studio import server
from studio.access import hosting
from tests.support.browser import STUDIO

ROOT = Path(__file__).resolve().parents[3]


def _said(**changes: object) -> Namespace:
    usual = {
        "address": "127.0.0.1",
        "port": 8501,
        "name": [],
        "origin": "",
        "cert": "",
        "key": "",
        "login": False,
        "oidc": False,
    }
    return Namespace(**{**usual, **changes})


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "localhost.evil.com"])
def test_an_open_address_needs_a_sign_in(address: str) -> None:
    command = [sys.executable, "-m", "studio.server", "--address", address, "--port", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert "sign-in" in done.stderr


def test_streamlit_knows_every_option_and_none_of_them_opens_it() -> None:
    told = server._settings(_said(name=["localhost", "lab.example"], origin="https://lab.example"))
    assert _validate_run_config(told) == told
    assert told["browser.serverAddress"] == "lab.example"
    assert told["server.allowedHosts"] == ["localhost", "lab.example"]
    assert told["server.enableCORS"]
    assert told["server.enableXsrfProtection"]
    assert not told["server.enableAgentApi"]


def test_many_tabs_take_short_turns(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """At Python's own interval the writer of the store waits for every busy tab at each of its many steps."""
    seen: list[float] = []

    class Looking:
        def run(self, **settings: object) -> None:
            seen.append(sys.getswitchinterval())

    before = sys.getswitchinterval()
    monkeypatch.setattr(hosting, "_now", [])
    monkeypatch.setattr(server, "_app", lambda *_: Looking())
    monkeypatch.setattr(sys, "argv", ["server"])
    monkeypatch.setenv("LEMMA_PROJECT", str(tmp_path))
    try:
        server.main()
    finally:
        sys.setswitchinterval(before)
    assert seen == [pytest.approx(server.TURN_S)]
    assert before > server.TURN_S


def test_the_frame_draws_nothing_where_nobody_asks_at_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """`streamlit run studio/app.py --server.address 0.0.0.0` goes around the studio's server."""
    monkeypatch.setattr(hosting, "_now", [])
    inner = st.get_option
    monkeypatch.setattr(st, "get_option", lambda key: "0.0.0.0" if key == "server.address" else inner(key))
    page = AppTest.from_file(str(STUDIO), default_timeout=60).run()
    assert [each.value for each in page.error] == [
        "This studio would be open to other machines. Start it with `lemma studio`."
    ]
    assert len(page.sidebar) == 0
