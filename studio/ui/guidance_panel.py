"""What scores call for: the gap to distracted problems, and what to change in the next mixture (FL-34, FL-35)."""

from __future__ import annotations

import streamlit as st

from engine.learning.evaluation.guidance import Guidance
from studio.text.markdown import escape
from studio.ui.blocks import block_title

_LOOK = {"robustness": ":material/shuffle:", "transfer": ":material/hub:", "scale": ":material/trending_flat:"}


def guidance_panel(found: Guidance, of: str) -> None:
    """Draw the advice that the scores of `of` call for, and what they do not tell."""
    block_title("What next", f"from the scores of {of}")
    if found.gap is not None:
        st.markdown(f"Distraction gap **{found.gap:+.1f}** :gray[points, GSM8K minus its distracted part]")
    for one in found.advice:
        st.markdown(f"{_LOOK[one.name]} {escape(one.seen)} **{escape(one.change)}**")
    if not found.advice:
        told = "Nothing in these scores calls for a change." if len(found.unread) < len(_LOOK) else "No advice yet."
        st.markdown(f":gray[{told}]")
    if found.unread:
        st.caption(escape(f"More could be said with {'; '.join(found.unread)}."))
