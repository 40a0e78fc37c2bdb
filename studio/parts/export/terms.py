"""How a set is held against test problems, under which licences it goes out, and whether it goes on to a hub."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from pydantic import ValidationError

from engine.core.settings import OverlapTiers, explain
from engine.export import hub
from studio.tasks.export_job import UNNAMED
from studio.text.markdown import escape
from studio.ui.settings_form import settings_form

LICENSES = ("other", "cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "apache-2.0", "mit")


_ACTS = ("ngrams", "numbers", "judged", "near")
_LIMITS = ("overlap", "limit", "false_hits", "embedder")


def export_tiers() -> OverlapTiers:
    """Draw how rows are held against test problems; what does not hold together is told and stays as it was."""
    usual = OverlapTiers()
    with st.expander("Test problems", icon=":material/quiz:"):
        st.caption(
            "Copies, the same problem with other numbers, and what comes near: left out, counted, or not looked at."
        )
        said = settings_form(OverlapTiers, usual, key="export.tiers", columns=1, only=(*_ACTS, *_LIMITS))
        if isinstance(said, ValidationError):
            st.error(escape(str(explain(said, where="test problems"))), icon=":material/error:")
            return usual
    return said


def export_licenses(sources: Sequence[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Draw the fields; return the licence of the set, and the seed sets with the licence that was stated."""
    license = st.selectbox("Licence", LICENSES, key="export.license", accept_new_options=True) or "other"
    if not sources:
        return license, ()
    with st.expander("Licences of the seeds"):
        usual = _stated("All of them", "export.licenses") if len(sources) > 1 else ""
        with st.container(height=220 if len(sources) > 3 else "content", border=False):
            stated = {name: _stated(escape(name), f"export.license.{name}", usual) for name in sources}
    return license, tuple((name, word) for name, word in stated.items() if word)


def export_hub() -> tuple[str, bool]:
    """Draw the fields; return owner/name, '' where it stays here, and whether everybody may see it."""
    lack = hub.lacking()
    if not st.toggle("Put it on the hub", key="export.push", disabled=lack is not None):
        if lack:
            st.caption(escape(f"Not from here: {lack.what} {lack.do}"))
        return "", False
    repo = st.text_input("Data set on the hub", placeholder="owner/name", key="export.repo", max_chars=193).strip()
    private = st.toggle("Private", True, key="export.private", help="Only its owner sees it.")
    return repo or UNNAMED, not private


def _stated(label: str, key: str, usual: str = "") -> str:
    """Draw a field for one licence; return it, or the usual one where nothing is stated."""
    said = st.selectbox(
        label, LICENSES[1:], None, key=key, accept_new_options=True, placeholder=usual or "Not stated"
    )  # fmt: skip
    return (said or usual).strip()
