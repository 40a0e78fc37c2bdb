"""What one browser tab knows: which project it shows and who sits in front of it.

The project comes from the address (`?project=`) when the tab was opened on a link, else from the choice
made in the sidebar, else from `$LEMMA_PROJECT`. Projects are found beside the one the studio was started with.
The curator's name is kept by the browser: an address is there to be shared, and whoever opens it is somebody else.
"""

from __future__ import annotations

import getpass
import os
from pathlib import Path
from urllib.parse import unquote

import streamlit as st

from engine.core.errors import UserError
from engine.core.project import DEFAULT, Project, find

PROJECT = "session.project"
CURATOR = "session.curator"
COOKIE = "lemma_curator"
LONGEST_NAME = 60


def home() -> Path:
    """Return the folder of the project that the studio was started with."""
    return Path(os.environ.get("LEMMA_PROJECT") or DEFAULT).expanduser().resolve()


def projects() -> tuple[Path, ...]:
    """Return the folders of all projects that can be shown, the first one being our own."""
    own = home()
    beside = sorted(path for path in own.parent.glob("*") if path != own and Project(path).exists)
    return (own, *beside)


def project() -> Project:
    """Return the project of this tab; UserError where the folder is no project."""
    found = projects()
    chosen = st.session_state.get(PROJECT)
    if chosen is None and (asked := st.query_params.get("project")):
        chosen = next((folder for folder in found if folder.name == asked), None)
    return find(chosen if chosen in found else home())


def curator() -> str:
    """Return who decides in this tab: the name typed here, else in this browser before, else the login."""
    return str(st.session_state.get(CURATOR) or _remembered() or _login())


def project_or_none() -> Project | None:
    """Return the project of this tab, or None where there is none yet."""
    try:
        return project()
    except UserError:
        return None


def _remembered() -> str:
    """Return the name that this browser brought along, '' where it brought none that is one."""
    brought = st.context.cookies.get(COOKIE)
    name = unquote(brought).strip() if isinstance(brought, str) else ""
    return name if name.isprintable() and len(name) <= LONGEST_NAME else ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "curator"
