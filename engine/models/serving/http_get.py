"""Asks a server for one of its pages. No proxy stands between: servers are on this machine or named by address."""

from __future__ import annotations

import urllib.error
import urllib.request
from dataclasses import dataclass

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Page:
    """What a server answered."""

    status: int
    text: str


def get(url: str, timeout: float, longest: int = 1 << 16) -> Page | None:
    """Return a page, at most `longest` bytes of it; None where nothing answers within `timeout` seconds."""
    if not url.startswith(("http://", "https://")):
        return None
    try:
        with _OPENER.open(url, timeout=timeout) as answer:
            return Page(answer.status, answer.read(longest).decode("utf-8", "replace"))
    except urllib.error.HTTPError as error:
        with error:
            return Page(error.code, _text(error, longest))
    except (OSError, ValueError):
        return None


def _text(error: urllib.error.HTTPError, longest: int) -> str:
    """Return what a server says beside an error; '' where the connection ends first."""
    try:
        return error.read(longest).decode("utf-8", "replace")
    except OSError:
        return ""
