"""Exports of the project so far, with their folder, their hash and, for small ones, their files."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from engine.store import Export
from studio.text.markdown import code, escape
from studio.ui.blocks import block_title

SMALL = 50_000_000
"""Bytes up to which an export can be downloaded through the browser."""


def export_list(entries: Sequence[Export]) -> None:
    """Draw the table; the chosen line, else the newest, can be downloaded."""
    block_title("Exports so far", f"{len(entries):,}")
    table = {
        "Name": [entry.name for entry in entries],
        "Format": [entry.format for entry in entries],
        "Rows": [entry.rows for entry in entries],
        "Hash": [digest(entry)[:12] for entry in entries],
        "Written": [datetime.fromtimestamp(entry.at) for entry in entries],
        "By": [entry.by for entry in entries],
        "Folder": [entry.directory for entry in entries],
    }
    picked = st.dataframe(
        pd.DataFrame(table), hide_index=True, placeholder="–", key="export.list", on_select="rerun",
        selection_mode="single-row",
    )  # fmt: skip
    lines = [line for line in picked["selection"]["rows"] if line < len(entries)]
    _download(entries[lines[0] if lines else 0])


def _download(entry: Export) -> None:
    folder = Path(entry.directory)
    state = standing(entry)
    if state != "whole":
        st.caption(f"{code(entry.directory)} {state}.")
    elif sum(path.stat().st_size for path in files_of(folder)) > SMALL:
        st.caption(f"{code(entry.directory)} is too large for the browser: copy the folder.")
    else:
        st.download_button(
            f"Download {escape(entry.name)}.zip", lambda: packed(folder), f"{entry.name}.zip", "application/zip",
            icon=":material/download:", key="export.download", on_click="ignore",
        )  # fmt: skip


def digest(entry: Export) -> str:
    """Return the hash over the data files that the manifest names."""
    return str(json.loads(entry.manifest).get("sha256", ""))


def standing(entry: Export) -> str:
    """Return whether the folder still holds this export: whole, or what became of it."""
    told = Path(entry.directory) / "manifest.json"
    if not told.is_file():
        return "is not there any more"
    return "whole" if told.read_text(encoding="utf-8") == entry.manifest else "holds a later export"


def files_of(folder: Path) -> list[Path]:
    """Return the files of an export, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def packed(folder: Path) -> bytes:
    """Return the files of an export as one archive."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files_of(folder):
            archive.write(path, path.relative_to(folder).as_posix())
    return body.getvalue()
