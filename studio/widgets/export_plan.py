"""What goes out and how: name, form, file type, share held out, balance, licence."""

from __future__ import annotations

import streamlit as st

from engine.delivery import Only
from engine.exporters import BALANCES, CONTAINERS, FORMATS, PAIR_WAYS
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
_FILES = {"jsonl": "JSONL", "parquet": "Parquet", "csv": "CSV"}
_BALANCE = {"": "All rows", "concept": "Equal concepts", "difficulty": "Equal difficulty"}
_PAIRS = {"edits": "People's edits", "refined": "Mended samples", "solutions": "Right and wrong solutions"}
_USUAL = ("edits", "refined")


def export_plan(only: Only) -> Wish:
    """Draw the fields and return what they say; the form of the rows is carried in the address."""
    block_title("The set", "as it will be written")
    name = st.text_input("Name", "problems", key="export.name", max_chars=80).strip()
    form = _form()
    pairs: tuple[str, ...] = _USUAL
    if form == "preference":
        st.caption("Pairs of")
        ticked = [
            way for way in PAIR_WAYS if st.checkbox(_PAIRS.get(way, way), way in _USUAL, key=f"export.pairs.{way}")
        ]
        pairs = tuple(ticked) or _USUAL
    left, right = st.columns(2, gap="small")
    container = left.selectbox(
        "Files", list(CONTAINERS), format_func=lambda key: _FILES.get(key, key), key="export.files"
    )
    shard_rows = right.number_input(
        "Rows a file", 0, None, 0, 10_000, key="export.shard", help="0: a new file every 500 MB."
    )
    balance = st.selectbox(
        "Balance", ["", *BALANCES], format_func=lambda key: _BALANCE.get(key, key), key="export.balance",
        help="No class keeps more problems than the median class has.",
    )  # fmt: skip
    license = st.selectbox("Licence", LICENSES, key="export.license", accept_new_options=True)
    share = st.slider(
        "Held out for testing", 0, 50, 0, 5, format="%d %%", key="export.share",
        help="Variants of one family never stand on both sides.",
    )  # fmt: skip
    return Wish(name, only, form, container, share / 100, license or "other", balance, int(shard_rows), pairs)


def _form() -> str:
    asked = st.query_params.get("format", "sft")
    formats = list(FORMATS)
    form = st.selectbox(
        "Format", formats, formats.index(asked) if asked in formats else 0,
        format_func=lambda key: _WORDS.get(key, key), key="export.format",
    )  # fmt: skip
    st.caption(f"{FORMATS[form].purpose[0].upper()}{FORMATS[form].purpose[1:]}.")
    if form != asked:
        st.query_params["format"] = form
    return form
