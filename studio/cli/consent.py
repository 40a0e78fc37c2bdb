"""Asks before a file is read as a key that lies where keys of this person do not: its text is sent to an address."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from engine.core.errors import BadSetting
from engine.core.project import EngineSpec, Project, engines

_CONFIGURATION = ("~/.config", "~/Library/Application Support")


def require_known_key(home: Project, name: str, spec: EngineSpec, *, anyway: bool) -> None:
    """Ask once about a key file outside of the person's configuration and of the project.

    It is not asked about again while an engine of the project names it. Where nobody can be asked, BadSetting says how
    to say yes; typer.Abort where the answer is no.
    """
    if anyway or not spec.api_key_file or is_near(home, spec.api_key_file):
        return
    if any(known.api_key_file == spec.api_key_file for known in engines(home).values()):
        return
    what = f"the key file {spec.api_key_file!r} lies outside of your configuration folder and of the project"
    to = spec.base_url or "the engine"
    if not sys.stdin.isatty():
        raise BadSetting(f"{what}; its text would be sent to {to}.", where=f"engine {name}", do="Add --anyway for yes.")
    typer.confirm(f"{what}. Send its text to {to} as a key?", abort=True, err=True)


def is_near(home: Project, said: str) -> bool:
    """Whether a file, wherever links lead, lies in the person's configuration folder or in the project."""
    try:
        place = Path(said).expanduser().resolve()
    except (OSError, RuntimeError, ValueError):
        return False
    given = os.environ.get("XDG_CONFIG_HOME", "")
    folders = [Path(folder).expanduser() for folder in (*_CONFIGURATION, given) if folder]
    return any(place.is_relative_to(folder.resolve()) for folder in (*folders, home.root))
