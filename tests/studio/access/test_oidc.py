"""People who come by a provider: Streamlit's own cookie, as it writes it, counts for those who are listed."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.auth_util import set_cookie_with_chunks
from streamlit.web.server.starlette import starlette_websocket
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from engine.core.errors import UserError
from studio.access import members, oidc, passes
from studio.access.entrance import Entrance
from studio.access.members import Member

SECRET = "s" * 32
ADA = "ada@lab.example"


def _cookies(secret: str = SECRET, **changes: Any) -> dict[str, str]:
    """Return the cookies that Streamlit sets when a provider has sent somebody back."""
    said = {"email": ADA, "is_logged_in": True, "iat": int(time.time()), "origin": "https://lab.example", **changes}
    made: dict[str, str] = {}

    def signed(name: str, value: str) -> bytes:
        return create_signed_value(secret, name, value)

    def keep(name: str, value: str) -> None:
        made[name] = signed(name, value).decode()

    body = {key: one for key, one in said.items() if one is not None}
    set_cookie_with_chunks(keep, signed, USER_COOKIE_NAME, body, cookie_attr_size=100)
    return made


@pytest.fixture
def entrance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Entrance:
    monkeypatch.setattr(starlette_websocket, "get_cookie_secret", lambda: SECRET)
    members.change(tmp_path, lambda people: people.update({ADA: Member(ADA, "owner")}))
    return Entrance(tmp_path, by_provider=True)


def test_who_is_listed_comes_in_by_the_provider(entrance: Entrance) -> None:
    found = entrance.who(_cookies(email="Ada@Lab.Example"))
    assert found
    assert found.role == "owner"
    # A long answer of a provider comes in several cookies.
    several = _cookies(picture=secrets.token_hex(8000))
    assert len(several) > 1
    assert entrance.who(several) == found


@pytest.mark.parametrize(
    "changes",
    [
        {"email": "eve@lab.example"},
        {"email": None},
        {"email": ["ada@lab.example"]},
        {"email_verified": False},
        {"is_logged_in": False},
        {"is_logged_in": "yes"},
        {"iat": None},
        {"iat": int(time.time()) - passes.LASTS_S - 60},
        {"iat": "now"},
        {"secret": "t" * 32},
    ],
)
def test_nobody_else_does(entrance: Entrance, changes: dict[str, Any]) -> None:
    assert entrance.who(_cookies(**changes)) is None


def test_the_providers_word_counts_only_where_it_is_asked_for(entrance: Entrance) -> None:
    assert Entrance(entrance.root).who(_cookies()) is None


def test_a_sign_out_ends_what_the_provider_said_before(entrance: Entrance) -> None:
    brought = _cookies(iat=int(time.time()) - 5)
    assert entrance.who(brought)
    members.end_sessions(entrance.root, ADA)
    assert entrance.who(brought) is None


def test_half_a_provider_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc, "SECRETS", tmp_path / "secrets.toml")
    assert oidc.set_up() == ()
    oidc.SECRETS.write_text("other = 1\n")
    assert oidc.set_up() == ()
    whole = 'redirect_uri = "r"\ncookie_secret = "c"\n'
    one = 'client_id = "i"\nclient_secret = "s"\nserver_metadata_url = "u"\n'
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    oidc.SECRETS.write_text(f"[auth]\n{whole}{one}[auth.lab]\n{one}")
    assert oidc.set_up() == ("default", "lab")
    oidc.SECRETS.write_text(f"[auth]\n{whole}[auth.lab]\nclient_id = 'i'\n")
    with pytest.raises(UserError, match="lacks client_secret, server_metadata_url"):
        oidc.set_up()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    oidc.SECRETS.write_text(f"[auth]\n{whole}{one}")
    with pytest.raises(UserError, match="Authlib"):
        oidc.set_up()
