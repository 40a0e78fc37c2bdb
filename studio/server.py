"""The server of the studio: Streamlit's own, with the door in front of it.

    python -m studio.server --port 8501

`lemma studio` decides how it is offered and says so; here it is only started, and not at all where it would be open to
other machines without a sign-in.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware

from studio.access import hosting
from studio.access.door import Door
from studio.access.entrance import Entrance
from studio.access.hosting import Hosting
from studio.access.hosts import is_loopback

TURN_S = 0.001
"""So long may one tab's work go on while others wait for their turn. The writer of the store asks for many short turns
for each decision; at Python's own 5 ms, three busy tabs make a decision take seconds."""
SCRIPT = Path(__file__).resolve().with_name("app.py")


def main() -> None:
    """Serve the studio until the process is asked to end."""
    said = _options()
    offered = Hosting(
        tuple(said.name) or Hosting().names, "https" if said.cert else "http", said.origin, said.login, said.oidc
    )
    if not offered.login and not is_loopback(said.address):
        sys.exit("the studio is offered to other machines only with a sign-in: lemma studio --help")
    hosting.stand(offered)
    sys.setswitchinterval(TURN_S)
    try:
        # Uvicorn tells of every start and end, which is for whoever runs a server of their own.
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        _app(offered, said.browse).run(config=_settings(said))
    except KeyboardInterrupt:
        sys.exit(130)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m studio.server", allow_abbrev=False)
    parser.add_argument("--address", default="127.0.0.1", help="numeric address to listen at")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--name", action="append", default=[], help="a name that requests may mean to reach")
    parser.add_argument("--origin", default="", help="the one origin of a studio behind a proxy")
    parser.add_argument("--cert", default="")
    parser.add_argument("--key", default="")
    parser.add_argument("--login", action="store_true", help="people sign in")
    parser.add_argument("--oidc", action="store_true", help="people may sign in with a provider")
    parser.add_argument("--browse", default="", help="an address to open in the browser")
    return parser.parse_args()


def _app(offered: Hosting, browse: str) -> st.App:
    # The people are those of the project that the studio was started with; `lemma studio` names it.
    entrance = Entrance(Path(os.environ["LEMMA_PROJECT"]), by_provider=offered.oidc) if offered.login else None

    @asynccontextmanager
    async def around(_: st.App) -> AsyncIterator[None]:
        if browse:
            # Only here: somebody sits in front of this machine. The socket listens already, so the browser waits.
            import webbrowser

            webbrowser.open(browse)
        yield

    middleware = [Middleware(Door, hosting=offered, entrance=entrance)]
    return st.App(SCRIPT, middleware=middleware, lifespan=around, on_script_error=_told)


def _told(error: Exception) -> bool:
    """Draw what no part of a page caught; the pages' modules are loaded by the first page, not by the server."""
    from studio.ui.disk_state import told

    return told(error)


def _settings(said: argparse.Namespace) -> dict[str, Any]:
    """Return what Streamlit is told: nothing in a file of the user may open what the door closes."""
    public = said.origin.partition("://")[2].partition(":")[0] or said.name[-1:] or ["localhost"]
    return {
        "server.address": said.address,
        "server.port": said.port,
        "server.headless": True,
        "server.sslCertFile": said.cert or None,
        "server.sslKeyFile": said.key or None,
        "server.allowedHosts": list(said.name) or list(Hosting().names),
        # Without it Streamlit asks hosts outside which address this machine has.
        "browser.serverAddress": public if isinstance(public, str) else public[0],
        "server.corsAllowedOrigins": [said.origin] if said.origin else [],
        "server.enableCORS": True,
        "server.enableXsrfProtection": True,
        "server.enableAgentApi": False,
        "server.enableStaticServing": False,
        "server.trustedUserHeaders": {},
        "client.allowedOrigins": [],
        "global.developmentMode": False,
        "logger.hideWelcomeMessage": True,
    }


if __name__ == "__main__":
    main()
