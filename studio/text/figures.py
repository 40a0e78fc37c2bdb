"""Names in a figure are names: Plotly reads a small HTML in every label, links included."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go

_SHOWN = frozenset(("name", "text", "hovertext", "customdata", "x", "y", "label", "labels", "ticktext"))
"""Properties that hold what is drawn; where categories are text they are escaped wherever they are named."""


def figure_text(text: str) -> str:
    """Return text that Plotly shows as it is."""
    return html.escape(text, quote=False)


def shown_as_text(figure: go.Figure) -> go.Figure:
    """Return a copy whose names, categories, texts and titles are drawn letter by letter.

    Templates stay as they are: `%{y}` and `<extra>` are meant, and what they show is escaped where it stands.
    """
    return go.Figure(_tame(figure.to_dict()))


def _tame(part: Any, shown: bool = False) -> Any:
    if isinstance(part, str):
        return figure_text(part) if shown else part
    if isinstance(part, Mapping):
        return {key: value if key == "template" else _tame(value, key in _SHOWN) for key, value in part.items()}
    kind = getattr(getattr(part, "dtype", None), "kind", "")
    return [_tame(each, shown) for each in part] if isinstance(part, list | tuple) or kind in ("O", "U") else part
