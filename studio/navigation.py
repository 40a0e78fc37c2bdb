"""The road of a problem as pages: which there are, in which group, and how to get from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import streamlit as st

BUILD = "graph.build"
"""Key of the tab's state by which a press asks the graph page to build. An address shows; it never asks for an act."""
_HOME = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Stop:
    """One page: its file stem is also its address."""

    name: str
    title: str
    icon: str
    group: str

    @property
    def path(self) -> Path:
        """The script; absolute, because the entry file lies in another folder."""
        return _HOME / "pages" / f"{self.name}.py"


ROAD: tuple[Stop, ...] = (
    Stop("home", "Home", ":material/home:", ""),
    Stop("seeds", "Seeds", ":material/input:", "Sources"),
    Stop("graph", "Knowledge graph", ":material/hub:", "Sources"),
    Stop("generate", "Generate", ":material/auto_awesome:", "Create"),
    Stop("engines", "Engines", ":material/memory:", "Create"),
    Stop("tune", "Tune", ":material/tune:", "Judge"),
    Stop("judges", "Judges", ":material/balance:", "Judge"),
    Stop("review", "Review desk", ":material/fact_check:", "Approve"),
    Stop("export", "Export", ":material/upload:", "Ship"),
    Stop("train", "Train & evaluate", ":material/model_training:", "Ship"),
    Stop("rounds", "Rounds", ":material/autorenew:", "Ship"),
    Stop("report", "Report", ":material/monitoring:", "Ship"),
)


def pages() -> dict[str, list[st.Page]]:
    """Return the navigation as Streamlit wants it: group, then its pages."""
    grouped: dict[str, list[st.Page]] = {}
    for stop in ROAD:
        page = st.Page(stop.path, title=stop.title, icon=stop.icon, default=stop.name == "home")
        grouped.setdefault(stop.group, []).append(page)
    return grouped


def stop(name: str) -> Stop:
    """Return the page called `name`; KeyError for a name that is not on the road."""
    return {each.name: each for each in ROAD}[name]


def go(name: str, **carry: str) -> NoReturn:
    """Leave for page `name` with `carry` in the address, so that the view can be shared."""
    st.switch_page(stop(name).path, query_params=carry or None)


def link(name: str, label: str, *, icon: str | None = None, help_text: str | None = None, **carry: str) -> None:
    """Draw a link to page `name` that carries `carry` in the address."""
    st.page_link(stop(name).path, label=label, icon=icon, help=help_text, query_params=carry or None)


def asset(name: str) -> Path:
    """Return a picture that ships with the studio, from a checkout or from a wheel."""
    for place in (_HOME / "assets", _HOME / "studio" / "_assets"):
        if (place / name).exists():
            return place / name
    raise FileNotFoundError(name)
