"""Has the browser keep the curator's name, so that a reload of any page and the next day still know it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from studio import session

_SCRIPT = """
export default function (component) {
  const { cookie, name } = component.data;
  document.cookie = `${cookie}=${encodeURIComponent(name)}; path=/; max-age=31536000; samesite=strict`;
}
"""


def remember(name: str) -> None:
    """Keep a name in this browser for a year; it is sent to this studio alone."""
    _component()(key="session.remember", data={"cookie": session.COOKIE, "name": name}, height=1)


@st.cache_resource(show_spinner=False)
def _component() -> Any:
    return st.components.v2.component("lemma_remember", js=_SCRIPT)
