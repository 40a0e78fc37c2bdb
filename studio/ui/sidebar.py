"""The foot of the navigation: project switch and settings."""

from __future__ import annotations

import streamlit as st

from studio import session
from studio.text.markdown import escape
from studio.ui.admission import signed_in
from studio.ui.settings_dialog import settings_dialog


def sidebar() -> None:
    """Draw the project switch and, at the foot, the settings."""
    folders = session.projects()
    with st.sidebar:
        if len(folders) > 1:
            shown = session.project_or_none()
            at = folders.index(shown.root) if shown and shown.root in folders else 0
            st.selectbox("Project", folders, at, format_func=lambda path: path.name, key=session.PROJECT)
        else:
            st.caption(f"Project **{escape(folders[0].name)}**")
        if st.button("Settings", icon=":material/settings:", type="tertiary", key="sidebar.settings"):
            settings_dialog()
        signed_in()
