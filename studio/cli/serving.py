"""`lemma studio`: opens the studio, for one person on this machine, or for people who sign in."""

from __future__ import annotations

import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from engine.core.errors import UserError
from engine.core.project import find
from engine.core.resources import shipped
from studio.access import hosts, members, oidc
from studio.access.members import Member
from studio.cli.options import ProjectOption

_INTERRUPTED = (0, -signal.SIGINT, -signal.SIGTERM, 130)
_HOW = (
    "Make people with `lemma users add NAME --role owner`, then give --cert and --key, or --behind-proxy "
    "https://ADDRESS where a proxy does TLS; docs/sharing.md has both."
)


@dataclass(frozen=True, slots=True)
class _Offer:
    """How the studio will be offered."""

    address: str
    """Where it listens."""
    shown: str
    """Where people find it."""
    words: tuple[str, ...] = ()
    """Options of the server."""
    told: tuple[str, ...] = ()
    """What whoever starts it should know."""


def register(app: typer.Typer) -> None:
    """Add the command to `lemma`."""
    app.command("studio")(studio)


def studio(
    project: ProjectOption = None,
    host: Annotated[str, typer.Option(help="Address to listen on; others than this machine's own need people.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65_535)] = 8501,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Do not open a browser.")] = False,
    cert: Annotated[Path | None, typer.Option(help="Certificate (PEM) for TLS, with --key.")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key (PEM) of the certificate.")] = None,
    behind_proxy: Annotated[
        str, typer.Option("--behind-proxy", metavar="URL", help="Public https address of a proxy that does TLS.")
    ] = "",
    name: Annotated[
        list[str] | None, typer.Option("--name", help="A further name by which it is reached; may be repeated.")
    ] = None,
) -> None:
    """Open the studio in the browser.

    Other machines reach it with --host or --behind-proxy, once people can sign in (`lemma users add`) and TLS is there.
    """
    root = find(project).root.resolve()
    address = hosts.numeric(host)
    files = _certificate(cert, key)
    if hosts.is_loopback(address) and not behind_proxy:
        offer = _alone(address, port, files, tuple(name or ()))
    else:
        offer = _shared(root, address, port, files, behind_proxy, tuple(name or ()))
    print(f"Lemma Studio: {offer.shown}   (project {root}; stop with Ctrl+C)", flush=True)
    for line in offer.told:
        print(line, flush=True)
    browse = not (no_browser or behind_proxy) and (os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"))
    command = [
        sys.executable, "-m", "studio.server", "--address", offer.address, "--port", str(port), *offer.words,
        *(["--browse", offer.shown] if browse else []),
    ]  # fmt: skip
    code = _serve(command, {**os.environ, "LEMMA_PROJECT": str(root)})
    if code not in _INTERRUPTED:
        raise UserError(f"the studio ended with code {code}.", do=f"Is port {port} free? Try --port {port + 1}.")


def _alone(address: str, port: int, files: tuple[str, ...], names: tuple[str, ...]) -> _Offer:
    """Offer it to whoever sits at this machine, as ever: no sign-in."""
    known = hosts.names_of(address, names)
    scheme = "https" if files else "http"
    words = (*files, *(word for one in known for word in ("--name", one)))
    return _Offer(address, f"{scheme}://{_bracketed(address)}:{port}", words)


def _shared(root: Path, address: str, port: int, files: tuple[str, ...], proxy: str, names: tuple[str, ...]) -> _Offer:
    """Offer it to other machines; UserError says what is missing for that."""
    people = members.read(root).people
    providers = oidc.set_up()
    where = f"--behind-proxy {proxy}" if proxy else f"--host {address}"
    if not any(one.password for one in people.values()) and not (providers and people):
        raise UserError("opens the studio to other machines, and nobody can sign in.", where=where, do=_HOW)
    if not files and not proxy:
        raise UserError("opens the studio to other machines, and without TLS all could be read.", where=where, do=_HOW)
    known = list(hosts.names_of(address, names))
    shown = f"https://{_bracketed(names[0] if names else _called(address))}:{port}"
    words = ["--login", *files]
    if proxy:
        shown, public = hosts.public(proxy)
        known.append(public)
        words += ["--origin", shown]
    words += ["--oidc"] if providers else []
    words += [word for one in dict.fromkeys(known) for word in ("--name", one)]
    return _Offer(address, shown, tuple(words), tuple(_told(address, proxy, people.values(), providers)))


def _told(address: str, proxy: str, known: Collection[Member], providers: tuple[str, ...]) -> list[str]:
    """Return what whoever starts a shared studio should know."""
    roles = ", ".join(f"{sum(one.role == role for one in known)} {role}" for role in members.ROLES)
    ways = " or ".join([*(["a password"] if any(one.password for one in known) else []), *providers])
    told = [f"Shared: people sign in with {ways} ({roles})."]
    if proxy and not hosts.is_loopback(address):
        told.append(f"Only the proxy should reach {address}: what comes here directly is not encrypted.")
    return told


def _called(address: str) -> str:
    """Return what people can type for an address that is every one of the machine."""
    return socket.gethostname() if hosts.is_every(address) else address


def _certificate(cert: Path | None, key: Path | None) -> tuple[str, ...]:
    """Return the options for TLS; UserError where the files are not a pair that can be used."""
    if cert is None and key is None:
        return ()
    if cert is None or key is None:
        raise UserError("--cert and --key belong together.", do="Give both, or neither.")
    try:
        # A key with a password would stop and ask for it in the middle of the start.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password=lambda: "")
    except (OSError, ValueError) as error:
        reason = error.reason if isinstance(error, ssl.SSLError) and error.reason else error
        raise UserError(
            f"cannot be used: {reason}.", where=f"{cert}, {key}", do="Give a certificate and its key as PEM files."
        ) from error
    return ("--cert", str(cert.resolve()), "--key", str(key.resolve()))


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _serve(command: list[str], environment: dict[str, str]) -> int:
    """Run the server until it ends; a request to end is passed on to it, so that none stays behind without a parent."""
    with subprocess.Popen(command, env=environment, cwd=_configured()) as server:
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            return server.wait()
        except KeyboardInterrupt:
            # Ctrl+C reached the server as well: both stand in the terminal's group.
            return server.wait()


def _configured() -> Path:
    """Return the folder whose .streamlit holds the theme: Streamlit reads it from where it is started."""
    return shipped("..").resolve()
