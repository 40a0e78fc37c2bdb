"""The frame around every page: browser tab, navigation, project switch, and one place where errors are drawn."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from engine.core import permission
from studio import navigation, session
from studio.tasks import long_lived
from studio.theme import tokens
from studio.ui.admission import admitted
from studio.ui.disk_state import disk_line, told
from studio.ui.sidebar import sidebar

st.set_page_config(
    page_title="Lemma Studio",
    # A local file: a Material icon here would be fetched from a font host outside.
    page_icon=str(navigation.asset("favicon.png")),
    layout="wide",
)
st.logo(str(navigation.asset(f"logo-{tokens().mode}.png")), size="large", icon_image=str(navigation.asset("mark.svg")))

permission.ask(session.may)
if not admitted():
    st.stop()
if context := get_script_run_ctx():
    # A page that fails must not take the frame with it. `studio.server` says so too, for callbacks and parts of a
    # page, which run before and without this script.
    context.on_script_error = told
page = st.navigation(navigation.pages(), expanded=True)
sidebar()
try:
    if disk_line():
        page.run()
finally:
    # Only now are the modules of the page there.
    long_lived.set_aside()
