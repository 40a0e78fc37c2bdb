"""Where text becomes markup: every call of Streamlit that reads Markdown, and what must not be called at all."""

from __future__ import annotations

import inspect
from functools import cache

import streamlit as st
from streamlit import column_config

_LABELLED = [
    "audio_input",
    "button",
    "camera_input",
    "checkbox",
    "color_picker",
    "date_input",
    "datetime_input",
    "download_button",
    "expander",
    "file_uploader",
    "form_submit_button",
    "link_button",
    "menu_button",
    "metric",
    "multiselect",
    "number_input",
    "page_link",
    "pills",
    "popover",
    "radio",
    "segmented_control",
    "select_slider",
    "selectbox",
    "slider",
    "status",
    "text_area",
    "text_input",
    "time_input",
    "toggle",
    "badge",
]
_OWN = {
    **dict.fromkeys(("markdown", "caption", "header", "subheader", "title", "toast", "latex"), ("body",)),
    **dict.fromkeys(("info", "success", "warning", "error"), ("body", "title")),
    **dict.fromkeys(("progress", "spinner"), ("text",)),
    "dialog": ("title",), "image": ("caption",), "tabs": ("tabs",), "table": ("data",), "text": (), "Page": ("title",),
    "write_stream": ("stream", "cursor"), "write": ("args",), "logo": (), "navigation": (),
    "metric": ("label", "value", "delta"),
}  # fmt: skip
OPTIONS = ("radio", "segmented_control", "pills", "menu_button", "select_slider")
"""Widgets whose options are Markdown; those of `selectbox` and `multiselect` are plain text in the browser."""
FORBIDDEN = {
    "html": "text would be markup",
    "iframe": "a page asks no outside host",
    "link_button": "a page leads to no outside host",
    "LinkColumn": "a cell must not be a link", "MarkdownColumn": "a cell must not be markup",
    "ImageColumn": "a cell must not ask a host", "VideoColumn": "a cell must not ask a host",
    "AudioColumn": "a cell must not ask a host",
    "graphviz_chart": "labels are HTML", "mermaid": "labels are HTML",
    "write_stream": "use `st.markdown(rich(...))`",
    "write": "guesses what its argument is", "exception": "use `blocks.failure`",
    "help": "draws docstrings as Markdown",
}  # fmt: skip
"""Calls that no page makes, and why."""
UNSAFE = ("unsafe_allow_html", "unsafe_allow_javascript", "html")
"""Parameters that stay as they are, or hold a literal."""
SHARED = frozenset(
    ("table", "text", "write", "title", "image", "html", "help", "exception", "status", "header", "iframe")
)
"""Names that other objects have as well: a call counts where its receiver is Streamlit or a container."""


@cache
def markdown_parameters(name: str) -> tuple[str, ...]:
    """Return the parameters of a call that are drawn as Markdown; () for a call that draws none."""
    if name.endswith("Column"):
        return ("help",)
    found = [*(("label",) if name in _LABELLED else ()), *_OWN.get(name, ())]
    found += [*(("options", "format_func") if name in OPTIONS else ()), *(("captions",) if name == "radio" else ())]
    return tuple(dict.fromkeys((*found, *(("help",) if "help" in _signature(name) else ()))))


@cache
def _signature(name: str) -> tuple[str, ...]:
    made = getattr(st, name, None) or getattr(column_config, name, None)
    if not callable(made):
        return ()
    try:
        return tuple(inspect.signature(made).parameters)
    except (TypeError, ValueError):
        return ()


def position(name: str, parameter: str) -> int | None:
    """Return where a parameter stands among those that may be given without a name."""
    names = _signature(name)
    return names.index(parameter) if parameter in names else None


def documented() -> dict[str, set[str]]:
    """Return what the installed Streamlit says of itself: call -> parameters whose text mentions Markdown."""
    found: dict[str, set[str]] = {}
    for home in (st, column_config):
        for name in dir(home):
            made = getattr(home, name)
            if not name.startswith("_") and callable(made):
                found[name] = {
                    each for each, text in _described(inspect.getdoc(made) or "") if "markdown" in text.lower()
                }
    return {name: said for name, said in found.items() if said}


def _described(text: str) -> list[tuple[str, str]]:
    _, found, rest = text.partition("Parameters\n----------\n")
    parts: list[tuple[str, str]] = []
    for line, after in zip(rest.splitlines(), [*rest.splitlines()[1:], ""], strict=True) if found else ():
        if set(after) == {"-"} and line:
            break
        if line and not line.startswith(" "):
            parts += [(name.strip(" *"), line) for name in [line.partition(":")[0]]]
        elif parts:
            parts[-1] = (parts[-1][0], parts[-1][1] + line)
    return parts
