"""How good the kept set is, in one line: by the function that every page and command takes it from."""

from __future__ import annotations

import streamlit as st

from engine.core.settings.trust import TrustSettings
from engine.reporting.kept_set import ruled
from engine.reporting.told import said
from engine.store import Store
from studio import navigation
from studio.text.markdown import escape

FAMILIES = ("problems", "verdicts", "labels", "draws", "decisions", "selections", "policies")
"""What the line hangs on."""


def precision_line(store: Store) -> None:
    """Draw precision with its interval and labels, or why there is none; nothing before drawn rows were labelled."""
    told = kept_words(store)
    if told is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(told)
        navigation.link("tune", "Tune", icon=":material/tune:")


def kept_words(store: Store) -> str | None:
    """Return the line; None while so few drawn rows are labelled that nothing could be said."""
    drawn = store.labels.counts().get("draw", 0)
    if drawn < TrustSettings().least_labels or not store.problems.count():
        return None
    return _words(store, str(store.path), store.revision_of(*FAMILIES))


@st.cache_resource(max_entries=4, show_spinner="Reading labels")
def _words(_store: Store, path: str, revision: int) -> str:
    rows = ruled(_store)
    return f"Precision of the rules of {escape(rows.policy.name)}: {escape(said(rows.precision))}"
