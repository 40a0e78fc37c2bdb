"""What goes out and how: name, form, file type, share held out, licence."""

from __future__ import annotations

import streamlit as st

from engine.delivery import Only
from engine.exporters import CONTAINERS, FORMATS
from studio.shipping import Wish
from studio.widgets.blocks import block_title

LICENSES = ("other", "cc-by-4.0", "cc-by-sa-4.0", "cc0-1.0", "apache-2.0", "mit")
_WORDS = {
    "sft": "SFT conversations",
    "sft-pairs": "SFT prompt and completion",
    "preference": "Preference pairs",
    "pretrain": "Pre-training text",
    "rl": "RL prompts with answers",
    "raw": "Everything known",
}
_FILES = {"jsonl": "JSON lines", "parquet": "Parquet", "csv": "CSV"}


def export_plan(only: Only) -> Wish:
    """Draw the fields and return what they say; the form of the rows is carried in the address."""
    block_title("The set", "as it will be written")
    name = st.text_input("Name", "problems", key="export.name", max_chars=80).strip()
    asked = st.query_params.get("format", "sft")
    formats = list(FORMATS)
    form = st.selectbox(
        "Format", formats, formats.index(asked) if asked in formats else 0,
        format_func=lambda key: _WORDS.get(key, key), key="export.format",
    )  # fmt: skip
    st.caption(f"{FORMATS[form].purpose[0].upper()}{FORMATS[form].purpose[1:]}.")
    container = st.selectbox(
        "Files", list(CONTAINERS), format_func=lambda key: _FILES.get(key, key), key="export.files"
    )
    license = st.selectbox("Licence", LICENSES, key="export.license", accept_new_options=True)
    share = st.slider(
        "Held out for testing", 0, 50, 0, 5, format="%d %%", key="export.share",
        help="Variants of one family never stand on both sides.",
    )  # fmt: skip
    if form != st.query_params.get("format", "sft"):
        st.query_params["format"] = form
    return Wish(name, only, form, container, share / 100, license or "other")
