"""How this studio is offered: where it listens, by which names it is called, and whether people sign in."""

from __future__ import annotations

from dataclasses import dataclass

from studio.access.hosts import LOOPBACK_NAMES


@dataclass(frozen=True, slots=True)
class Hosting:
    """How a studio is offered; as it stands, on this machine for one person."""

    names: tuple[str, ...] = LOOPBACK_NAMES
    """Names and addresses that a request may mean to reach."""
    scheme: str = "http"
    origin: str = ""
    """The one origin of a studio behind a proxy; where empty, it is that of the address that was asked."""
    login: bool = False
    oidc: bool = False
    """Whether people may also sign in with the provider in Streamlit's secrets."""


_now: list[Hosting] = []


def stand(hosting: Hosting) -> None:
    """Keep how this process offers the studio."""
    _now[:] = [hosting]


def standing() -> Hosting:
    """Return how this process offers the studio."""
    return _now[0] if _now else Hosting()


def guarded() -> bool:
    """Return whether the studio's own server runs in this process, which asks at the door."""
    return bool(_now)
