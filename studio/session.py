"""What one browser tab knows: which project it shows and who sits in front of it.

The project comes from the address (`?project=`) when the tab was opened on a link, else from the choice
made in the sidebar, else from `$LEMMA_PROJECT`. Projects are found beside the one the studio was started with.
The curator's name is kept by the browser: an address is there to be shared, and whoever opens it is somebody else.
"""

from __future__ import annotations

import getpass
import os
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.core import permission
from engine.core.errors import UserError
from engine.core.project import DEFAULT, Project, find
from studio.access import hosting
from studio.access.entrance import Entrance
from studio.access.members import Member

PROJECT = "session.project"
CURATOR = "session.curator"
COOKIE = "lemma_curator"
LONGEST_NAME = 60


def home() -> Path:
    """Return the folder of the project that the studio was started with."""
    return Path(os.environ.get("LEMMA_PROJECT") or DEFAULT).expanduser().resolve()


def person() -> Member | None:
    """Return who is signed in to a shared studio; None where it is not shared, or where they may be there no more."""
    asked = entrance()
    return asked.who(st.context.cookies) if asked else None


def may(deed: permission.Deed) -> bool:
    """Return whether whoever acts in this thread may do it; what no tab began is the studio's own work."""
    if not hosting.standing().login or get_script_run_ctx(suppress_warning=True) is None:
        return True
    one = person()
    return one is not None and (one.role == "owner" or (deed == "change" and one.role == "curator"))


@cache
def entrance() -> Entrance | None:
    """Return who may come in to a shared studio; None for one that is for whoever sits here."""
    now = hosting.standing()
    return Entrance(home(), by_provider=now.oidc) if now.login else None


def projects() -> tuple[Path, ...]:
    """Return the folders of all projects that can be shown, the first one being our own.

    A shared studio shows that one alone: its people were let in by nobody else.
    """
    own = home()
    if hosting.standing().login:
        return (own,)
    beside = sorted(path for path in own.parent.glob("*") if path != own and Project(path).exists)
    return (own, *beside)


def project() -> Project:
    """Return the project of this tab; UserError where the folder is no project."""
    chosen = st.session_state.get(PROJECT)
    asked = st.query_params.get("project")
    if chosen is None and not asked:
        # Asked many times in each run of a page: the other folders are looked at only where one of them is meant.
        return find(home())
    found = projects()
    if chosen is None and asked:
        chosen = next((folder for folder in found if folder.name == asked), None)
    return find(chosen if chosen in found else home())


def curator() -> str:
    """Return who decides in this tab: who is signed in, else the name typed here or before, else the login."""
    if one := person():
        return one.name
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
