"""What every page says of the project's disk: full, read-only, or without the store; and how a page comes back."""

from __future__ import annotations

import streamlit as st

from engine.core import disk
from engine.core.errors import DiskFull, LemmaError, ProjectBusy, StoreGone, UserError
from engine.core.project import Project
from engine.core.store_file import require_kept
from engine.store import Store
from studio import session, workspace
from studio.text.markdown import escape
from studio.ui.blocks import alarm, failure

_PASSES = (DiskFull, StoreGone, ProjectBusy)
"""What may be over in a moment, without anybody touching the page."""


def disk_line() -> bool:
    """Draw one line above the page where the disk stands against saving anything; it goes when that is over.

    Return whether there is a page to draw below it: where the store is gone, the line is all there is.
    """
    project = session.project_or_none()
    if project is None:
        return True
    gone = _gone(project)
    if not gone and not _against(project):
        return True

    @st.fragment(run_every="2s")
    def line() -> None:
        now = _gone(project)
        said = now or _against(project)
        if not said or bool(now) != bool(gone):
            st.rerun()
        if gone:
            st.error(escape(said), icon=":material/error:")
        else:
            alarm(said)

    line()
    return not gone


def told(error: Exception) -> bool:
    """Draw an error that no part of the page caught, as one line; Streamlit asks for it, also after a callback."""
    refused(error, key="frame")
    return True


def refused(error: Exception, *, key: str) -> None:
    """Draw an error, and the page again by itself once what stood against it is over."""
    said = disk.in_words(error) or error
    failure(said, key=key)
    if not isinstance(said, _PASSES):
        return

    @st.fragment(run_every="2s")
    def wait() -> None:
        if _is_over(said):
            st.rerun()

    wait()


def _gone(project: Project) -> str:
    """Return that the store is gone, '' where it is not."""
    try:
        require_kept(project.database)
    except UserError as gone:
        return str(gone)
    return ""


def _against(project: Project) -> str:
    """Return what stands against saving something in the project, '' where nothing does."""
    if not disk.writable(project.database):
        return (
            "This project is read-only: it can be looked at, and nothing can be saved. "
            "Start the studio again once it may be written to."
        )
    if (left := disk.room(project.root)) < disk.ROOM:
        return f"The disk of this project is full ({left >> 10:,} KiB left): nothing can be saved. Make room on it."
    return ""


def _is_over(error: UserError) -> bool:
    try:
        shared: Store = workspace.store()
        shared.require_usable()
        return not isinstance(error, DiskFull) or disk.room(session.project().root) >= disk.ROOM
    except (LemmaError, OSError):
        return False
