"""The frame around every page: browser tab, navigation, project switch, and one place where errors are drawn."""

from __future__ import annotations

import logging

import streamlit as st

from engine.core import permission
from studio import navigation, session
from studio.tasks import long_lived
from studio.theme import tokens
from studio.ui.admission import admitted
from studio.ui.blocks import failure
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
page = st.navigation(navigation.pages(), expanded=True)
sidebar()
try:
    page.run()
except Exception as error:  # a page that fails must not take the frame with it
    logging.getLogger("lemma.studio").exception("page %s failed", page.title)
    failure(error, key="frame")
finally:
    # Only now are the modules of the page there.
    long_lived.set_aside()
