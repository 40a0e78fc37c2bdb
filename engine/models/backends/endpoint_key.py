"""What an engine's entry says of its address and key, checked before the first call; no error holds a key."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from engine.core.errors import BadSetting
from engine.core.project import EngineSpec, refuse_credentials


def checked_url(name: str, url: str) -> str:
    """Return the address without a slash at its end; BadSetting where it is none, or holds a key."""
    where = f"engine {name}"
    try:
        parts = urlsplit(url)
        # Read and encoded here, so that a bad one is found before the first call.
        _checked = (parts.hostname or "").encode("idna"), parts.port
    except ValueError as error:
        raise BadSetting(f"base_url is not a web address: {error}.", where=where) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSetting("base_url must be a web address such as http://127.0.0.1:8000/v1.", where=f"engine {name}")
    refuse_credentials(name, url)
    return url.rstrip("/")


def key_of(name: str, spec: EngineSpec) -> str:
    """Read the key; empty where none is named, BadSetting where it cannot be read."""
    where = f"engine {name}"
    if spec.api_key_env:
        key = os.environ.get(spec.api_key_env, "").strip()
        if not key:
            raise BadSetting(f"the environment variable {spec.api_key_env} is not set.", where=where)
    elif spec.api_key_file:
        try:
            key = Path(spec.api_key_file).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "not a text file"
            raise BadSetting(f"the key file {spec.api_key_file} cannot be read: {reason}.", where=where) from None
    else:
        return ""
    if not key or not key.isascii() or not key.isprintable() or " " in key:
        raise BadSetting("the key must be one line of printable ASCII without spaces.", where=where)
    return key
