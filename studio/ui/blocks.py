"""States that every page and block shares: title row, empty, error, alarm."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from pydantic import ValidationError
from streamlit.delta_generator import DeltaGenerator

from engine.core import disk
from engine.core.errors import LemmaError, UserError
from engine.core.settings import explain
from studio.text.markdown import escape


def title_row(text: str, room: float = 2.6) -> DeltaGenerator:
    """Draw the page title and return the container at its right for selectors and the one primary button.

    The container is `room` times as wide as the title's place.
    """
    left, right = st.columns([1, room], vertical_alignment="center")
    with left:
        st.markdown(f"## {escape(text)}", anchors=False)
    return right.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center")


def block_title(text: str, remark: str = "") -> None:
    """Draw the title of a block, with a grey remark after it."""
    rest = f" :gray[· {escape(remark)}]" if remark else ""
    st.markdown(f"**{escape(text)}**{rest}")


def empty(what: str, why: str, button: str, act: Callable[[], None], *, key: str, icon: str | None = None) -> None:
    """Say what will be here, why it is empty, and offer the one act that fills it."""
    with st.container(border=True):
        st.markdown(f"**{escape(what)}**")
        st.markdown(f":gray[{escape(why)}]")
        st.button(button, key=f"{key}.fill", icon=icon, type="primary", on_click=act)


def failure(error: Exception, *, key: str) -> None:
    """Draw an error in the block that failed: what happened, what to do, try again, and details to copy."""
    st.error(_sentence(error), icon=":material/error:")
    with st.container(horizontal=True):
        st.button("Try again", key=f"{key}.again", icon=":material/refresh:")
        with st.popover("Copy details", icon=":material/content_copy:"):
            st.code("".join(traceback.format_exception(error)), language=None, wrap_lines=True)


@contextmanager
def faults_drawn(where: str) -> Iterator[None]:
    """Draw what stands against the act of a form as one line under it; `where` names it for settings out of range."""
    try:
        yield
    except ValidationError as error:
        st.error(escape(str(explain(error, where=where))), icon=":material/error:")
    except (LemmaError, OSError) as error:
        st.error(escape(str(disk.in_words(error) or error)), icon=":material/error:")


def alarm(text: str) -> None:
    """Draw the one line under a header that asks to look at something."""
    st.markdown(f":orange[:material/warning: {escape(text)}]")


def _sentence(error: Exception) -> str:
    if isinstance(error, UserError):
        parts = (f"**{escape(error.where)}**" if error.where else "", escape(error.what), escape(error.do))
        return " ".join(part for part in parts if part)
    if isinstance(error, LemmaError):
        return escape(str(error))
    return (
        f"This part of the page failed ({escape(type(error).__name__)}: {escape(str(error))}). "
        "What was saved is safe. Try again; if it fails again, copy the details."
    )
