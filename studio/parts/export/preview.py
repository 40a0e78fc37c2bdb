"""The export before it is written: card, first row, manifest, and the same act as a command."""

from __future__ import annotations

import re

import streamlit as st

from engine.export import ExportDraft
from studio.text.markdown import escape, unlinked
from studio.ui.blocks import block_title

_HEADING = re.compile(r"^#+ ", re.MULTILINE)
_PICTURE = re.compile(r"^!\[.*\]\(pictures/.*\)$\n*", re.MULTILINE)
_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)


def export_preview(draft: ExportDraft, command: str) -> None:
    """Draw the figures and the four views of a drafted export."""
    block_title("What will be written", f"hash {draft.exported.sha256[:12]}")
    if draft.lacking:
        st.warning(escape(draft.lacking), icon=":material/warning:")
    if draft.outside:
        st.caption(escape(draft.outside))
    rows, held, left, size = st.columns(4, gap="small")
    rows.metric("Rows", f"{draft.exported.rows:,}")
    held.metric("Held out", f"{draft.exported.splits.get('test', 0):,}")
    left.metric("Left out", f"{sum(draft.exported.left_out.values()):,}")
    size.metric("Size", size_text(draft.size))
    card, manifest, shell = st.tabs(["Dataset card", "Manifest", "As a command"])
    head, body = parts(draft.readme)
    with card.container(height=430):
        st.markdown(unlinked(_PICTURE.sub("", body)))
        for picture in draft.pictures.values():
            st.image(picture)
        st.caption("Read by hubs, above the text")
        st.code(head, language="yaml")
    with manifest.container(height=430):
        st.caption("The same problems and settings give the same bytes: no clock and no machine stands in it.")
        st.code(draft.exported.manifest, language="json")
    with shell:
        st.code(command, language="bash", wrap_lines=True)


def parts(readme: str) -> tuple[str, str]:
    """Return the YAML head of a card and its text, with headings of the size of a block."""
    found = _FRONT.match(readme)
    head = found.group(1) if found else ""
    return head, _HEADING.sub("##### ", readme[found.end() :] if found else readme)


def size_text(size: int) -> str:
    """Return bytes as kB or MB with one decimal."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.1f} kB"
