"""Settings that are no step of the road: who decides, and where the project is."""

from __future__ import annotations

import streamlit as st

from studio import navigation, session
from studio.latex import escape


@st.dialog("Settings", width="medium", icon=":material/settings:", on_dismiss="rerun")
def settings_dialog() -> None:
    """Draw the dialog: person, project, the way to the engines."""
    name = st.text_input("Your name", session.curator(), max_chars=60, help="Decisions are kept under this name.")
    if name.strip():
        st.session_state[session.CURATOR] = name.strip()
    found = session.project_or_none()
    if found is None:
        st.caption("There is no project yet, so there are no engines to set.")
        return
    st.caption(f"Project folder {escape(str(found.root))}")
    navigation.link("engines", "Engines and roles have a page of their own", icon=":material/memory:")
