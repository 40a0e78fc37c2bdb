"""Settings that are no step of the road: who decides, how often a card is read twice, and where the project is."""

from __future__ import annotations

import streamlit as st
from pydantic import ValidationError

from engine.core.project import Project
from engine.curation.review import blind_review
from engine.curation.review.blind_review import Reviewing
from studio import navigation, session
from studio.text.markdown import escape
from studio.ui.blocks import block_title
from studio.ui.remember_name import remember
from studio.ui.settings_form import settings_form


@st.dialog("Settings", width="medium", icon=":material/settings:", on_dismiss="rerun")
def settings_dialog() -> None:
    """Draw the dialog: person, project, the way to the engines."""
    signed_in = session.person() is not None
    kept = "You signed in by it." if signed_in else "This browser remembers it."
    name = st.text_input(
        "Your name", session.curator(), max_chars=session.LONGEST_NAME, disabled=signed_in,
        help=f"Decisions are kept under this name. {kept}",
    )  # fmt: skip
    if name.strip() and not signed_in:
        st.session_state[session.CURATOR] = name.strip()
        remember(name.strip())
    found = session.project_or_none()
    if found is None:
        st.caption("There is no project yet, so there are no engines to set.")
        return
    _reviewing(found)
    st.caption(f"Project folder {escape(str(found.root))}")
    navigation.link("engines", "Engines and roles have a page of their own", icon=":material/memory:")


def _reviewing(project: Project) -> None:
    """Draw how often a card is read twice and what is hidden, and save what is said."""
    block_title("Reading twice, blind, and at random", "nobody is told of a second reading; nothing decided changes")
    now = blind_review.load(project)
    said = settings_form(Reviewing, now, key="settings.reviewing", columns=3)
    if isinstance(said, ValidationError):
        st.error("One of these is out of bounds.")
    elif said != now:
        blind_review.save(project, said)
