"""Signing in with a provider (OpenID Connect), by Streamlit's own `st.login`: which are set up, and who came back.

Everybody can have an account with a provider, so one counts only for people who are listed in the project's users.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.core import toml
from engine.core.errors import UserError

SECRETS = Path("~/.streamlit/secrets.toml")
"""Where Streamlit looks, whatever folder it is started from."""
PATHS = ("/auth/login", "/auth/logout", "/oauth2callback")
"""What Streamlit answers to somebody who is not signed in yet."""
_NEEDED = ("client_id", "client_secret", "server_metadata_url")
_SHARED = ("redirect_uri", "cookie_secret")


def set_up() -> tuple[str, ...]:
    """Return the providers in Streamlit's secrets, `default` for one without a name; UserError for half a one."""
    path = SECRETS.expanduser()
    if not path.exists():
        return ()
    section: Any = toml.read(path).get("auth")
    if not isinstance(section, dict):
        return ()
    named = [name for name, entry in section.items() if isinstance(entry, dict) and "client_id" in entry]
    found = ("default", *named) if "client_id" in section else tuple(named)
    for name in found:
        entry = section if name == "default" else section[name]
        lacking = [key for key in _SHARED if not section.get(key)] + [key for key in _NEEDED if not entry.get(key)]
        if lacking:
            raise UserError(f"[auth] lacks {', '.join(lacking)}.", where=str(path), do="See docs/sharing.md.")
    if found and importlib.util.find_spec("authlib") is None:
        raise UserError("[auth] needs Authlib.", where=str(path), do="pip install 'streamlit[auth]'")
    return found


def vouched(cookies: Mapping[str, str]) -> tuple[str, int] | None:
    """Return a mail address and when (Unix seconds) a provider vouched for it, by the cookie that Streamlit signed."""
    # Only here: Streamlit's server, which the command line has no use for.
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME
    from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

    try:
        signed = _get_signed_cookie_with_chunks(dict(cookies), USER_COOKIE_NAME)
        said = json.loads(signed) if signed else {}
    except (ValueError, UnicodeError):
        return None
    if not isinstance(said, dict) or said.get("is_logged_in") is not True or said.get("email_verified") is False:
        return None
    found, at = said.get("email"), said.get("iat")
    return (found, at) if isinstance(found, str) and found and isinstance(at, int) else None


def links(providers: tuple[str, ...]) -> dict[str, str]:
    """Return where each provider is asked, by what people call it."""
    # Only here: Streamlit's own links, which are signed.
    from streamlit.user_info import generate_login_redirect_url

    return {"your organisation" if name == "default" else name: generate_login_redirect_url(name) for name in providers}
