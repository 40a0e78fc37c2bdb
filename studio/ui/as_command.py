"""The acts of a page as commands, beside their buttons and ready to copy."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

import streamlit as st


def line(words: Sequence[str], project: Path) -> str:
    """Return one act of `lemma` in a project, quoted for a shell."""
    return shlex.join(["lemma", *words, "--project", str(project)])


def as_commands(lines: Sequence[str], *, key: str) -> None:
    """Draw a small button that shows acts as commands; nothing where there is none."""
    if not lines:
        return
    with st.popover("Commands", icon=":material/terminal:", key=key, type="tertiary"):
        st.code("\n".join(lines), language="bash", wrap_lines=True)
